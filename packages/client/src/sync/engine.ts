import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { Change } from "@parley/protocol/chat.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId, AccountKey, ChatId } from "@parley/protocol/ids.ts";
import type { Sha256 } from "@parley/protocol/chain.ts";
import type { Input } from "./apply.ts";
import type { CacheStore, WriteFault } from "./cache-store.ts";
import { createHasher, Suspects } from "./chain-checks.ts";
import { catchUp, type HealedSpan, sinceAfter } from "./catch-up.ts";
import { createFlusher, type Flusher } from "./flusher.ts";
import { type HostLink, linkHost } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import { watchAssignments } from "./assignments.ts";
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
type Office = {
  writer: Writer;
  puller: Puller;
  flusher: Flusher;
  values: ValueSender;
  /** Counts catch-ups: an older one stops when a newer begins. */
  round: number;
  /** Set once a hello is applied: then requests make sense. */
  online: boolean;
  healed: HealedSpan[];
  /** Live changes that wait until an epoch has begun; null: they are applied at once. */
  waiting: Change[] | null;
  cancelPull?: () => void;
  left: boolean;
};

/**
 * S20, S6: the sync engine of one account in one window. It does nothing until the host makes this
 * window the writer:
 *
 *   idle --writer:assigned--> claim the store --writer:ready--> waiting --sync:catch-up--> hello pages
 *     ^                                                            ^                          |
 *     |                                                            +--- request failed -------+
 *     +--- assigned elsewhere, or fenced ----------- live <--writer:caught-up-- pulls <-------+
 *
 * Fenced while the host still means this window, it claims the store again after a while.
 * Live changes are applied from the moment the store is claimed; what does not fit is pulled.
 */
export type SyncEngine = {
  start(): void;
  /** Ends everything. What is on its way to the server stays in the journal until its ack is known. */
  stop(): void;
  isWriter(): boolean;
  /** Applies what an answer brought (a created chat, a page of history). False if not the writer. */
  ingest(inputs: readonly Input[]): Promise<boolean>;
  /** S11: something was journaled. */
  nudge(): void;
  /** S1: a draft changed, in whatever window. */
  nudgeValues(): void;
  /** S1: drafts need not wait any longer; for a window that writes. */
  sendDraftsNow(): void;
  setOpenChats(chatIds: readonly ChatId[]): void;
  /** The cache may be gone: looks now, instead of at the next change, and rebuilds it if so. */
  checkCache(): void;
  readonly link: HostLink;
};

const RETRY_CATCH_UP_MS = 2_000;
const RETRY_PULL_MS = 2_000;
const RECLAIM_MS = 2_000;

