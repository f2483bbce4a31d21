import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { NotificationOutcome, NotificationSystem } from "@parley/protocol/bridge/shell.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import { snoozedUntilMs, snoozeEndMs, type SnoozeLength } from "@parley/protocol/snooze.ts";
import type { AlertPreview } from "@parley/protocol/values.ts";
import { useState } from "react";
import { moment, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { SkeletonRows } from "../../kit/Skeleton.tsx";
import { QuietHoursRow } from "./QuietHoursRow.tsx";
import { SelectRow, SettingRow, SwitchRow } from "./SettingRow.tsx";

/** Who decides whether notifications are seen: the browser's permission, or the desktop's own program. */
export type NotificationsAllowed =
  | { by: "browser"; permission: "granted" | "default" | "denied" | "unsupported" }
  /** Null until the desktop has answered. */
  | { by: "desktop"; system: NotificationSystem | null };

export type NotificationsSectionProps = {
  allowed: NotificationsAllowed;
  /** Null until the host has answered. */
  alerts: AlertSettings | null;
  /** Why the last change or question failed. */
  failure: Failure | null;
  nowMs: number;
  region: Region;
  /** Asks the browser; only by a click of the user. */
  onAsk: () => void;
  onChange: (change: Partial<AlertSettings>) => void;
  onTest: () => Promise<Result<NotificationOutcome>>;
};

function systemLine(system: NotificationSystem | null): string {
  if (system === null) return t("settings.system.unknown");
  return system.state === "ready" && system.name !== undefined
    ? t("settings.system.readyBy", { name: system.name })
    : t(`settings.system.${system.state}`);
}

function AllowedRow({ allowed, onAsk }: Pick<NotificationsSectionProps, "allowed" | "onAsk">) {
  if (allowed.by === "desktop") {
    return <SettingRow id="permission" hint={systemLine(allowed.system)} />;
  }
  return (
    <SettingRow id="permission" hint={t(`settings.permission.${allowed.permission}`)}>
      {allowed.permission === "default" && (
        <Button kind="primary" onClick={onAsk}>
          {t("settings.permissionAsk")}
        </Button>
      )}
    </SettingRow>
  );
}

function PauseRow(props: NotificationsSectionProps & { alerts: AlertSettings }) {
  const { alerts, nowMs, region, onChange } = props;
  const untilMs = snoozedUntilMs(alerts, nowMs);
  const value: "none" | "current" | SnoozeLength = untilMs === null ? "none" : "current";
  return (
    <SelectRow
      id="snooze"
      value={value}
      options={[
        ["none", t("settings.snooze.none")],
        ...(untilMs === null
          ? []
          : ([
              ["current", t("settings.snooze.current", { when: moment(untilMs, nowMs, region) })],
            ] as const)),
        ["hour", t("settings.snooze.hour")],
        ["eightHours", t("settings.snooze.hours")],
        ["tomorrow", t("settings.snooze.morning")],
      ]}
      onChange={(choice) => {
        if (choice === "current") return;
        const endMs = choice === "none" ? null : snoozeEndMs(choice, Date.now());
        onChange({ snoozedUntilMs: endMs });
      }}
    />
  );
}

/** Shows a notification to try it, and says what became of it. */
function TestRow({ onTest }: Pick<NotificationsSectionProps, "onTest">) {
  const [state, setState] = useState<Result<NotificationOutcome> | "busy" | null>(null);
  async function test(): Promise<void> {
    setState("busy");
    setState(await onTest());
  }
  const outcome = state !== null && state !== "busy" && state.ok ? state.value : null;
  const failure = state !== null && state !== "busy" && !state.ok ? state.error : null;
  return (
    <SettingRow
      id="test"
      below={
        <p className="setting-outcome" role="status">
          {outcome !== null && (
            <>
              {t(`settings.tested.${outcome.state}`)}
              {outcome.detail !== undefined && (
                <small>
                  <bdi>{outcome.detail}</bdi>
                </small>
              )}
            </>
          )}
          {failure !== null && errorText(failure)}
        </p>
      }
    >
      <Button kind="link" busy={state === "busy"} onClick={() => void test()}>
        {t("settings.testTry")}
      </Button>
    </SettingRow>
  );
}

const PREVIEWS: readonly AlertPreview[] = ["all", "name", "none"];

/** How this device tells of messages. */
export function NotificationsSection(props: NotificationsSectionProps) {
  const { alerts, failure, onChange } = props;
  return (
    <>
      <h3 className="settings-title">{t("settings.notifications")}</h3>
      <p className="settings-lead">{t("settings.notificationsLead")}</p>
      {failure !== null && <Notice title={t("settings.failed")} text={errorText(failure)} />}
      <AllowedRow allowed={props.allowed} onAsk={props.onAsk} />
      {alerts === null && failure === null && (
        <SkeletonRows count={4} label={t("common.loading")} />
      )}
      {alerts !== null && (
        <>
          <SelectRow
            id="preview"
            hint={t(`settings.previewHint.${alerts.preview}`)}
            value={alerts.preview}
            options={PREVIEWS.map((each) => [each, t(`settings.preview.${each}`)] as const)}
            onChange={(preview) => onChange({ preview })}
          />
          <SwitchRow id="sound" checked={alerts.sound} onChange={(sound) => onChange({ sound })} />
          <SwitchRow
            id="doNotDisturb"
            checked={alerts.doNotDisturb}
            onChange={(doNotDisturb) => onChange({ doNotDisturb })}
          />
          <PauseRow {...props} alerts={alerts} />
          <QuietHoursRow
            quiet={alerts.quietHours}
            onChange={(quietHours) => onChange({ quietHours })}
          />
          <SwitchRow
            id="wakeDigest"
            checked={alerts.wakeDigest}
            onChange={(wakeDigest) => onChange({ wakeDigest })}
          />
        </>
      )}
      <TestRow onTest={props.onTest} />
    </>
  );
}
