import type { Change } from "@parley/protocol/chat.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";
import type { Input } from "./apply.ts";
import type { WriteFault } from "./cache-store.ts";
import { createHasher } from "./chain-checks.ts";
import { catchUp, type HealedSpan, sinceAfter, spansLeft } from "./catch-up.ts";
import { type HostLink, linkHost } from "./host-link.ts";
import { watchAssignments } from "./assignments.ts";
import { createOffice, type EngineDeps, type Office } from "./office.ts";
import { faultOf, NOT_WRITTEN } from "./store-failure.ts";

/**
 * S20, S6: the sync engine of one account in one window. It does nothing until the host makes this
 * window the writer:
 *
 *   idle --writer:assigned--> claim the store --writer:ready--> waiting --sync:catch-up--> hello pages
 *     ^                                                            ^                          |
 *     |                                                            +--- request failed -------+
 *     +--- assigned elsewhere, or fenced ----------- live <--writer:caught-up-- pulls <-------+
 *
 * Fenced while the host still means this window, or without a store that can be used, it claims the
 * store again after a while.
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
  /** S11: the user does not want to wait for the next try; for a window that writes. */
  hurry(): void;
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
/** Without a connection the host says when there is one; this is for a word that went missing. */
const RETRY_OFFLINE_MS = 30_000;
const RETRY_PULL_MS = 2_000;
const RECLAIM_MS = 2_000;

export function createSyncEngine(deps: EngineDeps): SyncEngine {
  const { accountKey, bridge, cache, journal, clock, log } = deps;
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
    try {
      await cache.reopen();
    } catch (why) {
      return onUnusable(why);
    }
    if (isAssigned && office === undefined) await takeOffice();
  }

  function onFault(now: Office, fault: WriteFault, cause: unknown): void {
    if (now.left) return;
    if (fault === "full") {
      deps.trouble({ code: "internal", message: "This device's storage is full." });
      return;
    }
    // S20: mostly the host has assigned another window, and says so. If not, nobody would write.
    if (fault === "fenced") reclaimLater();
    else inBackground(onLost(now, cause));
  }

  function onUnusable(cause: unknown): void {
    log.warn("The store cannot be used.", { cause: String(cause) });
    deps.trouble({ code: "internal", message: "This device's storage cannot be used." });
    reclaimLater();
  }

  function reclaimLater(): void {
    resign();
    cancelRetry?.();
    cancelRetry = clock.setTimer(() => {
      if (isAssigned && office === undefined) inBackground(takeOffice());
    }, RECLAIM_MS);
  }

  function build(writerEpoch: string): Office {
    const made: Office = createOffice(deps, {
      writerEpoch,
      link,
      hasher,
      openChats: () => open,
      onBehind: () => {
        if (made.online) inBackground(pullAll(made));
      },
      pullAfter: (afterMs) => pullLater(made, afterMs),
      onEpochChanged: () => inBackground(runCatchUp(true)),
      onFault: (fault, cause) => onFault(made, fault, cause),
      onUnfinished: (cause) => {
        if (!made.left) retryLater(faultOf(cause));
      },
    });
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
    const error = await mine.puller.pull().catch(faultOf);
    if (error === null || mine.left) return;
    log.warn("A pull stopped.", { ...error });
    pullLater(mine, Math.max(error.retryAfterMs ?? 0, RETRY_PULL_MS));
  }

  async function takeOffice(): Promise<void> {
    resign();
    cancelRetry?.();
    const writerEpoch = deps.newEpoch();
    const mine = build(writerEpoch);
    office = mine;
    try {
      await settleIn(mine, writerEpoch);
    } catch (cause) {
      if (office === mine) onUnusable(cause);
    }
  }

  /** Claims the store, and says so to the host once what a crash left behind is in order. */
  async function settleIn(mine: Office, writerEpoch: string): Promise<void> {
    let claimed = await cache.claim(writerEpoch);
    if (!claimed.ok) {
      await cache.reopen();
      claimed = await cache.claim(writerEpoch);
    }
    if (office !== mine) return;
    if (!claimed.ok) return onUnusable(claimed.cause);
    await mine.writer.sweepJournal();
    await mine.values.takeAll();
    if (office !== mine) return;
    const answer = await link.ready(writerEpoch);
    if (answer.ok || office !== mine) return;
    if (answer.error.code === "not_allowed") {
      isAssigned = false;
      resign();
    } else reclaimLater();
  }

  function retryLater(error: Failure): void {
    log.warn("Catch-up failed.", { ...error });
    cancelRetry?.();
    const leastMs = error.code === "offline" ? RETRY_OFFLINE_MS : RETRY_CATCH_UP_MS;
    const waitMs = Math.max(error.retryAfterMs ?? 0, leastMs);
    cancelRetry = clock.setTimer(() => inBackground(runCatchUp(false)), waitMs);
  }

  async function runCatchUp(anew: boolean): Promise<void> {
    const mine = office;
    if (mine === undefined) return;
    const round = ++mine.round;
    const current = (): boolean => !mine.left && mine.round === round;
    try {
      await catchUpOnce(mine, current, anew);
    } catch (cause) {
      if (current()) retryLater(faultOf(cause));
    }
  }

  async function catchUpOnce(mine: Office, current: () => boolean, anew: boolean): Promise<void> {
    mine.healed = [];
    mine.isMissing = false;
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
    if (result.kind === "failed") return retryLater(result.error);
    mine.online = true;
    void mine.flusher.resume();
    void mine.values.resume();
    await pullAll(mine);
    if (!current()) return;
    // Here and there a crash or a full disk came between a commit and what follows from it.
    await writer.sweepJournal();
    await mine.values.takeAll();
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
    let isWritten = false;
    try {
      isWritten = await applyHeal(mine, changes, heal);
    } finally {
      // What the server has told in a heal it does not tell again in the next one.
      if (!isWritten && !mine.left) {
        mine.isMissing = true;
        mine.healed.length = 0;
        retryLater(NOT_WRITTEN);
      }
    }
    if (isWritten && mine.online) await pullAll(mine);
  }

  /** False if it could not be written. */
  async function applyHeal(
    mine: Office,
    changes: readonly Change[],
    span: HealedSpan,
  ): Promise<boolean> {
    const { dataEpoch } = await cache.read((reads) => reads.meta());
    if (dataEpoch !== null && dataEpoch !== span.dataEpoch) {
      await runCatchUp(true);
      return true;
    }
    return mine.writer.commit(changes, (now) => {
      if (!mine.isMissing) mine.healed.push(span);
      const moved = sinceAfter(now, mine.healed);
      mine.healed.splice(0, mine.healed.length, ...spansLeft({ ...now, ...moved }, mine.healed));
      return moved;
    });
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
    hurry() {
      void office?.flusher.hurry();
      void office?.values.hurry();
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
