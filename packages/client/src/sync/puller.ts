import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { CacheStore } from "./cache-store.ts";
import type { Suspects } from "./chain-checks.ts";
import { reconcileChat } from "./epoch-reconcile.ts";
import type { HostLink } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { ChatRow, Range } from "./model.ts";
import type { Asked } from "./parts.ts";
import { rangesWithin } from "./ranges.ts";
import { NOT_WRITTEN } from "./store-failure.ts";
import type { Writer } from "./writer.ts";

/** A chat of which nothing is cached starts with its newest events; older ones follow when shown. */
export const FRESH_EVENTS = 100;
/** Chats in one pull while the whole list is fetched: small enough to show progress. */
const PULL_CHATS = 20;
/** Marked events that are asked for again after a catch-up. */
const RECHECKED = 20;

export type PullerDeps = {
  me: AccountId;
  writer: Writer;
  cache: CacheStore;
  journal: JournalStore;
  link: HostLink;
  suspects: Suspects;
  nowMs(): number;
  /** Something is to be fetched at that time of this device's clock. */
  wakeAt(atMs: number): void;
  /** False once this window is no longer the writer, or a new catch-up began. */
  current(): boolean;
  /** S6a: shown chats go first. */
  openChats(): ReadonlySet<ChatId>;
  /** S6c: the server is behind this cache. */
  onEpochChanged(): void;
};

/** Where a pull of a chat starts. */
export function pullAfter(row: ChatRow): number {
  return row.cursor > 0 ? row.cursor : Math.max(0, row.headSeq - FRESH_EVENTS);
}

/** V31: what a pull of a chat says it holds: the newest ranges at or below where it starts. */
export function heldBelow(ranges: readonly Range[], after: number): Asked["held"] {
  return rangesWithin(ranges, { from: 1, to: after })
    .filter((range) => range.kind === "held")
    .toReversed()
    .slice(0, LIMITS.heldRanges)
    .map(({ from, to }) => ({ from, to }));
}

/** S6a: the order of pulls: shown chats first, then by latest activity. */
export function pullOrder(rows: readonly ChatRow[], open: ReadonlySet<ChatId>): ChatRow[] {
  const rank = (row: ChatRow): number => (open.has(row.chatId) ? 0 : 1);
  return [...rows].sort((a, b) => rank(a) - rank(b) || b.activityAt - a.activityAt);
}

/**
 * Fetches what is behind, batch by batch, until nothing is (S6a). One at a time; asked again while it
 * runs, it goes round once more.
 */
