import type { Failure } from "@parley/protocol/errors.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { HostLink } from "./host-link.ts";
import type { EntryDecision, JournalStore } from "./journal-store.ts";
import type { OutboxEntry } from "./model.ts";
import { planFlush, settleFlush, settleRefusal, type Settled } from "./outbox.ts";
import type { SyncClock } from "./ports.ts";
import type { StepPort } from "./steps.ts";
import { faultOf } from "./store-failure.ts";

export type FlusherDeps = {
  journal: JournalStore;
  link: HostLink;
  clock: SyncClock;
  /** False while the connection is down or this window is not the writer. */
  online(): boolean;
  /** S7: whether an acknowledged event fits its own hashes. */
  isSound(event: Event): boolean;
  /** Acks enter the same stream as everything else (S11). */
  onAcked(events: readonly Event[]): Promise<void>;
  onFault: (cause: unknown) => void;
  steps?: StepPort | undefined;
};

/** Flushes of different chats that are under way at once. */
const PARALLEL = 4;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** The journal could not be read. */
const RETRY_READ_MS = 2_000;

/**
 * Clocks are put back: what is held back longer than `waitMs` is held back by such a one alone. Until
 * `askedMs` the server itself has asked for a pause.
 */
type Lane = {
  tries: number;
  notBeforeMs: number;
  askedMs: number;
  waitMs: number;
  oneByOne: boolean;
};

const FREE_LANE: Lane = { tries: 0, notBeforeMs: 0, askedMs: 0, waitMs: 0, oneByOne: false };

/** How long a chat's next flush waits after an error that may pass. */
export function waitAfter(error: Failure, tries: number, random: number): number {
  const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
  return Math.max(error.retryAfterMs ?? 0, grown * (0.5 + random / 2));
}

/**
 * V37: the size of the next flush. One that was not answered in time was too much for the line: the next
 * is a quarter of it, down to single items; each that gets through doubles it again.
 */
export function bytesAfter(mostBytes: number, error: Failure | undefined): number {
  if (error === undefined) return Math.min(LIMITS.flushBytes, mostBytes * 2);
  return error.code === "timeout" || error.code === "offline"
    ? Math.max(1, Math.floor(mostBytes / 4))
    : mostBytes;
}

/**
 * S11: empties the outbox. One flush per chat is in flight; a chat that waits or fails never holds
 * up another. What to send and what follows is decided in outbox.ts.
 */
