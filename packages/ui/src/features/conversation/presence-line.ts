import type { ChatKind } from "@parley/protocol/chat.ts";
import type { Presence } from "@parley/protocol/person.ts";
import { joinNames, moment, type Region } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import { shortName } from "../../state/names.ts";

export type HeaderFacts = {
  kind: ChatKind;
  left: boolean;
  memberCount: number;
  /** Names of the members but me, as far as known. */
  otherNames: readonly string[];
  /** Of the other person of a direct chat. */
  presence: Presence | null;
  /** Members of a group that are online, the reader included; null if not known. */
  onlineCount: number | null;
};

/** Names that fit into the line under a group's title. */
const SHOWN_NAMES = 3;

/** The line under a chat's title: who is in a group, whether a person is there. */
export function headerLine(facts: HeaderFacts, nowMs: number, region: Region): string {
  if (facts.kind === "self") return t("chat.selfHint");
  if (facts.kind === "direct") {
    if (facts.presence === null) return "";
    if (facts.presence.online) return t("chat.online");
    const { lastSeenAt } = facts.presence;
    return lastSeenAt === null
      ? t("chat.offline")
      : t("chat.lastSeen", { when: moment(lastSeenAt, nowMs, region) });
  }
  if (facts.left) return t("chats.left");
  const members = membersLine(facts);
  return facts.onlineCount !== null && facts.onlineCount > 1
    ? t("chat.membersOnline", { members, count: facts.onlineCount })
    : members;
}

function membersLine({ otherNames, memberCount }: HeaderFacts): string {
  if (otherNames.length === 0) return t("chat.members", { count: memberCount });
  const shown = otherNames.slice(0, SHOWN_NAMES).map(shortName);
  const more = memberCount - 1 - shown.length;
  // The reader belongs to it too, but is named last and only where the names are few.
  if (more <= 0) return joinNames([...shown, t("common.youInside")]);
  return t("chat.namesMore", { names: shown.join(", "), count: more });
}

/** What the line above the composer says while others write; empty for nobody. */
export function typingLine(names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined) return "";
  if (second === undefined) return t("chat.typingOne", { name: shortName(first) });
  if (names.length === 2) {
    return t("chat.typingTwo", { first: shortName(first), second: shortName(second) });
  }
  return t("chat.typingMany", { count: names.length });
}
