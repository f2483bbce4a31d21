import { ChatKind } from "@parley/protocol/chat.ts";
import type { Counts } from "@parley/protocol/counts.ts";
import { SeqMark } from "@parley/protocol/event.ts";
import { AccountId, ClientId } from "@parley/protocol/ids.ts";
import { parseWith } from "../connection/parse.ts";

/** What the host remembers of a chat: enough to notify and never twice. */
export type KnownChat = {
  kind: ChatKind;
  title: string | null;
  /** 0 while it is not known. */
  memberCount: number;
  readSeq: number;
  notifiedThroughSeq: number;
  /** S9: null until the server has said them. */
  counts: Counts | null;
  /** The message whose notification was shown last and not withdrawn. */
  shown: Named | null;
  /** V51: the newest message that was held back while alerts were off. */
  held: Held | null;
};

/** A message of a chat, by place and name. */
export type Named = { seq: number; clientId: ClientId };

/** A message that was held back, and by whom it is. */
export type Held = Named & { senderId: AccountId };

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function readCounts(value: unknown): Counts | null {
  const unread = parseWith(SeqMark, fieldOf(value, "unread"));
  const mentions = parseWith(SeqMark, fieldOf(value, "mentions"));
  const through = parseWith(SeqMark, fieldOf(value, "countedThroughSeq"));
  if (!unread.ok || !mentions.ok || !through.ok) return null;
  return { unread: unread.value, mentions: mentions.value, countedThroughSeq: through.value };
}

function readNamed(value: unknown): Named | null {
  const seq = parseWith(SeqMark, fieldOf(value, "seq"));
  const clientId = parseWith(ClientId, fieldOf(value, "clientId"));
  return seq.ok && clientId.ok ? { seq: seq.value, clientId: clientId.value } : null;
}

function readHeld(value: unknown): Held | null {
  const named = readNamed(value);
  const senderId = parseWith(AccountId, fieldOf(value, "senderId"));
  return named && senderId.ok ? { ...named, senderId: senderId.value } : null;
}

/** A chat as an earlier host stored it; undefined where it is damaged: it is learned again. */
export function readChat(value: unknown): KnownChat | undefined {
  const kind = parseWith(ChatKind, fieldOf(value, "kind"));
  const title = fieldOf(value, "title");
  const memberCount = parseWith(SeqMark, fieldOf(value, "memberCount"));
  const readSeq = parseWith(SeqMark, fieldOf(value, "readSeq"));
  const notified = parseWith(SeqMark, fieldOf(value, "notifiedThroughSeq"));
  if (!kind.ok || !readSeq.ok || !notified.ok) return undefined;
  return {
    kind: kind.value,
    title: typeof title === "string" ? title : null,
    memberCount: memberCount.ok ? memberCount.value : 0,
    readSeq: readSeq.value,
    notifiedThroughSeq: notified.value,
    counts: readCounts(fieldOf(value, "counts")),
    shown: readNamed(fieldOf(value, "shown")),
    held: readHeld(fieldOf(value, "held")),
  };
}
