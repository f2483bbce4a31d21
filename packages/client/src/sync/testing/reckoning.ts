import { CHAIN_START } from "@parley/protocol/chain.ts";
import { isMessage, REL, type Relation } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { ChatRow, EventRow, Range } from "../model.ts";
import { previewOf } from "../preview.ts";
import { verifiedRun } from "../verified.ts";
import type { ModelDevice } from "./model-device.ts";
import {
  canSee,
  countsFor,
  type ModelChat,
  othersMinFor,
  shown,
  visibleHead,
} from "./model-chat.ts";
import type { ModelWorld } from "./model-world.ts";
import { valueFaults } from "./value-steps.ts";

/** What of an event both sides must agree on; foldSeq may lag where nothing changed. */
function essence(event: ReturnType<typeof shown>) {
  const { fold } = event;
  return {
    seq: event.seq,
    clientId: event.clientId,
    payload: event.payload,
    hash: event.hash,
    edit: fold?.edit?.payload ?? null,
    erased: fold?.erased?.seq ?? null,
    reactions: (fold?.reactions ?? []).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    recent: fold?.recent ?? [],
  };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function deviceFaults(
  world: ModelWorld,
  device: ModelDevice,
  name: string,
): Promise<string[]> {
  const faults: string[] = [];
  const cache = device.writer?.cache;
  if (cache === undefined) return [`${name}: no writer`];
  const me = device.accountId;
  const rows = new Map(
    (await cache.read((reads) => reads.allChats())).map((row) => [row.chatId, row]),
  );
  for (const chat of world.server.chats.values()) {
    if (!chat.periods.has(me)) continue;
    const { chatId } = chat;
    const row = rows.get(chatId);
    const where = `${name} chat ${world.chats.indexOf(chatId)}`;
    if (row === undefined) {
      faults.push(`${where}: not in the cache`);
      continue;
    }
    const head = visibleHead(chat, me);
    const isMember = chat.roster.members.some((member) => member.accountId === me);
    if (row.cursor !== head) faults.push(`${where}: cursor ${row.cursor}, head ${head}`);
    if (row.reconcile || row.lost) faults.push(`${where}: not reconciled`);
    const held = await cache.read((reads) =>
      reads.eventsBetween(chatId, 1, Number.MAX_SAFE_INTEGER),
    );
    const ranges = await cache.read((reads) => reads.ranges(chatId));
    const inRanges = ranges
      .filter((range) => range.kind === "held")
      .reduce((sum, range) => sum + range.to - range.from + 1, 0);
    if (inRanges !== held.length)
      faults.push(`${where}: ranges say ${inRanges}, rows ${held.length}`);
    for (const event of held) {
      const truth = chat.events[event.seq - 1];
      if (truth === undefined || !canSee(chat, me, event.seq)) {
        faults.push(`${where}: #${event.seq} should not be here`);
        continue;
      }
      const expected = shown(chat, me, truth);
      // V30: nobody tells those who left what was erased since; what they had they keep.
      const keeps = !isMember && truth.payload === null && expected.payload === null;
      // The text of an edit too: it is what the message says.
      const seen = keeps ? { ...essence(event), payload: null, edit: null } : essence(event);
      if (!same(seen, essence(expected))) {
        const [is, should] = [JSON.stringify(seen), JSON.stringify(essence(expected))];
        faults.push(`${where}: #${event.seq} is ${is}, should be ${should}`);
      }
    }
    faults.push(...chainFaults(where, row, ranges, held));
    if (!isMember) {
      if (row.my.leftSeq === null) faults.push(`${where}: does not know that it left`);
      continue;
    }
    const counts = countsFor(chat, me);
    if (row.my.unread !== counts.unread) {
      faults.push(`${where}: unread ${row.my.unread}, should be ${counts.unread}`);
    }
    if (row.my.mentions !== counts.mentions) {
      faults.push(`${where}: mentions ${row.my.mentions}, should be ${counts.mentions}`);
    }
    faults.push(...previewFaults(where, chat, me, row.last));
    const members = await cache.read((reads) => reads.members(chatId));
    const byId = (a: { accountId: string }, b: { accountId: string }): number =>
      a.accountId < b.accountId ? -1 : 1;
    const fields = (list: typeof members): unknown =>
      list
        .toSorted(byId)
        .map((one) => [one.accountId, one.role, one.joinedSeq, one.deliveredSeq, one.readSeq]);
    // My own marks stand in `my`, not in the member row.
    const others = (list: typeof members): typeof members =>
      list.filter((one) => one.accountId !== me);
    if (!same(fields(others(members)), fields(others([...chat.roster.members])))) {
      faults.push(
        `${where}: members ${JSON.stringify(fields(members))} should be ${JSON.stringify(fields([...chat.roster.members]))}`,
      );
    }
    if (!same(row.othersMin, othersMinFor(chat, me))) faults.push(`${where}: othersMin`);
    if (row.title !== chat.roster.title) faults.push(`${where}: title ${row.title}`);
    if (row.my.deliveredSeq < lastOfOthers(chat.events, me, head)) {
      faults.push(`${where}: delivered ${row.my.deliveredSeq} of ${head}`);
    }
  }
  const entries = (await device.writer?.journal?.entries()) ?? [];
  for (const entry of entries) {
    if (entry.state !== "failed" && entry.state !== "offered") {
      faults.push(`${name}: an entry is still ${entry.state}`);
    }
  }
  return faults;
}

/** S7: what is held in one piece is one chain, and what counts as verified is that and no more. */
function chainFaults(
  where: string,
  row: ChatRow,
  ranges: readonly Range[],
  held: readonly EventRow[],
): string[] {
  const faults: string[] = [];
  if (row.faults.length > 0) faults.push(`${where}: chain faults ${JSON.stringify(row.faults)}`);
  held.forEach((event, i) => {
    const before = held[i - 1];
    const follows = before !== undefined && before.seq === event.seq - 1;
    const isLinked = follows ? before.hash === event.prevHash : event.seq !== 1 || isStart(event);
    if (!isLinked) faults.push(`${where}: #${event.seq} does not follow its predecessor`);
  });
  const last = held.at(-1);
  let from = last?.seq ?? 0;
  while (held.some((event) => event.seq === from - 1)) from -= 1;
  const expected = last === undefined ? null : { from, to: last.seq };
  const verified = verifiedRun(ranges, row.faults);
  if (!same(verified, expected)) {
    faults.push(`${where}: verified ${JSON.stringify(verified)}, held ${JSON.stringify(expected)}`);
  }
  return faults;
}

function isStart(event: EventRow): boolean {
  return event.prevHash === CHAIN_START;
}

/** The line in the chat list says what the newest message says. */
function previewFaults(
  where: string,
  chat: ModelChat,
  me: AccountId,
  last: ChatRow["last"],
): string[] {
  const newest = chat.events
    .filter((event) => canSee(chat, me, event.seq))
    .findLast((event) => isMessage(event));
  const expected = newest === undefined ? null : previewOf(shown(chat, me, newest));
  return same(last, expected)
    ? []
    : [`${where}: shows ${JSON.stringify(last)}, should show ${JSON.stringify(expected)}`];
}

function lastOfOthers(
  events: readonly { seq: number; senderId: string }[],
  me: string,
  head: number,
): number {
  return events.findLast((event) => event.senderId !== me && event.seq <= head)?.seq ?? 0;
}

/** V44: whether a deletion or a reaction could find what it asks for already there. */
function wasSo(chat: ModelChat, rel: Relation): boolean {
  const target = chat.events.find((event) => event.clientId === rel.target);
  if (target === undefined) return false;
  if (rel.kind === REL.redact) return target.payload === null;
  return chat.events.some(
    (event) =>
      event.rel?.kind === REL.reaction &&
      event.targetSeq === target.seq &&
      event.rel.key === rel.key,
  );
}

/** S3, S11: what was written is there once, in the order of writing, or failed and shown. */
async function writtenFaults(world: ModelWorld): Promise<string[]> {
  const faults: string[] = [];
  const failed = new Set<string>();
  for (const device of world.devices) {
    for (const entry of (await device.writer?.journal?.entries()) ?? []) {
      if (entry.state === "failed" || entry.state === "offered") failed.add(entry.clientId);
    }
  }
  const lastSeq = new Map<string, number>();
  for (const { clientId, chatId, device, rel } of world.written.toSorted(
    (a, b) => a.order - b.order,
  )) {
    const chat = world.server.chats.get(chatId);
    const seqs = (chat?.events ?? [])
      .filter((event) => event.clientId === clientId)
      .map((event) => event.seq);
    if (failed.has(clientId)) continue;
    // V44: what was so already is not stored.
    const isBare = rel?.kind === REL.redact || rel?.kind === REL.reaction;
    if (seqs.length === 0 && chat !== undefined && isBare && wasSo(chat, rel)) continue;
    if (seqs.length !== 1)
      faults.push(`a message of device ${device} is stored ${seqs.length} times`);
    const lane = `${device}:${chatId}`;
    const seq = seqs[0] ?? 0;
    if (seq <= (lastSeq.get(lane) ?? 0)) faults.push(`device ${device}: #${seq} is out of order`);
    lastSeq.set(lane, seq);
  }
  return faults;
}

/** Everything in which devices and server differ; empty when all have converged. */
export async function faultsOf(world: ModelWorld): Promise<string[]> {
  const faults = await writtenFaults(world);
  for (const [i, device] of world.devices.entries()) {
    faults.push(...(await deviceFaults(world, device, `device ${i}`)));
  }
  return [...faults, ...(await valueFaults(world))];
}
