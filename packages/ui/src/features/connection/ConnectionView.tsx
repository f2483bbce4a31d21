import "./connection.css";
import { CircleAlert, Clock, CloudOff, RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { errorCodeText, t } from "../../i18n/i18n.ts";
import type { ConnectionLine } from "../../state/connection.ts";

export type ConnectionViewProps = {
  /** Null: connected, nothing to say. */
  line: ConnectionLine | null;
  onRetry: () => void;
  /** Offered when the server refuses this device. */
  onSignIn: () => void;
};

const ICONS = {
  starting: RefreshCw,
  reconnecting: Clock,
  "catching-up": RefreshCw,
  offline: CloudOff,
  refused: CircleAlert,
  sending: Clock,
} as const;

function stateText(line: ConnectionLine): string {
  switch (line.phase) {
    case "starting":
      return t("connection.starting");
    case "reconnecting":
      return t("connection.reconnecting");
    case "catching-up":
      return t("connection.catchingUp");
    case "offline":
      // V39: with a network that is none, something is left to do.
      return line.code === "not_a_parley_server"
        ? t("connection.captive")
        : t("connection.offline");
    case "refused":
      return line.code === null ? t("error.unauthenticated") : errorCodeText(line.code);
    case "sending":
      return t("connection.waitingOnly", { count: line.waiting });
  }
}

function lineText(line: ConnectionLine): string {
  const state = stateText(line);
  if (line.waiting === 0 || line.phase === "sending") return state;
  const between = line.phase === "offline" && !state.endsWith(".") ? `${state}.` : state;
  return t("connection.waiting", { state: between, count: line.waiting });
}

/** Seconds until the next try, counted down. Shown, not announced. */
function Countdown({ untilMs }: { untilMs: number }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((untilMs - nowMs) / 1_000);
  if (seconds < 2) return null;
  return (
    <span className="connection-more" aria-hidden="true">
      {t("connection.retryIn", { seconds })}
    </span>
  );
}

/** What the connection has to say: empty while all is well. */
export function ConnectionView({ line, onRetry, onSignIn }: ConnectionViewProps) {
  const Icon = line === null ? null : ICONS[line.phase];
  const retry = line !== null && (line.phase === "offline" || line.phase === "reconnecting");
  return (
    <div
      className="connection"
      role="status"
      aria-label={t("connection.label")}
      data-phase={line?.phase ?? "live"}
    >
      {line !== null && Icon !== null && (
        <div
          className={line.phase === "refused" ? "connection-card is-refused" : "connection-card"}
        >
          <Icon size={15} aria-hidden="true" />
          <span className="connection-text">
            <span>{lineText(line)}</span>
            {line.retryAtMs !== null && <Countdown untilMs={line.retryAtMs} />}
          </span>
          {retry && (
            <button type="button" className="text-action" onClick={onRetry}>
              {t("connection.retry")}
            </button>
          )}
          {line.phase === "refused" && (
            <button type="button" className="text-action" onClick={onSignIn}>
              {t("connection.signInAgain")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
