import { hash } from "node:crypto";
import { contentHashOf } from "@parley/protocol/chain.ts";
import type { Change, ChatState } from "@parley/protocol/chat.ts";
import { textPayload } from "@parley/protocol/content.ts";
import type { Event } from "@parley/protocol/event.ts";
import { AccountId, ChatId, ClientId, DeviceId, newId } from "@parley/protocol/ids.ts";

const HASH = "A".repeat(43);

/** A text message as the server would send it; of its hashes only that of its content is real. */
export function fakeMessage(parts: Partial<Event> & { text?: string } = {}): Event {
  const { text = "Hello", ...rest } = parts;
  const payload = textPayload(text, new Uint8Array(16));
  return {
    chatId: newId(ChatId),
    clientId: newId(ClientId),
    alg: "none",
    type: "text",
    notify: true,
    seq: 1,
    at: 1_700_000_000_000,
    senderId: newId(AccountId),
    senderDeviceId: newId(DeviceId),
    contentHash: contentHashOf(
      (bytes) => hash("sha256", bytes, "buffer"),
      parts.payload ?? payload,
    ),
    prevHash: HASH,
    hash: HASH,
    payload,
    ...rest,
  };
}

/** The change that brings an event. */
export function eventChange(event: Event, change = event.seq): Change {
  return { kind: "event", change, event };
}

/** A group of two whose last event is `last`; what it is to the account itself as `my` says. */
export function fakeGroup(
  last: Event,
  my: Partial<ChatState["my"]> = {},
  parts: Partial<ChatState> = {},
): ChatState {
  return {
    chatId: last.chatId,
    kind: "group",
    title: "Lighthouse",
    createdAt: 1,
    headSeq: last.seq,
    rev: 1,
    membershipVersion: 1,
    memberCount: 2,
    members: null,
    othersMin: null,
    my: {
      deliveredSeq: 0,
      readSeq: 0,
      role: "member",
      joinedSeq: 1,
      leftSeq: null,
      unread: 0,
      mentions: 0,
      countedThroughSeq: last.seq,
      ...my,
    },
    last,
    ...parts,
  };
}

/** The change that states a chat, of the number of its newest event. */
export function chatChange(chat: ChatState): Change {
  return { kind: "chat", change: chat.headSeq, chat, people: [] };
}
