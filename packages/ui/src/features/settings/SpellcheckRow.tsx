import { catalogueLocale, t } from "../../i18n/i18n.ts";
import { SettingRow, SwitchRow } from "./SettingRow.tsx";
import { languageName, usualLanguage } from "./spellcheck-rules.ts";

/** How many dictionaries may be in use at once. */
const MOST = 10;

export type SpellcheckRowProps = {
  chosen: readonly string[];
  /** Empty where the system chooses by itself. */
  languages: readonly string[];
  onChange: (languages: string[]) => void;
};

/** In which languages spelling is checked at once, each with a switch of its own. */
export function SpellcheckRow({ chosen, languages, onChange }: SpellcheckRowProps) {
  if (languages.length === 0) {
    return <SettingRow id="spellcheck" hint={t("settings.spellcheckSystem")} />;
  }
  const locale = catalogueLocale();
  const named = languages
    .map((tag) => ({ tag, name: languageName(tag, locale) }))
    .sort((a, b) => a.name.localeCompare(b.name, locale));
  const full = chosen.length >= MOST;
  return (
    <SwitchRow
      id="spellcheck"
      checked={chosen.length > 0}
      {...(full && { hint: t("settings.spellcheckFull", { count: MOST }) })}
      onChange={(on) => onChange(on ? usualLanguage(languages, navigator.languages) : [])}
      {...(chosen.length > 0 && {
        below: (
          <fieldset className="setting-languages">
            <legend className="vh">{t("settings.spellcheckLanguages")}</legend>
            {named.map(({ tag, name }) => {
              const isChosen = chosen.includes(tag);
              return (
                <label key={tag}>
                  <input
                    type="checkbox"
                    checked={isChosen}
                    disabled={full && !isChosen}
                    onChange={() =>
                      onChange(isChosen ? chosen.filter((each) => each !== tag) : [...chosen, tag])
                    }
                  />
                  <bdi>{name}</bdi>
                </label>
              );
            })}
          </fieldset>
        ),
      })}
    />
  );
}
