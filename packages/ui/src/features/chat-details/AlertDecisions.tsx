import type { AlertDecision } from "@parley/protocol/bridge/alerts.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import { useId, useState } from "react";
import { exactMoment, isoTime, number, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";

export type AlertDecisionsProps = {
  nowMs: number;
  region: Region;
  /** Asks the host; newest last. */
  load: () => Promise<Result<{ decisions: AlertDecision[] }>>;
  onMessage: (decision: AlertDecision) => void;
};

function Decision({
  decision,
  nowMs,
  region,
  onMessage,
}: Omit<AlertDecisionsProps, "load"> & { decision: AlertDecision }) {
  const { seq, atMs, reason, outcome } = decision;
  return (
    <li>
      <div className="alert-decision-head">
        <Button kind="link" onClick={() => onMessage(decision)}>
          {t("alerts.message", { seq: number(seq, region) })}
        </Button>
        <time dateTime={isoTime(atMs)}>{exactMoment(atMs, nowMs, region)}</time>
      </div>
      <p>{t(`alerts.reason.${reason}`)}</p>
      {outcome !== undefined && (
        <p>
          {t(`settings.tested.${outcome.state}`)}
          {outcome.detail !== undefined && (
            <small>
              <bdi>{outcome.detail}</bdi>
            </small>
          )}
        </p>
      )}
    </li>
  );
}

/** V52: "Why wasn't I notified?", asked by the user, answered in words. */
export function AlertDecisions(props: AlertDecisionsProps) {
  const { load } = props;
  const body = useId();
  const [open, setOpen] = useState(false);
  const [decisions, setDecisions] = useState<readonly AlertDecision[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  async function ask(): Promise<void> {
    const result = await load();
    setFailure(result.ok ? null : result.error);
    if (result.ok) setDecisions(result.value.decisions);
  }

  return (
    <div className="alert-decisions">
      <Button
        kind="link"
        aria-expanded={open}
        aria-controls={body}
        onClick={() => {
          // Asked anew each time it is opened: messages have come meanwhile.
          if (!open) void ask();
          setOpen(!open);
        }}
      >
        {t("alerts.why")}
      </Button>
      <div id={body} hidden={!open}>
        {failure !== null && (
          <Notice
            title={t("alerts.whyFailed")}
            text={errorText(failure)}
            action={{ label: t("common.retry"), onAction: () => void ask() }}
          />
        )}
        {decisions?.length === 0 && <p className="details-note">{t("alerts.whyNone")}</p>}
        {decisions !== null && decisions.length > 0 && (
          <>
            <p className="details-note">{t("alerts.whyHint")}</p>
            <ol aria-label={t("alerts.why")}>
              {decisions.toReversed().map((decision) => (
                <Decision
                  key={`${decision.clientId}-${decision.atMs}-${decision.act}`}
                  decision={decision}
                  {...props}
                />
              ))}
            </ol>
          </>
        )}
      </div>
    </div>
  );
}
