import {
  CHAIN_START,
  type ChainFault,
  contentHashOf,
  type Sha256,
  verifyEvent,
} from "@parley/protocol/chain.ts";
import { type Event, isMessage } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import type { MyMembership } from "@parley/protocol/chat.ts";

/** S7: what a transaction knows of the chain before it begins. */
export type Checks = {
  /** What is wrong with an event by itself, whatever stands before it. */
  faultOf(event: Event): ChainFault | undefined;
  /** Whether a payload has this hash. */
  fits(payload: string, contentHash: string): boolean;
  /** Whether the place was fetched again often enough: then what came is taken and marked. */
  tolerates(chatId: ChatId, seq: number): boolean;
  /** This device's clock, for marks. */
  nowMs: number;
};

/**
 * Hashes events, each once, however often it is asked about. Hashing is synchronous, so that it may
 * happen within a transaction; callers hash a batch before they begin one (`warm`).
 */
export function createHasher(sha256: Sha256) {
  const known = new WeakMap<Event, ChainFault | "none">();
  function faultOf(event: Event): ChainFault | undefined {
    let found = known.get(event);
    if (found === undefined) {
      found = verifyEvent(sha256, event, undefined) ?? "none";
      known.set(event, found);
    }
    return found === "none" ? undefined : found;
  }
  return {
    faultOf,
    fits: (payload: string, contentHash: string) => contentHashOf(sha256, payload) === contentHash,
    warm(events: readonly Event[]): void {
      for (const event of events) faultOf(event);
    },
  };
}

export type Hasher = ReturnType<typeof createHasher>;

/**
 * Whether a message came without its payload although nothing took it away: then it is as damaged as
 * one whose payload does not fit. Whoever left, or was not there yet, may see less (X3, V30).
 */
export function lacksPayload(event: Event, my: MyMembership): boolean {
  const taken = event.fold?.erased !== undefined || event.fold?.edit !== undefined;
  const mayLack = taken || my.leftSeq !== null || event.seq <= my.joinedSeq;
  return event.payload === null && isMessage(event) && !mayLack;
}

/** S7: whether `event` fits between the hashes around it; undefined: that neighbour is not held. */
export function linkFault(
  event: Event,
  before: string | undefined,
  after: { prevHash: string } | undefined,
): ChainFault | undefined {
  const expected = event.seq === 1 ? CHAIN_START : before;
  if (expected !== undefined && event.prevHash !== expected) return "previous";
  return after !== undefined && after.prevHash !== event.hash ? "previous" : undefined;
}

/** How often a place is fetched again before what comes is taken and marked. */
export const REFETCHES = 3;
/** A page of history that does not mend a place is asked for this often, then at the next catch-up. */
const LAST_TRY = 6;
const FIRST_WAIT_MS = 500;
const WAIT_FACTOR = 4;
const LONGEST_WAIT_MS = 300_000;

type Suspect = { tries: number; dueMs: number; waitMs: number };

/**
 * S7: places whose event did not fit, in memory: how often each was fetched, and when it may be again.
 * Forgetting them costs some fetches more.
 */
export class Suspects {
  readonly #chats = new Map<ChatId, Map<number, Suspect>>();
  readonly #reasked = new Set<ChatId>();

  /** The event at `seq` did not fit once more. */
  note(chatId: ChatId, seq: number, nowMs: number): void {
    const chat = this.#chats.get(chatId) ?? new Map<number, Suspect>();
    this.#chats.set(chatId, chat);
    const tries = (chat.get(seq)?.tries ?? 0) + 1;
    const grownMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * WAIT_FACTOR ** (tries - 2));
    const waitMs = tries === 1 ? 0 : grownMs;
    chat.set(seq, { tries, waitMs, dueMs: nowMs + waitMs });
  }

  /** Clocks are put back: no place waits longer than it was to wait (V58). Say the time before you ask. */
  clampWaits(nowMs: number): void {
    for (const places of this.#chats.values()) {
      for (const place of places.values()) {
        place.dueMs = Math.min(place.dueMs, nowMs + place.waitMs);
      }
    }
  }

  /** A live event did not fit: the chat is to be pulled once. */
  reask(chatId: ChatId): void {
    this.#reasked.add(chatId);
  }

  takeReasked(): ChatId[] {
    const taken = [...this.#reasked];
    this.#reasked.clear();
    return taken;
  }

  /** These events are in their places. */
  clear(events: readonly Pick<Event, "chatId" | "seq">[]): void {
    if (this.#chats.size === 0) return;
    for (const { chatId, seq } of events) {
      const chat = this.#chats.get(chatId);
      chat?.delete(seq);
      if (chat?.size === 0) this.#chats.delete(chatId);
    }
  }

  /** S6c: places of an older epoch mean nothing. */
  forget(): void {
    this.#chats.clear();
    this.#reasked.clear();
  }

  tolerates(chatId: ChatId, seq: number): boolean {
    return (this.#chats.get(chatId)?.get(seq)?.tries ?? 0) >= REFETCHES;
  }

  /** When the place may be fetched again; 0 for one that nobody suspects. */
  dueMs(chatId: ChatId, seq: number): number {
    return this.#chats.get(chatId)?.get(seq)?.dueMs ?? 0;
  }

  /** Places that are still to be fetched again, and when. */
  waiting(): { chatId: ChatId; seq: number; dueMs: number }[] {
    return [...this.#chats].flatMap(([chatId, places]) =>
      [...places]
        .filter(([, { tries }]) => tries < LAST_TRY)
        .map(([seq, { dueMs }]) => ({ chatId, seq, dueMs })),
    );
  }
}
