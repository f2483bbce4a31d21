import { type KeyboardEvent, useRef, useState } from "react";
import type { ShellState } from "@parley/protocol/bridge/shell.ts";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { acceleratorOf, acceleratorText } from "./accelerator.ts";
import { SettingRow } from "./SettingRow.tsx";

export type ShortcutRowProps = {
  shortcut: string | null;
  state: ShellState["shortcut"];
  mac: boolean;
  onChange: (accelerator: string | null) => void;
};

/** Records the combination that shows the app from anywhere: the button listens until one is pressed. */
export function ShortcutRow({ shortcut, state, mac, onChange }: ShortcutRowProps) {
  const [listening, setListening] = useState(false);
  const choose = useRef<HTMLButtonElement>(null);

  function onKeyDown(event: KeyboardEvent): void {
    // Tab goes on through the dialog, as everywhere.
    if (!listening || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      setListening(false);
      return;
    }
    const accelerator = acceleratorOf(event, mac);
    if (accelerator === null) return;
    setListening(false);
    onChange(accelerator);
  }

  const written = shortcut === null ? null : acceleratorText(shortcut, mac);
  const listeningHint = mac ? t("settings.shortcutPressHintMac") : t("settings.shortcutPressHint");
  const taken = state === "taken" ? t("settings.shortcutTaken") : undefined;
  return (
    <SettingRow
      id="shortcut"
      {...(taken !== undefined && { hint: taken })}
      {...(listening && { hint: listeningHint })}
    >
      <Button
        ref={choose}
        className={listening ? "setting-keys is-listening" : "setting-keys"}
        {...(written !== null &&
          !listening && { "aria-label": t("settings.shortcutChange", { keys: written }) })}
        onClick={() => setListening(!listening)}
        onBlur={() => setListening(false)}
        onKeyDown={onKeyDown}
        onKeyUp={(event) => {
          // A button is pressed when Space comes up.
          if (listening) event.preventDefault();
        }}
      >
        <span aria-live="polite">
          {listening ? t("settings.shortcutPress") : (written ?? t("settings.shortcutNone"))}
        </span>
      </Button>
      {shortcut !== null && (
        <Button
          kind="link"
          onClick={() => {
            // This button goes with the shortcut; the focus stays in the row.
            choose.current?.focus();
            onChange(null);
          }}
        >
          {t("settings.shortcutRemove")}
        </Button>
      )}
    </SettingRow>
  );
}
