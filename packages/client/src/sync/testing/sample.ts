import { CHAIN_START, contentHashOf } from "@parley/protocol/chain.ts";
import { textPayload } from "@parley/protocol/content.ts";
import {
  AccountId,
  type ChatId,
  ClientId,
  DataEpoch,
  DeviceId,
  newId,
} from "@parley/protocol/ids.ts";
import type { AsideRow, ChatRow, EventRow, NewEntry, PersonRow } from "../model.ts";
import type { Checks } from "../chain-checks.ts";
import { sha256 } from "./model-chat.ts";

/** Rows of every table, valid and whole, for tests of stores and read models. */

export function sampleChat(chatId: ChatId, more: Partial<ChatRow> = {}): ChatRow {
  return {
    chatId,
    kind: "group",
    title: "Lighthouse",
    createdAt: 1,
    headSeq: 0,
    cursor: 0,
    rev: 0,
    rosterSeq: 0,
    membershipVersion: 0,
    memberCount: 2,
    membersKnown: true,
    othersMin: null,
    peerId: null,
    my: {
      role: "member",
      joinedSeq: 1,
      leftSeq: null,
      deliveredSeq: 0,
      readSeq: 0,
      unread: 0,
      mentions: 0,
      countedThroughSeq: 0,
    },
    last: null,
    activityAt: 1,
    statedChange: 0,
    countsChange: 0,
    reconcile: false,
    lost: false,
    faults: [],
    ...more,
  };
}

/** Checks that find every event sound by itself; links between events are still looked at. */
export const trusting: Checks = {
  faultOf: () => undefined,
  fits: () => true,
  tolerates: () => false,
  nowMs: 0,
};

function sampleHash(chatId: ChatId, seq: number): string {
  return contentHashOf(sha256, `${chatId}:${seq}`);
}

/** An event whose links fit those of its neighbours; its hashes do not fit its content. */
export function sampleEvent(chatId: ChatId, seq: number, more: Partial<EventRow> = {}): EventRow {
  const hash = sampleHash(chatId, seq);
  return {
    chatId,
    clientId: newId(ClientId),
    alg: "none",
    type: "text",
    notify: true,
    seq,
    at: seq,
    senderId: newId(AccountId),
    senderDeviceId: newId(DeviceId),
    contentHash: hash,
    prevHash: seq === 1 ? CHAIN_START : sampleHash(chatId, seq - 1),
    hash,
    payload: textPayload(`message ${seq}`),
    foldSeq: seq,
    ...more,
  };
}

export function sampleEntry(chatId: ChatId, more: Partial<NewEntry> = {}): NewEntry {
  const clientId = newId(ClientId);
  const send = {
    chatId,
    clientId,
    alg: "none",
    type: "text",
    notify: true,
    payload: textPayload("hi"),
  };
  return {
    clientId,
    chatId,
    send,
    state: "journaled",
    seq: null,
    error: null,
    createdAtMs: 1,
    ...more,
  };
}

export function samplePerson(name: string, change = 1): PersonRow {
  return { accountId: newId(AccountId), handle: name.toLowerCase(), name, change };
}

export function sampleAside(chatId: ChatId): AsideRow {
  const { foldSeq: _foldSeq, ...event } = sampleEvent(chatId, 7);
  return { chatId, event, epoch: newId(DataEpoch) };
}
