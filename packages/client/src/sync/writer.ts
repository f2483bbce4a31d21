import { type Event, isMessage } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { type Applied, decideInputs, type Input } from "./apply.ts";
import type { Checks, Hasher, Suspects } from "./chain-checks.ts";
import type { CachePatch, CacheReads, CacheStore, WriteFault } from "./cache-store.ts";
import { keepEarly, takeEarly } from "./early.ts";
import type { HostLink } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import type { CacheMeta, ChatRow, ValueRow } from "./model.ts";
import { failErased, releaseEntries } from "./outbox.ts";
import { createSerial } from "./serial.ts";
import type { StepPort } from "./steps.ts";

/**
 * S20: the one writer of an account's cache. All inputs pass through `commit`, one transaction after
 * the other; what follows from a commit (receipts, the journal, pulls) happens after it.
 */
export type Writer = {
  /** Applies inputs in one transaction. `meta` moves with them (S6: since with the last page). */
  commit(inputs: readonly Input[], meta?: MetaMove): Promise<boolean>;
  /** Any other decision, in the same order as commits. Undefined when it was not written. */
  write<T>(
    body: (reads: CacheReads) => Promise<{ patch: CachePatch; result: T }>,
  ): Promise<T | undefined>;
  /** S8: tells the server again what is in the cache but not confirmed as delivered: marks get lost. */
  repeatDelivered(rows: readonly ChatRow[]): void;
  /** S11: lets go of journal entries that the cache covers. */
  sweepJournal(): Promise<void>;
  /** Forgets what came too early or did not fit: its numbers are of an older epoch. */
  forgetEarly(): void;
};

/** How a commit moves the cache's place in the server's changes; undefined leaves it. */
export type MetaMove = (now: CacheMeta) => Partial<CacheMeta> | undefined;

export type WriterDeps = {
  me: AccountId;
  writerEpoch: string;
  cache: CacheStore;
  journal: JournalStore;
  link: HostLink;
  hasher: Hasher;
  /** S7: places to be fetched again. */
  suspects: Suspects;
  nowMs(): number;
  /** Chats of a commit whose head is past their cursor. */
  onBehind(rows: readonly ChatRow[]): void;
  /** S7: something did not fit the chain and is to be fetched again. */
  onSuspicion(): void;
  /** S1: account values that a commit moved. */
  onValues(rows: readonly ValueRow[]): Promise<void>;
  onFault(fault: WriteFault, cause: unknown): void;
  /** What follows from a commit could not be done: a catch-up does it. */
  onUnfinished(cause: unknown): void;
  /** After each commit that was written. */
  onWritten(): void;
  steps?: StepPort | undefined;
};

function eventOf(input: Input): Event[] {
  return input.kind === "event" ? [input.event] : [];
}

function eventsOf(input: Input): readonly Event[] {
  return input.kind === "part" ? input.part.events : eventOf(input);
}

