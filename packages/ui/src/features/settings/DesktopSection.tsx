import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { SkeletonRows } from "../../kit/Skeleton.tsx";
import { type CrashReports, CrashReportsRow } from "./CrashReportsRow.tsx";
import { SettingRow, SwitchRow } from "./SettingRow.tsx";
import { ShortcutRow } from "./ShortcutRow.tsx";

export type DesktopSectionProps = {
  /** Null until the desktop has answered. */
  shell: ShellState | null;
  /** Why the last change or question failed. */
  failure: Failure | null;
  mac: boolean;
  region: Region;
  reports: CrashReports;
  onChange: (change: Partial<ShellSettings>) => void;
  onOpenLogs: () => void;
};

/** What only the desktop can do. Where there is no tray, closing to it is not offered. */
export function DesktopSection(props: DesktopSectionProps) {
  const { shell, failure } = props;
  return (
    <>
      <h3 className="settings-title">{t("settings.desktop")}</h3>
      <p className="settings-lead">{t("settings.desktopLead")}</p>
      {failure !== null && <Notice title={t("settings.failed")} text={errorText(failure)} />}
      {shell === null && failure === null && <SkeletonRows count={4} label={t("common.loading")} />}
      {shell !== null && <Rows {...props} shell={shell} />}
    </>
  );
}

function Rows(props: DesktopSectionProps & { shell: ShellState }) {
  const { shell, mac, region, reports, onChange } = props;
  const { settings, hasTray } = shell;
  // A change that the system did not take leaves the other state standing.
  const loginFailed = shell.startAtLogin === "failed";
  const startsAtLogin = loginFailed ? !settings.startAtLogin : settings.startAtLogin;
  return (
    <>
      <SwitchRow
        id="startAtLogin"
        {...(loginFailed && { hint: t("settings.startAtLoginFailed") })}
        checked={startsAtLogin}
        onChange={(startAtLogin) => onChange({ startAtLogin })}
      />
      <SwitchRow
        id="closeToTray"
        {...(!hasTray && { hint: t("settings.noTray") })}
        checked={hasTray && settings.closeToTray}
        disabled={!hasTray}
        onChange={(closeToTray) => onChange({ closeToTray })}
      />
      <SwitchRow
        id="startHidden"
        {...(!hasTray && { hint: t("settings.noTray") })}
        checked={hasTray && settings.startHidden}
        disabled={!hasTray}
        onChange={(startHidden) => onChange({ startHidden })}
      />
      <ShortcutRow
        shortcut={settings.globalShortcut}
        state={shell.shortcut}
        mac={mac}
        onChange={(globalShortcut) => onChange({ globalShortcut })}
      />
      <SwitchRow id="flash" checked={settings.flash} onChange={(flash) => onChange({ flash })} />
      <SettingRow id="secrets" hint={t(`settings.secrets.${shell.secrets}`)} />
      <SettingRow id="logs">
        <Button onClick={props.onOpenLogs}>{t("settings.logsOpen")}</Button>
      </SettingRow>
      <CrashReportsRow reports={reports} region={region} />
    </>
  );
}
