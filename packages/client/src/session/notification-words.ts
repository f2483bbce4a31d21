import { beginningOf, nameAmongWords } from "@parley/protocol/text.ts";
import type { AlertPreview } from "@parley/protocol/values.ts";

/** Words that the host itself puts into a notification; the shell gives them in the user's language. */
export type NotificationTexts = {
  /** Title where the sender's name is not known or not to be shown. */
  someone: string;
  /** Body where the content cannot or shall not be shown. */
  newMessage: string;
  /** How many messages are unread. */
  unread: (messages: number) => string;
  /** How many messages are unread in how many chats. */
  unreadIn: (messages: number, chats: number) => string;
};

/** Longest text of a notification, in UTF-16 units; systems cut it anyway. */
const BODY_UNITS = 240;

function shorten(text: string): string {
  if (text.length <= BODY_UNITS) return text;
  return `${beginningOf(text, BODY_UNITS).toWellFormed()}…`;
}

type Told = {
  preview: AlertPreview;
  /** Undefined where the content is no text. */
  text: string | undefined;
  sender: string | undefined;
  groupTitle: string | null;
  /** Unread messages that it stands for; 1 for itself alone. */
  unread: number;
};

/** V51: title and body of a notification, as much as the preview level lets it tell. */
export function wordsOf(told: Told, texts: NotificationTexts): { title: string; body: string } {
  const { preview, unread } = told;
  const sender = nameAmongWords(told.sender ?? "") ?? texts.someone;
  const groupTitle =
    told.groupTitle === null ? null : (nameAmongWords(told.groupTitle) ?? texts.someone);
  const several = unread > 1 ? texts.unread(unread) : undefined;
  if (preview === "none") return { title: texts.someone, body: several ?? texts.newMessage };
  const title = groupTitle ?? sender;
  if (preview === "name") return { title, body: several ?? texts.newMessage };
  const text = told.text === undefined ? texts.newMessage : shorten(told.text);
  const body = groupTitle === null ? text : `${sender}: ${text}`;
  return { title: several === undefined ? title : `${title} · ${several}`, body };
}
