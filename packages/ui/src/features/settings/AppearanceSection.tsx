import { useId } from "react";
import { t } from "../../i18n/i18n.ts";
import { Segmented } from "../../kit/Segmented.tsx";
import { type Preferences, TEXT_PERCENT } from "../../state/preferences.ts";
import { SettingRow } from "./SettingRow.tsx";
import { rowId } from "./settings-index.ts";
import { ZoomRow, type ZoomRowProps } from "./ZoomRow.tsx";

export type AppearanceSectionProps = {
  preferences: Preferences;
  /** Where windows have a zoom of their own. */
  zoom?: ZoomRowProps;
  onChange: (part: Partial<Preferences>) => void;
};

/** How the app looks on this device; shown at once. */
export function AppearanceSection({ preferences, zoom, onChange }: AppearanceSectionProps) {
  const slider = useId();
  return (
    <>
      <h3 className="settings-title">{t("settings.appearance")}</h3>
      <p className="settings-lead">{t("settings.appearanceLead")}</p>
      <SettingRow id="theme">
        <Segmented
          label={t("settings.theme")}
          value={preferences.theme}
          options={[
            ["system", t("settings.theme.system")],
            ["light", t("settings.theme.light")],
            ["dark", t("settings.theme.dark")],
          ]}
          onChange={(theme) => onChange({ theme })}
        />
      </SettingRow>
      <SettingRow id="contrast">
        <Segmented
          label={t("settings.contrast")}
          value={preferences.contrast}
          options={[
            ["system", t("settings.contrast.system")],
            ["normal", t("settings.contrast.normal")],
            ["more", t("settings.contrast.more")],
          ]}
          onChange={(contrast) => onChange({ contrast })}
        />
      </SettingRow>
      <div className="setting" id={rowId("textSize")} tabIndex={-1}>
        <label className="setting-text" htmlFor={slider}>
          {t("settings.textSize")}
        </label>
        <input
          id={slider}
          type="range"
          className="setting-range"
          min={TEXT_PERCENT.min}
          max={TEXT_PERCENT.max}
          step={TEXT_PERCENT.step}
          value={preferences.textPercent}
          aria-valuetext={t("settings.textSizeValue", { percent: preferences.textPercent })}
          onChange={(event) => onChange({ textPercent: event.target.valueAsNumber })}
        />
        <output className="setting-value" htmlFor={slider}>
          {t("settings.textSizeValue", { percent: preferences.textPercent })}
        </output>
      </div>
      {zoom !== undefined && <ZoomRow {...zoom} />}
      <SettingRow id="density">
        <Segmented
          label={t("settings.density")}
          value={preferences.density}
          options={[
            ["comfortable", t("settings.density.comfortable")],
            ["compact", t("settings.density.compact")],
          ]}
          onChange={(density) => onChange({ density })}
        />
      </SettingRow>
    </>
  );
}
