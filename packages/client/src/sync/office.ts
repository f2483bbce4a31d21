import type { Sha256 } from "@parley/protocol/chain.ts";
import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { Change } from "@parley/protocol/chat.ts";
import type { AccountId, AccountKey, ChatId } from "@parley/protocol/ids.ts";
import type { CacheStore, WriteFault } from "./cache-store.ts";
import type { HealedSpan } from "./catch-up.ts";
import { type Hasher, Suspects } from "./chain-checks.ts";
import { createFlusher, type Flusher } from "./flusher.ts";
import type { HostLink } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import type { SyncClock, SyncLog, TroublePort } from "./ports.ts";
import { createPuller, type Puller } from "./puller.ts";
import type { StepPort } from "./steps.ts";
import { createValueSender, type ValueSender } from "./value-sender.ts";
import { createWriter, type Writer } from "./writer.ts";

export type EngineDeps = {
  accountKey: AccountKey;
  me: AccountId;
  bridge: Bridge;
  cache: CacheStore;
  journal: JournalStore;
  clock: SyncClock;
  /** S7: for the chain; synchronous, since it runs beside a transaction. */
  sha256: Sha256;
  log: SyncLog;
  trouble: TroublePort;
  /** A fresh random UUID for each claim (S20). */
  newEpoch(): string;
  /** For tests, which end the process at a step. */
  steps?: StepPort | undefined;
};

/** What exists only while this window is the writer. */
export type Office = {
  writer: Writer;
  puller: Puller;
  flusher: Flusher;
  values: ValueSender;
  /** Counts catch-ups: an older one stops when a newer begins. */
  round: number;
  /** Set once a hello is applied: then requests make sense. */
  online: boolean;
  healed: HealedSpan[];
  /** A heal could not be written: no later one moves `since` until a hello has told it again. */
  isMissing: boolean;
  /** Live changes that wait until an epoch has begun; null: they are applied at once. */
  waiting: Change[] | null;
  cancelPull?: () => void;
  left: boolean;
};

/** What an office asks of the engine, which alone decides on catch-ups and on who writes. */
export type OfficeCalls = {
  /** S20: the id with which the store is claimed. */
  writerEpoch: string;
  link: HostLink;
  hasher: Hasher;
  openChats: () => ReadonlySet<ChatId>;
  /** Something is missing, or may be wrong: a pull is due. */
  onBehind: () => void;
  pullAfter: (afterMs: number) => void;
  onEpochChanged: () => void;
  onFault: (fault: WriteFault, cause: unknown) => void;
  /** What follows from a commit could not be done: a catch-up finishes it (V58). */
  onUnfinished: (cause: unknown) => void;
};

/** Makes the parts that a writer works with, and joins them; nothing runs yet. */
export function createOffice(deps: EngineDeps, calls: OfficeCalls): Office {
  const { me, cache, journal, clock, log } = deps;
  const { writerEpoch, link, hasher } = calls;
  const current = (): boolean => !made.left;
  const suspects = new Suspects();
  const writer = createWriter({
    me,
    writerEpoch,
    cache,
    journal,
    link,
    hasher,
    suspects,
    nowMs: () => clock.nowMs(),
    onSuspicion: calls.onBehind,
    onBehind: calls.onBehind,
    onValues: (rows) => made.values.take(rows),
    onFault: calls.onFault,
    onUnfinished: calls.onUnfinished,
    onWritten: () => deps.trouble(null),
    steps: deps.steps,
  });
  const puller = createPuller({
    me,
    writer,
    cache,
    journal,
    link,
    suspects,
    nowMs: () => clock.nowMs(),
    wakeAt: (atMs) => calls.pullAfter(Math.max(0, atMs - clock.nowMs())),
    current,
    openChats: calls.openChats,
    onEpochChanged: calls.onEpochChanged,
  });
  const flusher = createFlusher({
    journal,
    link,
    clock,
    online: () => current() && made.online,
    isSound: (event) => hasher.faultOf(event) === undefined,
    onAcked: async (events) => {
      await writer.commit(events.map((event) => ({ kind: "event", change: 0, event })));
    },
    onFault: (cause) => log.warn("A flush failed.", { cause: String(cause) }),
    steps: deps.steps,
  });
  const values = createValueSender({
    journal,
    cache,
    link,
    clock,
    online: () => current() && made.online,
    onAnswered: (inputs) => writer.commit(inputs),
    onRefused: (error) => deps.trouble(error),
    onFault: (cause) => log.warn("Values could not be sent.", { cause: String(cause) }),
  });
  const made: Office = {
    writer,
    puller,
    flusher,
    values,
    round: 0,
    online: false,
    healed: [],
    isMissing: false,
    waiting: null,
    left: false,
  };
  return made;
}
