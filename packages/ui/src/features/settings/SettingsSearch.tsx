import type { KeyboardEvent, RefObject } from "react";
import { t } from "../../i18n/i18n.ts";
import { SearchField } from "../../kit/SearchField.tsx";
import type { FoundSetting, SettingId } from "./settings-index.ts";

export type SettingsSearchProps = {
  query: string;
  found: readonly FoundSetting[];
  field: RefObject<HTMLInputElement | null>;
  results: RefObject<HTMLDivElement | null>;
  onQuery: (query: string) => void;
  onChoose: (id: SettingId) => void;
};

function firstResult(results: RefObject<HTMLDivElement | null>): HTMLElement | null {
  return results.current?.querySelector("button") ?? null;
}

/** The field over the sections: Enter goes to the first find, Down among them, Esc empties it. */
export function SettingsSearch(props: SettingsSearchProps) {
  const { query, found, field, results, onQuery, onChoose } = props;
  return (
    <SearchField
      ref={field}
      label={t("settings.search")}
      placeholder={t("settings.search")}
      value={query}
      onChange={(event) => onQuery(event.target.value)}
      onKeyDown={(event: KeyboardEvent) => {
        if (query === "") return;
        const first = found[0];
        if (event.key === "Enter" && first !== undefined) onChoose(first.id);
        else if (event.key === "ArrowDown") firstResult(results)?.focus();
        else if (event.key === "Escape") onQuery("");
        else return;
        event.preventDefault();
        // Esc closes the dialog only when there is nothing to empty.
        event.stopPropagation();
      }}
    />
  );
}

/** What was found, by title and section; the arrows go through it. */
export function SettingsResults(props: SettingsSearchProps) {
  const { query, found, field, results, onChoose } = props;

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (at + step < 0) field.current?.focus();
    else buttons[at + step]?.focus();
  }

  return (
    <div
      ref={results}
      className="settings-results"
      role="group"
      aria-label={t("settings.results")}
      onKeyDown={onKeyDown}
    >
      <p className={found.length === 0 ? "settings-lead" : "vh"} role="status">
        {found.length === 0
          ? t("settings.nothingFound", { query: query.trim() })
          : t("settings.found", { count: found.length })}
      </p>
      {found.map((setting) => (
        <button
          key={setting.id}
          type="button"
          className="settings-result"
          onClick={() => onChoose(setting.id)}
        >
          <span className="setting-text">
            <span>{setting.title}</span>
            {setting.hint !== "" && <small>{setting.hint}</small>}
          </span>
          <span className="settings-result-section">{t(`settings.${setting.section}`)}</span>
        </button>
      ))}
    </div>
  );
}
