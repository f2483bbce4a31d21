import { createHash } from "node:crypto";

import { gapsWithin } from "@parley/client/sync/ranges.ts";
import type { ChatRow, EventRow, OutboxEntry } from "@parley/client/sync/model.ts";
import { CHAIN_START, verifyEvent } from "@parley/protocol/chain.ts";
import { countsAsUnread } from "@parley/protocol/counts.ts";
import { isMessage } from "@parley/protocol/event.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";

import type { ChaosDevice } from "./device.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** A message that a device's journal took. */
export type Written = { clientId: ClientId; chatId: ChatId; device: ChaosDevice };

export async function rowOf(device: ChaosDevice, chatId: ChatId): Promise<ChatRow | undefined> {
  return (await device.running.cache.read((reads) => reads.chats([chatId])))[0];
}

/** S6b: fetches what a device has not cached of a chat, as scrolling to it would. */
async function fillGaps(device: ChaosDevice, chatId: ChatId): Promise<string[]> {
  const { cache, engine } = device.running;
  for (;;) {
    const row = await rowOf(device, chatId);
    if (row === undefined) return ["the chat is not there"];
    const ranges = await cache.read((reads) => reads.ranges(chatId));
    const gap = gapsWithin(ranges, { from: row.my.joinedSeq, to: row.cursor }).at(-1);
    if (gap === undefined) return [];
    const before = gap.to + 1;
    const limit = Math.min(LIMITS.pageEvents, gap.to - gap.from + 1);
    const answer = await engine.link.request("chat:history", { chatId, before, limit });
    if (!answer.ok) return [`history before #${before}: ${answer.error.code}`];
    await engine.ingest([{ kind: "part", part: answer.value }]);
  }
}

function chainFaults(events: readonly EventRow[], firstSeq: number): string[] {
  const faults: string[] = [];
  let previous = firstSeq === 1 ? CHAIN_START : undefined;
  let seq = firstSeq - 1;
  for (const event of events) {
    if (event.seq !== seq + 1) faults.push(`#${event.seq} follows #${seq}`);
    const fault = verifyEvent(sha256, event, previous);
    if (fault !== undefined) faults.push(`#${event.seq}: ${fault} does not fit`);
    previous = event.hash;
    seq = event.seq;
  }
  return faults;
}

/** S5: what one device wrote in a chat stands in the order in which it was written. */
function orderFaults(
  seqOf: ReadonlyMap<ClientId, number>,
  written: readonly Written[],
  devices: readonly ChaosDevice[],
): string[] {
  return devices.flatMap((device, index) => {
    const seqs = written
      .filter((message) => message.device === device)
      .map((message) => seqOf.get(message.clientId) ?? 0);
    return seqs.every((seq, i) => i === 0 || seq > (seqs[i - 1] ?? 0))
      ? []
      : [`messages of device ${index} are out of order`];
  });
}

/** What one device holds of one chat, against all that was written in it. */
async function chatFaults(
  device: ChaosDevice,
  chatId: ChatId,
  written: readonly Written[],
  devices: readonly ChaosDevice[],
): Promise<{ faults: string[]; head: string }> {
  const faults = await fillGaps(device, chatId);
  const row = await rowOf(device, chatId);
  if (row === undefined) return { faults: ["the chat is not there"], head: "" };
  const { cache } = device.running;
  const events = await cache.read((reads) => reads.eventsBetween(chatId, 1, row.headSeq));
  faults.push(...chainFaults(events, row.my.joinedSeq));
  const seqOf = new Map<ClientId, number>();
  for (const event of events) {
    if (seqOf.has(event.clientId)) faults.push(`#${event.seq} is a double`);
    seqOf.set(event.clientId, event.seq);
  }
  const lost = written.filter((message) => !seqOf.has(message.clientId)).length;
  if (lost > 0) faults.push(`${lost} messages are missing`);
  const messages = events.filter((event) => isMessage(event));
  if (messages.length !== written.length) {
    faults.push(`${messages.length} messages, written were ${written.length}`);
  }
  faults.push(...orderFaults(seqOf, written, devices));
  const me = device.account.me.accountId;
  const unread = messages.filter(
    (event) => countsAsUnread(event, me) && event.seq > row.my.readSeq,
  ).length;
  if (row.my.unread !== unread) faults.push(`unread says ${row.my.unread}, there are ${unread}`);
  const texts = digestOf(messages.map(shownText).join("\n"));
  return { faults, head: `#${row.headSeq} ${events.at(-1)?.hash ?? ""} ${texts}` };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}

/** S12: what a reader sees of a message. */
function shownText({ seq, payload, fold }: EventRow): string {
  return `#${seq} ${payload ?? ""} ${fold === undefined ? "" : JSON.stringify(fold, sortedKeys)}`;
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** V29: two may relate to one message at the same time; the later one is refused, for good reason. */
function isBeaten({ state, send, error }: OutboxEntry): boolean {
  const code = error?.code;
  const isReason = code === "target_gone" || code === "duplicate_reaction";
  return state === "failed" && send.rel !== undefined && isReason;
}

export type ChatOf = { chatId: ChatId; members: readonly ChaosDevice[] };

/** All in which devices differ from what was written, and from each other. Empty is what must be. */
export async function reckon(
  devices: readonly ChaosDevice[],
  chats: readonly ChatOf[],
  written: readonly Written[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const [number, { chatId, members }] of chats.entries()) {
    const here = written.filter((message) => message.chatId === chatId);
    const heads = new Set<string>();
    for (const device of members) {
      const found = await chatFaults(device, chatId, here, devices);
      const where = `chat ${number}, device ${devices.indexOf(device)}`;
      faults.push(...found.faults.map((fault) => `${where}: ${fault}`));
      heads.add(found.head);
    }
    if (heads.size > 1) faults.push(`chat ${number}: its heads differ: ${[...heads].join(", ")}`);
  }
  for (const [index, device] of devices.entries()) {
    const left = await device.running.journal.entries();
    for (const entry of left) {
      if (isBeaten(entry)) continue;
      faults.push(`device ${index}: an entry is still ${entry.state} (${entry.error?.code ?? ""})`);
    }
  }
  return faults;
}