export function createFlusher(deps: FlusherDeps) {
  const { journal, link, clock } = deps;
  const inFlight = new Map<ChatId, Promise<void>>();
  const lanes = new Map<ChatId, Lane>();
  let cancelTimer: (() => void) | undefined;
  let stopped = false;
  /** V37: what the line carries in time, as far as that is known. */
  let mostBytes: number = LIMITS.flushBytes;

  function laneOf(chatId: ChatId): Lane {
    return lanes.get(chatId) ?? FREE_LANE;
  }

  /** How long the chat still waits. */
  function leftMs(chatId: ChatId): number {
    const { notBeforeMs, waitMs } = laneOf(chatId);
    const left = notBeforeMs - clock.nowMs();
    return left > waitMs + 1 ? 0 : left;
  }

  /** Holds the chat back after an error that may pass; returns until when. */
  function holdBack(chatId: ChatId, error: Failure): number {
    const lane = laneOf(chatId);
    const waitMs = Math.ceil(waitAfter(error, lane.tries, clock.random()));
    const nowMs = Math.ceil(clock.nowMs());
    const notBeforeMs = nowMs + waitMs;
    const askedMs = nowMs + (error.retryAfterMs ?? 0);
    lanes.set(chatId, { ...lane, tries: lane.tries + 1, notBeforeMs, askedMs, waitMs });
    return notBeforeMs;
  }

  /** What an answered flush means for the next one; until when it waits, if it does. */
  function after(
    chatId: ChatId,
    settled: Settled,
    flushed: readonly OutboxEntry[],
  ): number | undefined {
    if (settled.retry !== undefined) return holdBack(chatId, settled.retry);
    const lane = laneOf(chatId);
    const oneByOne = settled.oneByOne || (lane.oneByOne && !hasCulprit(settled, flushed));
    lanes.set(chatId, { ...FREE_LANE, oneByOne });
    return undefined;
  }

  async function settle(chatId: ChatId, flushed: readonly OutboxEntry[]): Promise<void> {
    const ids = flushed.map((entry) => entry.clientId);
    const items = flushed.map((entry) => entry.send);
    await deps.steps?.("flush:emitting");
    const asked = link.request("chat:send", { chatId, items });
    await deps.steps?.("flush:emitted");
    const answer = await asked;
    await deps.steps?.("flush:acked");
    let settled: Settled | undefined;
    await journal.decide(chatId, (entries) => {
      settled = answer.ok
        ? settleFlush(entries, ids, answer.value.outcomes, (event) => deps.isSound(event))
        : settleRefusal(entries, ids, answer.error);
      return withReason(settled, entries, ids, after(chatId, settled, flushed));
    });
    if (settled === undefined) return;
    mostBytes = bytesAfter(mostBytes, answer.ok ? undefined : answer.error);
    await deps.steps?.("flush:marked");
    if (settled.acked.length > 0) await deps.onAcked(settled.acked);
  }

  function start(chatId: ChatId, entries: readonly OutboxEntry[]): void {
    const items = planFlush(entries, laneOf(chatId).oneByOne, mostBytes);
    if (items.length === 0) return;
    const lane = laneOf(chatId);
    const done = settle(chatId, items)
      .catch((cause: unknown) => {
        if (stopped) return;
        deps.onFault(cause);
        // It is sent again (S3), for the journal does not know the answer; not again and again at once.
        lanes.set(chatId, lane);
        holdBack(chatId, faultOf(cause));
      })
      .finally(() => {
        inFlight.delete(chatId);
      })
      .then(() => flush());
    inFlight.set(chatId, done);
  }

  function wakeAfter(waitMs: number): void {
    cancelTimer?.();
    cancelTimer = clock.setTimer(() => void flush(), waitMs);
  }

  async function flush(): Promise<void> {
    try {
      await startRound();
    } catch (cause) {
      // After the end the databases are closed under whatever was under way.
      if (stopped) return;
      deps.onFault(cause);
      wakeAfter(RETRY_READ_MS);
    }
  }

  async function startRound(): Promise<void> {
    if (stopped || !deps.online()) return;
    const waiting = (await journal.entries()).filter((entry) => entry.state === "journaled");
    if (stopped || !deps.online()) return;
    const byChat = Map.groupBy(waiting, (entry) => entry.chatId);
    let nextMs = Infinity;
    for (const chatId of lanes.keys()) {
      if (!byChat.has(chatId) && !inFlight.has(chatId)) lanes.delete(chatId);
    }
    for (const [chatId, entries] of byChat) {
      if (inFlight.has(chatId) || inFlight.size >= PARALLEL) continue;
      const waitMs = leftMs(chatId);
      if (waitMs > 0) nextMs = Math.min(nextMs, waitMs);
      else start(chatId, entries);
    }
    if (Number.isFinite(nextMs)) wakeAfter(nextMs);
  }

  return {
    /** Sends what is waiting and not held back. Resolves when the flushes of this round have started. */
    flush,
    /** The connection is back: nothing is held back any more. */
    resume(): Promise<void> {
      lanes.clear();
      return flush();
    },
    /** The user wants it now: nothing waits longer than the server has asked for. */
    hurry(): Promise<void> {
      for (const [chatId, lane] of lanes) {
        const notBeforeMs = Math.min(lane.notBeforeMs, lane.askedMs);
        const waitMs = Math.max(0, notBeforeMs - clock.nowMs());
        lanes.set(chatId, { ...lane, notBeforeMs, waitMs });
      }
      return flush();
    },
    stop(): void {
      stopped = true;
      cancelTimer?.();
    },
  };
}

/** After a refused flush single items are sent until one was told apart as the reason. */
function hasCulprit(settled: Settled, flushed: readonly OutboxEntry[]): boolean {
  return flushed.some((entry) => {
    const decided = settled.decisions.get(entry.clientId);
    return decided !== undefined && decided !== "drop" && decided.state === "failed";
  });
}

/** No spinner without a reason: the first entry that has to wait says why, and until when. */
function withReason(
  settled: Settled,
  entries: readonly OutboxEntry[],
  flushed: readonly string[],
  retryAtMs: number | undefined,
): Map<OutboxEntry["clientId"], EntryDecision> {
  const decisions = new Map(settled.decisions);
  const { retry } = settled;
  if (retry === undefined) return decisions;
  const waiting = entries.find(
    (entry) =>
      entry.state === "journaled" &&
      flushed.includes(entry.clientId) &&
      !decisions.has(entry.clientId),
  );
  if (waiting !== undefined) {
    const until = retryAtMs === undefined ? {} : { retryAtMs };
    decisions.set(waiting.clientId, { ...waiting, error: retry, ...until });
  }
  return decisions;
}

export type Flusher = ReturnType<typeof createFlusher>;