export function createPuller(deps: PullerDeps) {
  const { writer, cache, link, suspects } = deps;
  let running: Promise<Failure | null> | undefined;
  let again = false;

  /** What each pull names, all read in one transaction. */
  function askedOf(rows: readonly ChatRow[]): Promise<Map<ChatId, Asked>> {
    return cache.read(async (reads) => {
      const ranges = await Promise.all(rows.map((row) => reads.ranges(row.chatId)));
      return new Map(
        rows.map((row, i) => {
          const after = pullAfter(row);
          return [row.chatId, { after, held: heldBelow(ranges[i] ?? [], after) }];
        }),
      );
    });
  }

  async function pullBatch(rows: readonly ChatRow[]): Promise<Failure | null> {
    const asked = await askedOf(rows);
    const chats = [...asked].map(([chatId, { after, held }]) => ({
      chatId,
      after,
      held: [...held],
    }));
    const answer = await link.request("sync:pull", { chats });
    if (!deps.current()) return null;
    if (!answer.ok) {
      if (answer.error.code === "epoch_changed") deps.onEpochChanged();
      return answer.error;
    }
    const { parts, more } = answer.value;
    if (parts.some((part) => part.headSeq < (asked.get(part.chatId)?.after ?? 0))) {
      deps.onEpochChanged();
      return { code: "epoch_changed", message: "The server is behind this device." };
    }
    const empty = parts.filter((part) => part.events.length === 0 && part.withheld.length === 0);
    const inputs = parts.flatMap((part) => {
      const found = asked.get(part.chatId);
      return found === undefined ? [] : [{ kind: "part" as const, part, asked: found }];
    });
    if (!(await writer.commit(inputs))) return NOT_WRITTEN;
    const isBehind = rows.some((row) => row.headSeq > row.cursor);
    const fruitless = more ? parts.length === 0 : isBehind && empty.length === rows.length;
    return fruitless ? { code: "internal", message: "A pull brought nothing." } : null;
  }

  /** S7: fetches one event anew. */
  async function fetchAgain(chatId: ChatId, seq: number): Promise<Failure | null> {
    const answer = await link.request("chat:history", { chatId, before: seq + 1, limit: 1 });
    if (!deps.current()) return null;
    if (!answer.ok) return answer.error;
    const before = suspects.dueMs(chatId, seq);
    const isWritten = await writer.commit([{ kind: "part", part: answer.value }]);
    if (!isWritten) return NOT_WRITTEN;
    // An answer without that event leaves the place as suspicious as one with a damaged event.
    if (suspects.dueMs(chatId, seq) === before && before > 0) {
      suspects.note(chatId, seq, deps.nowMs());
    }
    return null;
  }

  type Work =
    | { kind: "reconcile"; row: ChatRow }
    | { kind: "pull"; rows: ChatRow[] }
    | { kind: "place"; chatId: ChatId; seq: number }
    | { kind: "none"; nextMs: number };

  /** What is to be fetched next. What did not fit the chain waits for its time, and for nobody else. */
  async function nextWork(): Promise<Work> {
    const nowMs = deps.nowMs();
    suspects.clampWaits(nowMs);
    const { behind, reasked, suspected } = await cache.read(async (reads) => ({
      behind: await reads.chatsBehind(),
      reasked: await reads.chats(suspects.takeReasked()),
      suspected: await reads.chats([...new Set(suspects.waiting().map(({ chatId }) => chatId))]),
    }));
    const ordered = pullOrder(behind, deps.openChats());
    const stale = ordered.find((row) => row.reconcile);
    if (stale !== undefined) return { kind: "reconcile", row: stale };
    const dueMs = (row: ChatRow): number => suspects.dueMs(row.chatId, row.cursor + 1);
    const known = new Set(ordered.map((row) => row.chatId));
    const more = reasked.filter((row) => row !== undefined && !known.has(row.chatId));
    const rows = [...ordered, ...more.filter((row) => row !== undefined)];
    const due = rows.filter((row) => dueMs(row) <= nowMs);
    if (due.length > 0) return { kind: "pull", rows: due.slice(0, PULL_CHATS) };
    const cursors = new Map(suspected.map((row) => [row?.chatId, row?.cursor ?? 0]));
    const places = suspects
      .waiting()
      .filter(({ chatId, seq }) => seq <= (cursors.get(chatId) ?? 0));
    const place = places.find((one) => one.dueMs <= nowMs);
    if (place !== undefined) return { kind: "place", ...place };
    return { kind: "none", nextMs: Math.min(...rows.map(dueMs), ...places.map((p) => p.dueMs)) };
  }

  async function run(): Promise<Failure | null> {
    try {
      for (;;) {
        again = false;
        const work = await nextWork();
        if (!deps.current()) return null;
        if (work.kind === "none") {
          if (again) continue;
          if (Number.isFinite(work.nextMs)) deps.wakeAt(work.nextMs);
          return null;
        }
        let failed: Failure | null;
        if (work.kind === "reconcile") failed = await reconcileChat(deps, work.row);
        else if (work.kind === "pull") failed = await pullBatch(work.rows);
        else failed = await fetchAgain(work.chatId, work.seq);
        if (failed !== null || !deps.current()) return failed;
      }
    } finally {
      // In the same turn as the last look at `again`: whoever asks from now on begins anew.
      running = undefined;
    }
  }

  return {
    /** Pulls until nothing is behind; null when that is so, else why it stopped. */
    pull(): Promise<Failure | null> {
      again = true;
      running ??= run();
      return running;
    },
    /** S7: asks once more for the newest events that did not fit, since a server can be mended. */
    async recheck(rows: readonly ChatRow[]): Promise<void> {
      const marks = rows.flatMap((row) =>
        row.faults
          .filter((mark) => mark.seq <= row.cursor)
          .map(({ seq }) => ({ chatId: row.chatId, seq })),
      );
      for (const { chatId, seq } of marks.slice(-RECHECKED)) {
        if (!deps.current() || (await fetchAgain(chatId, seq)) !== null) return;
      }
    },
  };
}

export type Puller = ReturnType<typeof createPuller>;
