import type { Failure } from "@parley/protocol/errors.ts";
import { dateAndTime, type Region, zoneName } from "../../i18n/format.ts";
import { catalogueLocale, errorText, t } from "../../i18n/i18n.ts";
import { Notice } from "../../kit/Notice.tsx";
import { SettingRow } from "./SettingRow.tsx";
import { languageName } from "./spellcheck-rules.ts";
import { SpellcheckRow, type SpellcheckRowProps } from "./SpellcheckRow.tsx";

export type LanguagesSectionProps = {
  /** Who checks spelling: a browser by its own settings, or this desktop; null until it has answered. */
  spelling: ({ by: "desktop" } & SpellcheckRowProps) | { by: "browser" } | null;
  /** Why the last change failed. */
  failure: Failure | null;
  nowMs: number;
  region: Region;
};

/** In which language the app speaks, checks spelling and writes times. */
export function LanguagesSection({ spelling, failure, nowMs, region }: LanguagesSectionProps) {
  const locale = catalogueLocale();
  return (
    <>
      <h3 className="settings-title">{t("settings.languages")}</h3>
      <p className="settings-lead">{t("settings.languagesLead")}</p>
      {failure !== null && <Notice title={t("settings.failed")} text={errorText(failure)} />}
      <SettingRow id="appLanguage" value={languageName(locale, locale)} />
      {spelling?.by === "desktop" && <SpellcheckRow {...spelling} />}
      {spelling?.by === "browser" && (
        <SettingRow id="spellcheck" hint={t("settings.spellcheckBrowser")} />
      )}
      <SettingRow
        id="timeFormat"
        hint={t("settings.timeFormatHint", { zone: zoneName(region) })}
        value={dateAndTime(nowMs, region)}
      />
    </>
  );
}
