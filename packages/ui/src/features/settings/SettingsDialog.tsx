import "./settings.css";
import type { ReactNode } from "react";
import { t } from "../../i18n/i18n.ts";
import { Dialog } from "../../kit/Dialog.tsx";
import type { Preferences } from "../../state/preferences.ts";
import type { SettingsSection } from "../../state/ui-store.ts";
import { AboutSection, type AboutSectionProps } from "./AboutSection.tsx";
import { AppearanceSection } from "./AppearanceSection.tsx";
import { DesktopSection, type DesktopSectionProps } from "./DesktopSection.tsx";
import { ProfileSection, type ProfileSectionProps } from "./ProfileSection.tsx";

export type SettingsDialogProps = {
  open: boolean;
  section: SettingsSection;
  profile: ProfileSectionProps;
  preferences: Preferences;
  /** Only where the app is a desktop's. */
  desktop?: DesktopSectionProps;
  about: AboutSectionProps;
  /** The sheet of keys, drawn by whoever knows them. */
  keyboard: ReactNode;
  onPreferences: (part: Partial<Preferences>) => void;
  onSection: (section: SettingsSection) => void;
  onClose: () => void;
};

const SECTIONS: readonly SettingsSection[] = [
  "profile",
  "appearance",
  "desktop",
  "keyboard",
  "about",
];

/** All settings in one place; changes show at once. */
export function SettingsDialog(props: SettingsDialogProps) {
  const { section } = props;
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t("settings.title")} size="l">
      <div className="settings">
        <nav className="settings-nav" aria-label={t("settings.sections")}>
          {SECTIONS.filter((each) => each !== "desktop" || props.desktop).map((each) => (
            <button
              key={each}
              type="button"
              className="settings-tab"
              aria-current={each === section ? "page" : undefined}
              onClick={() => props.onSection(each)}
            >
              {t(`settings.${each}`)}
            </button>
          ))}
        </nav>
        <div
          className="settings-body"
          role="region"
          aria-label={t(`settings.${section}`)}
          tabIndex={0}
        >
          {section === "profile" && <ProfileSection {...props.profile} />}
          {section === "appearance" && (
            <AppearanceSection preferences={props.preferences} onChange={props.onPreferences} />
          )}
          {section === "desktop" && props.desktop && <DesktopSection {...props.desktop} />}
          {section === "keyboard" && (
            <>
              <h3 className="settings-title">{t("settings.keyboard")}</h3>
              <p className="settings-lead">{t("settings.keyboardLead")}</p>
              {props.keyboard}
            </>
          )}
          {section === "about" && <AboutSection {...props.about} />}
        </div>
      </div>
    </Dialog>
  );
}
