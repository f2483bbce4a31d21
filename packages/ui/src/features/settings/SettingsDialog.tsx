import "./settings.css";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Dialog } from "../../kit/Dialog.tsx";
import type { Preferences } from "../../state/preferences.ts";
import type { SettingsSection } from "../../state/ui-store.ts";
import { AboutSection, type AboutSectionProps } from "./AboutSection.tsx";
import { AccountsSection, type AccountsSectionProps } from "./AccountsSection.tsx";
import { AppearanceSection } from "./AppearanceSection.tsx";
import { ChatsSection, type ChatsSectionProps } from "./ChatsSection.tsx";
import { DesktopSection, type DesktopSectionProps } from "./DesktopSection.tsx";
import { DevicesSection, type DevicesSectionProps } from "./DevicesSection.tsx";
import { LanguagesSection, type LanguagesSectionProps } from "./LanguagesSection.tsx";
import { NotificationsSection, type NotificationsSectionProps } from "./NotificationsSection.tsx";
import { PrivacySection, type PrivacySectionProps } from "./PrivacySection.tsx";
import { ProfileSection, type ProfileSectionProps } from "./ProfileSection.tsx";
import { findSettings, rowId, type SettingId, SETTINGS } from "./settings-index.ts";
import { SettingsResults, SettingsSearch } from "./SettingsSearch.tsx";
import { StorageSection, type StorageSectionProps } from "./StorageSection.tsx";
import type { ZoomRowProps } from "./ZoomRow.tsx";

export type SettingsDialogProps = {
  open: boolean;
  section: SettingsSection;
  profile: ProfileSectionProps;
  accounts: AccountsSectionProps;
  devices: DevicesSectionProps;
  notifications: NotificationsSectionProps;
  chats: Pick<ChatsSectionProps, "mainEnter">;
  privacy: Omit<PrivacySectionProps, "onPreview">;
  storage: StorageSectionProps;
  languages: LanguagesSectionProps;
  preferences: Preferences;
  zoom?: ZoomRowProps;
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
  "accounts",
  "notifications",
  "appearance",
  "chats",
  "privacy",
  "devices",
  "storage",
  "desktop",
  "keyboard",
  "languages",
  "about",
];

const CONTROLS = "input:not(:disabled), select:not(:disabled), button:not(:disabled)";

/** Brings a found setting into view and the focus to its control; false if it is not there yet. */
function goTo(id: SettingId): boolean {
  const row = document.querySelector<HTMLElement>(`#${CSS.escape(rowId(id))}`);
  row?.scrollIntoView({ block: "center" });
  (row?.querySelector<HTMLElement>(CONTROLS) ?? row)?.focus();
  return row !== null;
}

/** All settings in one place, searchable; changes count at once. */
export function SettingsDialog(props: SettingsDialogProps) {
  const { section, onSection } = props;
  const [query, setQuery] = useState("");
  const [wanted, setWanted] = useState<{ id: SettingId } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const side = useRef<HTMLElement>(null);
  const found = findSettings(query, props.desktop ? "desktop" : "web");
  const searching = query.trim() !== "";

  // A row that waits for an answer of the host comes later. Whoever has moved on meanwhile is left alone.
  useEffect(() => {
    const place = body.current;
    if (wanted === null || place === null || goTo(wanted.id)) return undefined;
    place.focus();
    const rows = new MutationObserver(() => {
      if (document.activeElement !== place || goTo(wanted.id)) rows.disconnect();
    });
    rows.observe(place, { childList: true, subtree: true });
    return () => rows.disconnect();
  }, [wanted]);

  function lead(id: SettingId): void {
    setQuery("");
    setWanted({ id });
    onSection(SETTINGS[id].section);
  }

  // In a narrow window the sections stand in one line, which is longer than the window.
  useEffect(() => {
    if (!props.open) return;
    const tab = side.current?.querySelector("[aria-current]");
    tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [props.open, section, searching]);

  const search = {
    query,
    found,
    field,
    results,
    onQuery: setQuery,
    onChoose: lead,
  };
  return (
    <Dialog
      open={props.open}
      onClose={() => {
        setQuery("");
        setWanted(null);
        props.onClose();
      }}
      title={t("settings.title")}
      size="l"
      initialFocus={field}
    >
      <div className="settings">
        <div className="settings-side">
          <SettingsSearch {...search} />
          <nav ref={side} className="settings-nav" aria-label={t("settings.sections")}>
            {SECTIONS.filter((each) => each !== "desktop" || props.desktop).map((each) => (
              <button
                key={each}
                type="button"
                className="settings-tab"
                aria-current={each === section && !searching ? "page" : undefined}
                onClick={() => {
                  setQuery("");
                  setWanted(null);
                  onSection(each);
                }}
              >
                {t(`settings.${each}`)}
              </button>
            ))}
          </nav>
        </div>
        <div
          key={searching ? "search" : section}
          ref={body}
          className="settings-body"
          role="region"
          aria-label={searching ? t("settings.search") : t(`settings.${section}`)}
          tabIndex={0}
        >
          {searching ? <SettingsResults {...search} /> : <Section {...props} onLead={lead} />}
        </div>
      </div>
    </Dialog>
  );
}

function Section(props: SettingsDialogProps & { onLead: (id: SettingId) => void }) {
  switch (props.section) {
    case "profile":
      return <ProfileSection {...props.profile} />;
    case "accounts":
      return <AccountsSection {...props.accounts} />;
    case "devices":
      return <DevicesSection {...props.devices} />;
    case "notifications":
      return <NotificationsSection {...props.notifications} />;
    case "appearance":
      return (
        <AppearanceSection
          preferences={props.preferences}
          {...(props.zoom && { zoom: props.zoom })}
          onChange={props.onPreferences}
        />
      );
    case "chats":
      return (
        <ChatsSection
          preferences={props.preferences}
          {...props.chats}
          onChange={props.onPreferences}
        />
      );
    case "privacy":
      return <PrivacySection {...props.privacy} onPreview={() => props.onLead("preview")} />;
    case "storage":
      return <StorageSection {...props.storage} />;
    case "languages":
      return <LanguagesSection {...props.languages} />;
    case "desktop":
      return props.desktop === undefined ? null : <DesktopSection {...props.desktop} />;
    case "keyboard":
      return (
        <div id={rowId("keys")} tabIndex={-1}>
          <h3 className="settings-title">{t("settings.keyboard")}</h3>
          <p className="settings-lead">{t("settings.keyboardLead")}</p>
          {props.keyboard}
        </div>
      );
    case "about":
      return <AboutSection {...props.about} />;
  }
}
