import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import { useId } from "react";
import { t } from "../../i18n/i18n.ts";
import { SettingRow } from "./SettingRow.tsx";

export type DesktopSectionProps = {
  /** Null until the desktop has answered. */
  shell: ShellState | null;
  onChange: (change: Partial<ShellSettings>) => void;
};

type SwitchProps = {
  title: string;
  hint: string;
  checked: boolean;
  disabled: boolean;
  onChange: (checked: boolean) => void;
};

function Switch({ title, hint, checked, disabled, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="setting">
      <label className="setting-text" htmlFor={id}>
        <span>{title}</span>
        <small>{hint}</small>
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="setting-switch"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  );
}

/** What only the desktop can do. Where there is no tray, closing to it is not offered. */
export function DesktopSection({ shell, onChange }: DesktopSectionProps) {
  const hasTray = shell?.hasTray ?? false;
  return (
    <>
      <h3 className="settings-title">{t("settings.desktop")}</h3>
      <p className="settings-lead">{t("settings.desktopLead")}</p>
      {shell !== null && (
        <>
          <Switch
            title={t("settings.closeToTray")}
            hint={hasTray ? t("settings.closeToTrayHint") : t("settings.noTray")}
            checked={hasTray && shell.settings.closeToTray}
            disabled={!hasTray}
            onChange={(closeToTray) => onChange({ closeToTray })}
          />
          <Switch
            title={t("settings.startHidden")}
            hint={hasTray ? t("settings.startHiddenHint") : t("settings.noTray")}
            checked={hasTray && shell.settings.startHidden}
            disabled={!hasTray}
            onChange={(startHidden) => onChange({ startHidden })}
          />
          <SettingRow
            title={t("settings.secrets")}
            value={t(`settings.secrets.${shell.secrets}`)}
          />
        </>
      )}
    </>
  );
}
