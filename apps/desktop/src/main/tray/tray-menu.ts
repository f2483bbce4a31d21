import type { MenuItemConstructorOptions } from "electron";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";
import type { SnoozeLength } from "@parley/protocol/snooze.ts";
import { beginningOf, nameAmongWords } from "@parley/protocol/text.ts";
import { texts } from "../texts.ts";
import { type Facts, mutedText } from "./look.ts";

export type RecentChat = { accountKey: AccountKey; chatId: ChatId; title: string; unread: number };

export type TrayActs = {
  open: () => void;
  openChat: (chat: RecentChat) => void;
  mute: (choice: SnoozeLength | undefined) => void;
  quit: () => void;
};

/** Longest title of a chat in the menu, in UTF-16 units. */
const TITLE_UNITS = 40;
const CONNECTION = {
  online: texts.online,
  offline: texts.offline,
  "signed-out": texts.signedOut,
} as const;

/** A label as it is meant: `&` marks the letter after it as a shortcut. */
function plain(label: string): string {
  const cut =
    label.length <= TITLE_UNITS ? label : `${beginningOf(label, TITLE_UNITS).toWellFormed()}…`;
  return cut.replaceAll("&", "&&");
}

/** The menu of the tray: how things stand, the newest chats, muting, quitting. */
export function trayMenu(
  facts: Facts,
  recent: readonly RecentChat[],
  acts: TrayActs,
): MenuItemConstructorOptions[] {
  const muted = mutedText(facts);
  const choices: SnoozeLength[] = ["hour", "eightHours", "tomorrow"];
  return [
    { label: CONNECTION[facts.connection], enabled: false },
    ...(muted === "" ? [] : [{ label: muted, enabled: false }]),
    { type: "separator" },
    { label: texts.open, click: acts.open },
    ...recent.map((chat) => ({
      label: plain(texts.recentChat(nameAmongWords(chat.title) ?? texts.nameless, chat.unread)),
      click: () => acts.openChat(chat),
    })),
    { type: "separator" },
    muted === ""
      ? {
          label: texts.muteFor,
          submenu: choices.map((choice) => ({
            label: texts.mute[choice],
            click: () => acts.mute(choice),
          })),
        }
      : { label: texts.unmute, click: () => acts.mute(undefined) },
    { type: "separator" },
    { label: texts.quit, click: acts.quit },
  ];
}
