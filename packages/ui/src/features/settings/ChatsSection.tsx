import { t } from "../../i18n/i18n.ts";
import type { Preferences } from "../../state/preferences.ts";
import { SwitchRow } from "./SettingRow.tsx";

export type ChatsSectionProps = {
  preferences: Preferences;
  /** How Enter with the main key is written here. */
  mainEnter: string;
  onChange: (part: Partial<Preferences>) => void;
};

/** How one writes on this device, in all chats and windows. */
export function ChatsSection({ preferences, mainEnter, onChange }: ChatsSectionProps) {
  const { enterSends, asksAfterMove } = preferences;
  return (
    <>
      <h3 className="settings-title">{t("settings.chats")}</h3>
      <p className="settings-lead">{t("settings.chatsLead")}</p>
      <SwitchRow
        id="enterSends"
        hint={enterSends ? t("settings.enterSendsOn") : t("settings.enterSendsOff", { mainEnter })}
        checked={enterSends}
        onChange={(on) => onChange({ enterSends: on })}
      />
      <SwitchRow
        id="asksAfterMove"
        checked={asksAfterMove}
        onChange={(on) => onChange({ asksAfterMove: on })}
      />
    </>
  );
}