export function createSyncEngine(deps: EngineDeps): SyncEngine {
  const { accountKey, me, bridge, cache, journal, clock, log } = deps;
  const link = linkHost(bridge, accountKey);
  const hasher = createHasher(deps.sha256);
  const stops: (() => void)[] = [];
  let open: ReadonlySet<ChatId> = new Set();
  let office: Office | undefined;
  let cancelRetry: (() => void) | undefined;
  /** What the host said last; it may mean another window since, and this one not have heard. */
  let isAssigned = false;

  /** Work that nobody waits for. After the end the databases are closed under it: that is no news. */
  function inBackground(work: Promise<unknown>): void {
    work.catch((cause: unknown) => {
      if (stops.length > 0) log.warn("Background work failed.", { cause: String(cause) });
    });
  }

  function resign(): void {
    if (office === undefined) return;
    office.left = true;
    office.flusher.stop();
    office.values.stop();
    office.cancelPull?.();
    cancelRetry?.();
    office = undefined;
  }

  async function onLost(held: Office, cause: unknown): Promise<void> {
    if (office !== held) return;
    resign();
    log.warn("The cache is lost and is made anew.", { cause: String(cause) });
    await cache.reopen();
    await takeOffice();
  }

  function onFault(now: Office, fault: WriteFault, cause: unknown): void {
    if (now.left) return;
    if (fault === "full") {
      deps.trouble({ code: "internal", message: "This device's storage is full." });
      return;
    }
    if (fault === "fenced") onFenced();
    else inBackground(onLost(now, cause));
  }

  /** S20: mostly the host has assigned another window, and says so. If not, nobody would write. */
  function onFenced(): void {
    resign();
    cancelRetry = clock.setTimer(() => {
      if (isAssigned && office === undefined) inBackground(takeOffice());
    }, RECLAIM_MS);
  }

  function build(writerEpoch: string): Office {
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
      onSuspicion: () => {
        if (made.online) inBackground(pullAll(made));
      },
      onBehind: () => {
        if (made.online) inBackground(pullAll(made));
      },
      onValues: (rows) => made.values.take(rows),
      onFault: (fault, cause) => onFault(made, fault, cause),
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
      wakeAt: (atMs) => pullLater(made, Math.max(0, atMs - clock.nowMs())),
      current,
      openChats: () => open,
      onEpochChanged: () => inBackground(runCatchUp(true)),
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
      waiting: null,
      left: false,
    };
    return made;
  }

  function pullLater(mine: Office, afterMs: number): void {
    mine.cancelPull?.();
    mine.cancelPull = clock.setTimer(() => {
      if (mine.online && !mine.left) inBackground(pullAll(mine));
    }, afterMs);
  }

  /** S6a: pulls until nothing is behind; what stops it is tried again, heal or not. */
  async function pullAll(mine: Office): Promise<void> {
    const error = await mine.puller.pull();
    if (error === null || mine.left) return;
    log.warn("A pull stopped.", { code: error.code });
    pullLater(mine, Math.max(error.retryAfterMs ?? 0, RETRY_PULL_MS));
  }

  async function takeOffice(): Promise<void> {
    resign();
    const writerEpoch = deps.newEpoch();
    const mine = build(writerEpoch);
    office = mine;
    let claimed = await cache.claim(writerEpoch);
    if (!claimed.ok) {
      await cache.reopen();
      claimed = await cache.claim(writerEpoch);
    }
    if (office !== mine) return;
    if (!claimed.ok) {
      log.warn("The cache cannot be claimed.", { cause: String(claimed.cause) });
      deps.trouble({ code: "internal", message: "This device's storage cannot be used." });
      resign();
      return;
    }
    await mine.writer.sweepJournal();
    await mine.values.takeAll();
    if (office !== mine) return;
    const answer = await link.ready(writerEpoch);
    if (answer.ok || answer.error.code !== "not_allowed" || office !== mine) return;
    isAssigned = false;
    resign();
  }

  function retryLater(error: Failure): void {
    cancelRetry?.();
    const waitMs = Math.max(error.retryAfterMs ?? 0, RETRY_CATCH_UP_MS);
    cancelRetry = clock.setTimer(() => inBackground(runCatchUp(false)), waitMs);
  }

  async function runCatchUp(anew: boolean): Promise<void> {
    const mine = office;
    if (mine === undefined) return;
    const round = ++mine.round;
    const current = (): boolean => !mine.left && mine.round === round;
    mine.healed = [];
    cancelRetry?.();
    const { writer } = mine;
    const releaseLive = async (): Promise<void> => {
      const waiting = mine.waiting ?? [];
      mine.waiting = null;
      if (waiting.length > 0) await writer.commit(waiting);
    };
    const holdLive = (): void => {
      mine.waiting ??= [];
    };
    const { healed } = mine;
    const result = await catchUp(
      { writer, cache, journal, link, current, healed, holdLive, releaseLive },
      anew,
    );
    if (current()) await releaseLive();
    if (result.kind === "superseded" || !current()) return;
    if (result.kind === "failed") {
      log.warn("Catch-up failed.", { code: result.error.code });
      retryLater(result.error);
      return;
    }
    mine.online = true;
    void mine.flusher.resume();
    void mine.values.resume();
    await pullAll(mine);
    if (!current()) return;
    await writer.sweepJournal();
    const rows = await cache.read((reads) => reads.allChats());
    writer.repeatDelivered(rows);
    const marks = await journal.readMarks();
    if (marks.length > 0) await link.mark(marks);
    if (current()) await link.caughtUp(result.watermark);
    await mine.puller.recheck(rows.filter((row) => row.faults.length > 0));
  }

  async function onChanges(body: NoticeBody<"sync:changes">): Promise<void> {
    const mine = office;
    if (mine === undefined) return;
    const { changes, heal } = body;
    if (heal === undefined) {
      if (mine.waiting === null) await mine.writer.commit(changes);
      else mine.waiting.push(...changes);
      return;
    }
    const { dataEpoch } = await cache.read((reads) => reads.meta());
    if (dataEpoch !== null && dataEpoch !== heal.dataEpoch) {
      await runCatchUp(true);
      return;
    }
    mine.healed.push(heal);
    await mine.writer.commit(changes, (now) => sinceAfter(now, mine.healed));
    if (mine.online) await pullAll(mine);
  }

  function ofThisAccount<Body extends { accountKey: AccountKey }>(
    run: (body: Body) => Promise<void> | void,
  ): (body: Body) => void {
    return (body) => {
      if (body.accountKey !== accountKey) return;
      inBackground(Promise.resolve(run(body)));
    };
  }

  const onAssigned = ofThisAccount<NoticeBody<"writer:assigned">>(async ({ assigned }) => {
    isAssigned = assigned;
    if (assigned) await takeOffice();
    else resign();
  });

  return {
    link,
    start() {
      stops.push(
        watchAssignments(bridge).follow(accountKey, onAssigned),
        bridge.on(
          "sync:catch-up",
          ofThisAccount(() => runCatchUp(false)),
        ),
        bridge.on("sync:changes", ofThisAccount(onChanges)),
        bridge.on(
          "connection:changed",
          ofThisAccount(({ status }) => {
            const mine = office;
            if (mine === undefined) return;
            // Only an applied hello makes it online again.
            if (status.state !== "live" && status.state !== "catching-up") mine.online = false;
          }),
        ),
        bridge.on(
          "outbox:nudged",
          ofThisAccount(() => {
            void office?.flusher.flush();
            void office?.values.flush();
          }),
        ),
      );
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
      isAssigned = false;
      cancelRetry?.();
      resign();
    },
    isWriter: () => office !== undefined,
    ingest: async (inputs) => (office === undefined ? false : office.writer.commit(inputs)),
    nudge() {
      void office?.flusher.flush();
      void office?.values.flush();
      void link.nudge();
    },
    nudgeValues() {
      if (office === undefined) void link.nudge();
      else void office.values.flush();
    },
    sendDraftsNow() {
      if (office === undefined) void link.nudge();
      else void office.values.sendDraftsNow();
    },
    checkCache() {
      const nothing = { patch: {}, result: undefined };
      if (office !== undefined) inBackground(office.writer.write(async () => nothing));
    },
    setOpenChats(chatIds) {
      open = new Set(chatIds);
    },
  };
}
