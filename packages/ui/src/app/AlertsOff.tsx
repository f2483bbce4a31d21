import { snoozedUntilMs } from "@parley/protocol/snooze.ts";
import { AlertsOffStrip } from "../features/alerts-off/AlertsOffStrip.tsx";
import { moment } from "../i18n/format.ts";
import { t } from "../i18n/i18n.ts";
import { useScope } from "./context.ts";
import { useAlerts } from "./use-alerts.ts";
import { useNowAt } from "./use-now.ts";

/** V51: says above the chats that this device keeps notifications back, and ends it. */
export function AlertsOff({ slim }: { slim: boolean }) {
  const { region } = useScope();
  const [alerts, configure] = useAlerts(true);
  const nowMs = useNowAt(alerts?.snoozedUntilMs ?? null);
  if (alerts === null) return null;
  if (alerts.doNotDisturb) {
    return (
      <AlertsOffStrip
        slim={slim}
        state={t("alerts.disturb")}
        action={t("alerts.disturbOff")}
        onAction={() => configure({ doNotDisturb: false })}
      />
    );
  }
  const untilMs = snoozedUntilMs(alerts, nowMs);
  if (untilMs === null) return null;
  return (
    <AlertsOffStrip
      slim={slim}
      state={t("alerts.paused", { when: moment(untilMs, nowMs, region) })}
      action={t("alerts.resume")}
      onAction={() => configure({ snoozedUntilMs: null })}
    />
  );
}
