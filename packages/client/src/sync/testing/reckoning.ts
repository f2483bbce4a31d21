import type { ModelDevice } from "./model-device.ts";
import { canSee, countsFor, othersMinFor, shown, visibleHead } from "./model-chat.ts";
import type { ModelWorld } from "./model-world.ts";

/** What of an event both sides must agree on; foldSeq may lag where nothing changed. */
function essence(event: ReturnType<typeof shown>): unknown {
  const { fold } = event;
  return {
    seq: event.seq,
    clientId: event.clientId,
    payload: event.payload,
    hash: event.hash,
    edit: fold?.edit?.payload ?? null,
    erased: fold?.erased?.seq ?? null,
    reactions: (fold?.reactions ?? []).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
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
      } else if (!same(essence(event), essence(shown(chat, me, truth)))) {
        faults.push(
          `${where}: #${event.seq} is ${JSON.stringify(essence(event))}, should be ${JSON.stringify(essence(shown(chat, me, truth)))}`,
        );
      }
    }
    const isMember = chat.roster.members.some((member) => member.accountId === me);
    if (!isMember) {
      if (row.my.leftSeq === null) faults.push(`${where}: does not know that it left`);
      continue;
    }
    const counts = countsFor(chat, me);
    if (row.my.unread !== counts.unread) {
      faults.push(`${where}: unread ${row.my.unread}, should be ${counts.unread}`);
    }
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

function lastOfOthers(
  events: readonly { seq: number; senderId: string }[],
  me: string,
  head: number,
): number {
  return events.findLast((event) => event.senderId !== me && event.seq <= head)?.seq ?? 0;
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
  for (const { clientId, chatId, device } of world.written.toSorted((a, b) => a.order - b.order)) {
    const chat = world.server.chats.get(chatId);
    const seqs = (chat?.events ?? [])
      .filter((event) => event.clientId === clientId)
      .map((event) => event.seq);
    if (failed.has(clientId)) continue;
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
  return faults;
}