export function createWriter(deps: WriterDeps): Writer {
  const { me, cache, journal, link } = deps;
  const inOrder = createSerial();
  const early = new Map<ChatId, Event[]>();
  const marked = new Map<ChatId, number>();
  /** Chats in which a journal entry may have become needless. */
  const unreleased = new Set<ChatId>();

  async function write<T>(
    body: (reads: CacheReads) => Promise<{ patch: CachePatch; result: T }>,
  ): Promise<T | undefined> {
    const written = await cache.write(deps.writerEpoch, body);
    if (written.ok) {
      deps.onWritten();
      return written.value;
    }
    deps.onFault(written.fault, written.cause);
    return undefined;
  }

  function confirmDelivered(rows: readonly ChatRow[]): void {
    const marks = rows
      .filter((row) => row.my.leftSeq === null && !row.reconcile)
      .filter((row) => row.cursor > Math.max(row.my.deliveredSeq, marked.get(row.chatId) ?? 0))
      .map((row) => ({ chatId: row.chatId, deliveredSeq: row.cursor }));
    if (marks.length === 0) return;
    for (const mark of marks) marked.set(mark.chatId, mark.deliveredSeq);
    // Lost marks are repeated after the next catch-up, so the answer decides nothing.
    void link.mark(marks);
  }

  /** S11: lets go of the entries of some chats, or of all, that the cache has made needless. */
  async function release(chatIds?: ReadonlySet<ChatId>): Promise<void> {
    const all = await journal.entries();
    const entries = all.filter((entry) => chatIds?.has(entry.chatId) ?? true);
    for (const chatId of chatIds ?? unreleased) unreleased.delete(chatId);
    if (entries.length === 0) return;
    const acked = entries.filter((entry) => entry.seq !== null);
    const { rows, held, targets } = await cache.read(async (reads) => ({
      rows: await reads.chats([...new Set(entries.map((entry) => entry.chatId))]),
      held: await reads.heldClientIds(entries.map((entry) => entry.clientId)),
      targets: await reads.named(acked.flatMap(({ send }) => send.rel?.target ?? [])),
    }));
    const cursors = new Map(rows.map((row) => [row?.chatId, row?.cursor]));
    const folds = new Map(targets.map((row) => [row.clientId, row.foldSeq]));
    // S6c: what a chat holds of an older epoch says nothing of an entry: it may be what is offered.
    const stale = new Set(rows.flatMap((row) => (row?.reconcile ? [row.chatId] : [])));
    const sound = entries.filter((entry) => !stale.has(entry.chatId));
    const covered = releaseEntries(sound, held, ({ chatId, send }) => ({
      cursor: cursors.get(chatId) ?? 0,
      targetFoldSeq: isMessage(send) || !send.rel ? 0 : (folds.get(send.rel.target) ?? 0),
    }));
    if (covered.size > 0) await journal.decide(null, () => covered);
    // What was acknowledged ahead of the cursor is looked at again when the cursor moves.
    for (const entry of entries) {
      if (entry.state === "sent" && !covered.has(entry.clientId)) unreleased.add(entry.chatId);
    }
  }

  /** Looks before it writes: a write of the journal is a strict one, and most commits confirm nothing. */
  async function confirmRead(applied: Applied): Promise<void> {
    const readSeqs = new Map(applied.confirmed.map((mark) => [mark.chatId, mark.readSeq]));
    const waiting = await journal.readMarks();
    const done = waiting.filter((mark) => mark.readSeq <= (readSeqs.get(mark.chatId) ?? -1));
    if (done.length > 0) await journal.confirmReadMarks(done);
  }

  /** S13: what would still change an erased message cannot any more, and says so. */
  async function endErased(erased: readonly ClientId[]): Promise<void> {
    if (erased.length === 0) return;
    const gone = new Set(erased);
    const entries = await journal.entries();
    if (failErased(entries, gone).size === 0) return;
    await journal.decide(null, (now) => failErased(now, gone));
  }

  function suspect(applied: Applied): void {
    const { suspects } = deps;
    suspects.clear(applied.held);
    for (const { chatId, damaged, reask } of applied.suspicions) {
      for (const seq of damaged) suspects.note(chatId, seq, deps.nowMs());
      if (reask) suspects.reask(chatId);
    }
    if (applied.suspicions.length > 0) deps.onSuspicion();
  }

  async function follow(applied: Applied): Promise<void> {
    suspect(applied);
    await endErased(applied.erased);
    const byOthers = new Set(
      applied.held.filter((event) => event.senderId !== me).map((event) => event.chatId),
    );
    confirmDelivered(applied.rows.filter((row) => byOthers.has(row.chatId)));
    if (byOthers.size > 0) await deps.steps?.("received:delivered");
    const touched = applied.rows.map((row) => row.chatId).filter((id) => unreleased.has(id));
    if (touched.length > 0) {
      await release(new Set(touched));
      await deps.steps?.("own:released");
    }
    await confirmRead(applied);
    if (applied.values.length > 0) await deps.onValues(applied.values);
    const behind = applied.rows.filter((row) => row.headSeq > row.cursor || row.reconcile);
    if (behind.length > 0) deps.onBehind(behind);
  }

  async function commitNow(inputs: readonly Input[], move?: MetaMove): Promise<boolean> {
    const all = [...inputs, ...takeEarly(early, inputs)];
    // Hashing takes time that a transaction should not.
    deps.hasher.warm(all.flatMap(eventsOf));
    const checks: Checks = {
      faultOf: deps.hasher.faultOf,
      fits: deps.hasher.fits,
      tolerates: (chatId, seq) => deps.suspects.tolerates(chatId, seq),
      nowMs: deps.nowMs(),
    };
    const whose = all.flatMap(eventOf).some((event) => event.senderId === me) ? "own" : "received";
    if (all.some((input) => input.kind === "event")) await deps.steps?.(`${whose}:committing`);
    const applied = await write(async (reads) => {
      const decided = await decideInputs(reads, me, all, checks);
      const meta = move?.(await reads.meta());
      return { ...decided, patch: { ...decided.patch, ...(meta && { meta }) } };
    });
    if (applied === undefined) return false;
    for (const event of [...applied.held, ...inputs.flatMap(eventOf)]) {
      if (event.senderId === me) unreleased.add(event.chatId);
    }
    keepEarly(early, applied.early, applied.rows);
    if (applied.held.length > 0) await deps.steps?.(`${whose}:committed`);
    try {
      await follow(applied);
    } catch (cause) {
      deps.onUnfinished(cause);
    }
    return true;
  }

  return {
    commit: (inputs, move) => inOrder(() => commitNow(inputs, move)),
    write: (body) => inOrder(() => write(body)),
    repeatDelivered: (rows) => {
      marked.clear();
      confirmDelivered(rows);
    },
    sweepJournal: () => inOrder(() => release()),
    forgetEarly: () => {
      early.clear();
      deps.suspects.forget();
      marked.clear();
    },
  };
}
