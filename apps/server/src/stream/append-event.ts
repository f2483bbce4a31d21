import { hash } from "node:crypto";
import { contentHashOf, eventHashOf } from "@parley/protocol/chain.ts";
import {
  type Envelope,
  type Event,
  isMessage,
  type SystemContent,
} from "@parley/protocol/event.ts";
import { type AccountId, ClientId, type DeviceId } from "@parley/protocol/ids.ts";
import type { DecideContext } from "../storage/command.ts";
import type { ChatRow, EventRow } from "../storage/rows.ts";

export type Actor = { accountId: AccountId; deviceId: DeviceId };

/** What an event says of itself; the stream adds place, time, origin and hashes. */
export type EventDraft = Omit<Envelope, "chatId" | "seq" | "at" | "senderId" | "senderDeviceId"> & {
  payload: string;
};

const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");

/**
 * Adds an event at the end of a chat's stream: S1 (next seq), S2a (chain), S5 (`at` never goes back).
 * The chat that comes back carries `change` and `rev` of this commit. Pure.
 */
export function appendEvent(
  chat: ChatRow,
  by: Actor,
  draft: EventDraft,
  context: DecideContext,
): { chat: ChatRow; row: EventRow } {
  const { payload, ...said } = draft;
  const seq = chat.headSeq + 1;
  const at = Math.max(context.now, chat.headAt);
  const envelope: Envelope = {
    ...said,
    chatId: chat.chatId,
    seq,
    at,
    senderId: by.accountId,
    senderDeviceId: by.deviceId,
  };
  const contentHash = contentHashOf(sha256, payload);
  const hash = eventHashOf(sha256, envelope, contentHash, chat.headHash);
  const event: Event = { ...envelope, contentHash, prevHash: chat.headHash, hash, payload };
  return {
    row: { event, change: context.change },
    chat: {
      ...chat,
      headSeq: seq,
      headHash: hash,
      headAt: at,
      lastMessageSeq: isMessage(event) ? seq : chat.lastMessageSeq,
      rev: context.change,
      change: context.change,
    },
  };
}

/** S17, V1: a system event, written by the server for whoever acted. */
export function systemDraft(system: SystemContent, context: DecideContext): EventDraft {
  return {
    clientId: ClientId.parse(context.ids.next()),
    alg: "none",
    type: "system",
    notify: false,
    system,
    payload: "",
  };
}
