import { useEffect, useState } from "react";
import type { EntryItem } from "../../cache/read-models.ts";
import type { Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { canTryNow, LATE_MS, type Link, waitingText } from "../../state/waiting.ts";
import type { MessageItem } from "./build-rows.ts";
import type { MessageActions } from "./Message.tsx";

/** What stands under a bubble when something did not go, or takes long. */

/** S11: why a message failed, and what can be done. */
export function FailedLine({ item, actions }: { item: MessageItem; actions: MessageActions }) {
  if (item.kind !== "entry" || (item.state !== "failed" && item.state !== "offered")) return null;
  const offered = item.state === "offered";
  const reason = offered
    ? t("message.offered")
    : item.error === null
      ? t("state.failed")
      : errorText(item.error);
  const link = offered ? "text-action" : "text-action is-danger";
  return (
    <div
      className={offered ? "msg-failed is-offered" : "msg-failed"}
      role="group"
      aria-label={t("message.actions")}
    >
      <span>{reason} </span>
      <button type="button" className={link} onClick={() => actions.onRetry(item)}>
        {offered ? t("message.sendAgain") : t("message.retry")}
      </button>
      {" · "}
      <button type="button" className={link} onClick={() => actions.onCopy(item)}>
        {t("message.copyText")}
      </button>
      {" · "}
      <button type="button" className={link} onClick={() => actions.onDiscard(item)}>
        {t("message.discard")}
      </button>
    </div>
  );
}

const CHANGES = {
  edit: "change.edit",
  redact: "change.redact",
  reaction: "change.reaction",
  unreaction: "change.unreaction",
} as const;

/** S11: own changes of a message that failed: each with its reason, retry and discard. */
export function FailedChanges({ item, actions }: { item: MessageItem; actions: MessageActions }) {
  if (item.kind === "lost") return null;
  const failed = item.pending.filter(
    (change) => change.state === "failed" || change.state === "offered",
  );
  return failed.map((change) => {
    const offered = change.state === "offered";
    const reason =
      offered || change.error === null ? t("message.offered") : errorText(change.error);
    return (
      <div
        className="msg-failed"
        role="group"
        aria-label={t("message.actions")}
        key={change.clientId}
      >
        <span>{t(CHANGES[change.kind], { reason })} </span>
        <button
          type="button"
          className="text-action is-danger"
          onClick={() => actions.onRetry(change)}
        >
          {offered ? t("message.sendAgain") : t("message.retry")}
        </button>
        {" · "}
        <button
          type="button"
          className="text-action is-danger"
          onClick={() => actions.onDiscard(change)}
        >
          {t("message.discard")}
        </button>
      </div>
    );
  });
}

/** The present moment once `fromMs` is longer ago than LATE_MS, then anew every few seconds. */
function useLateNow(fromMs: number): number | null {
  const [nowMs, setNowMs] = useState<number | null>(null);
  useEffect(() => {
    const look = (): void => setNowMs(Date.now());
    let ticking: ReturnType<typeof setInterval> | undefined;
    const first = setTimeout(
      () => {
        look();
        ticking = setInterval(look, 5_000);
      },
      // Clocks may be set back: never longer than the bound.
      Math.min(LATE_MS, Math.max(0, fromMs + LATE_MS - Date.now())),
    );
    return () => {
      clearTimeout(first);
      clearInterval(ticking);
    };
  }, [fromMs]);
  return nowMs;
}

/** S11: no clock for longer than ten seconds without saying what it waits for. */
export function WaitingLine({
  item,
  link,
  region,
  actions,
}: {
  item: EntryItem;
  link: Link;
  region: Region;
  actions: Pick<MessageActions, "onSendNow">;
}) {
  const nowMs = useLateNow(item.atMs);
  if (nowMs === null || item.waiting === null) return null;
  return (
    <div className="msg-waiting">
      <span>{waitingText(item.waiting, link, nowMs, region)} </span>
      {canTryNow(item.waiting, link, nowMs) && (
        <button type="button" className="text-action" onClick={actions.onSendNow}>
          {t("waiting.tryNow")}
        </button>
      )}
    </div>
  );
}
