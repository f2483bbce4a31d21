import type { ChatKind } from "@parley/protocol/chat.ts";
import type { Person } from "@parley/protocol/person.ts";
import { t } from "../i18n/i18n.ts";

/** What a chat's title is made of; read models of the cache have all of it. */
export type Titled = { kind: ChatKind; title: string | null; peer: Person | null };

/** The title of a chat as the screens show it: the app names direct chats and notes to self itself. */
export function chatTitle(chat: Titled): string {
  if (chat.kind === "self") return t("chats.self");
  if (chat.kind === "direct") return chat.peer?.name ?? t("common.unknownPerson");
  return chat.title ?? t("common.unknownPerson");
}

/**
 * What a chat's avatar is drawn from. Its colour is the person's in a direct chat, so that it is the
 * same everywhere; notes to self have one letter, which nobody's initials are.
 */
export function avatarOf(chat: Titled & { chatId: string }): { id: string; name: string } {
  const title = chatTitle(chat);
  return {
    id: chat.peer?.accountId ?? chat.chatId,
    name: chat.kind === "self" ? shortName(title) : title,
  };
}

/** A person's name, or a word for someone whose name has not arrived yet. */
export function personName(person: Pick<Person, "name"> | null | undefined): string {
  return person?.name ?? t("common.unknownPerson");
}

/** The first word of a name, for the sender in a preview line. */
export function shortName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}

/** A text in the form in which it is searched: no case, no accents. */
export function foldForSearch(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Whether every word of a query begins somewhere in a text. */
export function matchesQuery(text: string, query: string): boolean {
  const folded = foldForSearch(text);
  return foldForSearch(query)
    .split(/\s+/u)
    .every((word) => folded.includes(word));
}
