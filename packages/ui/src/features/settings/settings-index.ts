import { type MessageKey, t } from "../../i18n/i18n.ts";
import type { SettingsSection } from "../../state/ui-store.ts";

type Indexed = {
  section: SettingsSection;
  title: MessageKey;
  hint?: MessageKey;
  /** Only in this shell; absent: in both. */
  only?: "desktop" | "web";
};

/** Every setting: where it stands and what it says of itself. Rows are drawn from it, the search reads it. */
export const SETTINGS = {
  name: { section: "profile", title: "settings.name" },
  handle: { section: "profile", title: "settings.handle" },
  role: { section: "profile", title: "settings.role" },
  device: { section: "profile", title: "settings.device" },
  signOut: { section: "profile", title: "settings.signOut", hint: "settings.signOutHint" },
  signOutEverywhere: {
    section: "profile",
    title: "settings.signOutEverywhere",
    hint: "settings.signOutEverywhereHint",
  },
  accountsHere: { section: "accounts", title: "settings.accountsHere" },
  addAccount: {
    section: "accounts",
    title: "settings.addAccount",
    hint: "settings.addAccountHint",
  },
  devices: { section: "devices", title: "settings.devicesAll" },
  permission: { section: "notifications", title: "settings.permission" },
  preview: { section: "notifications", title: "settings.preview" },
  sound: { section: "notifications", title: "settings.sound", hint: "settings.soundHint" },
  doNotDisturb: {
    section: "notifications",
    title: "settings.doNotDisturb",
    hint: "settings.doNotDisturbHint",
  },
  snooze: { section: "notifications", title: "settings.snooze", hint: "settings.snoozeHint" },
  quietHours: {
    section: "notifications",
    title: "settings.quietHours",
    hint: "settings.quietHoursHint",
  },
  wakeDigest: {
    section: "notifications",
    title: "settings.wakeDigest",
    hint: "settings.wakeDigestHint",
  },
  test: { section: "notifications", title: "settings.test", hint: "settings.testHint" },
  theme: { section: "appearance", title: "settings.theme", hint: "settings.themeHint" },
  contrast: { section: "appearance", title: "settings.contrast", hint: "settings.contrastHint" },
  textSize: { section: "appearance", title: "settings.textSize" },
  zoom: {
    section: "appearance",
    title: "settings.zoom",
    hint: "settings.zoomHint",
    only: "desktop",
  },
  density: { section: "appearance", title: "settings.density", hint: "settings.densityHint" },
  enterSends: {
    section: "chats",
    title: "settings.enterSends",
    hint: "settings.enterSendsHint",
  },
  asksAfterMove: {
    section: "chats",
    title: "settings.asksAfterMove",
    hint: "settings.asksAfterMoveHint",
  },
  blocked: { section: "privacy", title: "settings.blocked", hint: "settings.blockedHint" },
  shownToOthers: { section: "privacy", title: "settings.shownToOthers" },
  kept: { section: "storage", title: "settings.kept" },
  unsent: { section: "storage", title: "settings.unsent", hint: "settings.unsentHint" },
  space: { section: "storage", title: "settings.space", hint: "settings.spaceHint" },
  rebuild: { section: "storage", title: "settings.rebuild", hint: "settings.rebuildHint" },
  startAtLogin: {
    section: "desktop",
    title: "settings.startAtLogin",
    hint: "settings.startAtLoginHint",
    only: "desktop",
  },
  closeToTray: {
    section: "desktop",
    title: "settings.closeToTray",
    hint: "settings.closeToTrayHint",
    only: "desktop",
  },
  startHidden: {
    section: "desktop",
    title: "settings.startHidden",
    hint: "settings.startHiddenHint",
    only: "desktop",
  },
  shortcut: {
    section: "desktop",
    title: "settings.shortcut",
    hint: "settings.shortcutHint",
    only: "desktop",
  },
  flash: {
    section: "desktop",
    title: "settings.flash",
    hint: "settings.flashHint",
    only: "desktop",
  },
  secrets: {
    section: "desktop",
    title: "settings.secrets",
    hint: "settings.secretsHint",
    only: "desktop",
  },
  logs: { section: "desktop", title: "settings.logs", hint: "settings.logsHint", only: "desktop" },
  crashes: {
    section: "desktop",
    title: "settings.crashes",
    hint: "settings.crashesHint",
    only: "desktop",
  },
  keys: { section: "keyboard", title: "shortcuts.title", hint: "settings.keyboardLead" },
  appLanguage: {
    section: "languages",
    title: "settings.appLanguage",
    hint: "settings.appLanguageHint",
  },
  spellcheck: {
    section: "languages",
    title: "settings.spellcheck",
    hint: "settings.spellcheckHint",
  },
  timeFormat: { section: "languages", title: "settings.timeFormat" },
  install: { section: "about", title: "settings.install", only: "web" },
  version: { section: "about", title: "settings.version" },
  protocol: { section: "about", title: "settings.protocol" },
  server: { section: "about", title: "settings.server" },
} as const satisfies Record<string, Indexed>;

export type SettingId = keyof typeof SETTINGS;
export type Shell = "desktop" | "web";

const INDEX: Record<SettingId, Indexed> = SETTINGS;

function isSettingId(text: string): text is SettingId {
  return Object.hasOwn(SETTINGS, text);
}

/** The element of a setting's row. */
export function rowId(id: SettingId): string {
  return `setting-${id}`;
}

/** The settings that this shell has, in the order of the sections. */
export function settingsOf(shell: Shell): SettingId[] {
  return Object.keys(SETTINGS)
    .filter(isSettingId)
    .filter((id) => (INDEX[id].only ?? shell) === shell);
}

/** A found setting in words. */
export type FoundSetting = { id: SettingId; section: SettingsSection; title: string; hint: string };

/** The words of a setting; an empty hint where the title says it all. */
export function describeSetting(id: SettingId): FoundSetting {
  const entry = SETTINGS[id];
  return {
    id,
    section: entry.section,
    title: t(entry.title),
    hint: "hint" in entry ? t(entry.hint) : "",
  };
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/**
 * Settings whose title, description, section or other words have every word of the query, in any order
 * and case and without regard to accents. Those that have them in the title come first, then those that
 * people call so; what has them only inside of other words comes last.
 */
export function findSettings(query: string, shell: Shell): FoundSetting[] {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [];
  const begins = (text: string): boolean => words.every((word) => ` ${text}`.includes(` ${word}`));
  const has = (text: string): boolean => words.every((word) => text.includes(word));
  const rankOf = (setting: FoundSetting): number => {
    const title = fold(setting.title);
    const others = fold(t(`settings.words.${setting.id}`));
    const seen = `${title} ${fold(setting.hint)} ${fold(t(`settings.${setting.section}`))}`;
    const all = `${seen} ${others}`;
    const rank = [title, others, `${title} ${others}`, seen, all].findIndex(begins);
    return rank < 0 && has(all) ? Number.MAX_SAFE_INTEGER : rank;
  };
  return settingsOf(shell)
    .map(describeSetting)
    .map((setting) => ({ setting, rank: rankOf(setting) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map(({ setting }) => setting);
}
