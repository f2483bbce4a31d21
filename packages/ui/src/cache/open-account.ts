import { sha256 } from "@noble/hashes/sha2.js";
import { liveQuery } from "dexie";
import { createSyncEngine } from "@parley/client/sync/engine.ts";
import type { SyncClock, SyncLog } from "@parley/client/sync/ports.ts";
import type { StepPort } from "@parley/client/sync/steps.ts";
import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountSession } from "./account-session.ts";
import { createChatCommands } from "./chat-commands.ts";
import { openDexieCacheStore } from "./dexie-cache-store.ts";
import { openDexieJournalStore } from "./dexie-journal-store.ts";
import { createDraftKeeper } from "./draft-keeper.ts";
import { createEditCommands } from "./edit-commands.ts";
import { createEditKeeper } from "./edit-keeper.ts";
import { noUnsavedTexts, storedUnsavedTexts } from "./unsaved-texts.ts";
import { openWithin } from "./held-storage.ts";
import { createHistory } from "./history.ts";
import { createLiveShelf } from "./live.ts";
import { createValue } from "./live-value.ts";
import { createMessageCommands } from "./message-commands.ts";
import { broadcastPeers, createPeers, type PeerChannel } from "./peers.ts";
import { createReads } from "./reads.ts";
import { rebuildCache } from "./rebuild.ts";
import { noUnsavedEdits, storedUnsavedEdits } from "./unsaved-edits.ts";
import { createValueCommands } from "./value-commands.ts";
import { createRelationCommands } from "./relation-commands.ts";

/** What tests replace; a window uses the defaults. */
export type OpenOptions = {
  clock?: SyncClock;
  log?: SyncLog;
  peers?: PeerChannel;
  windowId?: string;
  steps?: StepPort;
};

const systemClock: SyncClock = {
  nowMs: () => Date.now(),
  setTimer(run, afterMs) {
    const timer = setTimeout(run, afterMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

const consoleLog: SyncLog = {
  // oxlint-disable-next-line no-console -- where a window's developers look when nobody hands in a log
  warn: (message, details) => console.warn(message, details ?? ""),
};

/** Drafts are written when the window may be about to go. Returns the function that stops it. */
function flushOnLeave(flush: () => Promise<void>): () => void {
  if (typeof window === "undefined") return () => undefined;
  const leave = (): void => void flush();
  const hidden = (): void => {
    if (document.visibilityState === "hidden") leave();
  };
  window.addEventListener("blur", leave);
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    window.removeEventListener("blur", leave);
    window.removeEventListener("pagehide", leave);
    document.removeEventListener("visibilitychange", hidden);
  };
}

/**
 * Opens an account in this window: its databases, its sync engine, its read models. The engine takes
 * part at once and writes as soon as the host assigns it. Call `watchAssignments(bridge)`
 * (client/sync/assignments.ts) before the window's `host:hello`, so that an early assignment is not
 * missed. Throws only if this browser cannot store anything at all, and a StorageHeldError while another
 * window is in the way.
 */
export async function openAccount(
  bridge: Bridge,
  account: HostedAccount,
  options: OpenOptions = {},
): Promise<AccountSession> {
  const { clock = systemClock, log = consoleLog, windowId = crypto.randomUUID() } = options;
  const { accountKey } = account;
  const me = account.me.accountId;
  const trouble = createValue<Failure | null>(null);
  const shelf = createLiveShelf((cause) => log.warn("A query failed.", { cause: String(cause) }));
  const cache = await openDexieCacheStore(accountKey, {
    dropped: (cause) => log.warn("The cache could not be read.", { cause: String(cause) }),
    reopened: () => shelf.restart(),
    taken: () => engine.checkCache(),
  });
  const journal = openDexieJournalStore(accountKey);
  const engine = createSyncEngine({
    accountKey,
    me,
    bridge,
    cache,
    journal,
    clock,
    sha256,
    log,
    trouble: (value) => trouble.set(value),
    newEpoch: () => crypto.randomUUID(),
    steps: options.steps,
  });
  const peers = createPeers({
    channel: options.peers ?? broadcastPeers(accountKey),
    windowId,
    ingestHere: (inputs) => engine.ingest(inputs),
    onOpenChats: (chatIds) => engine.setOpenChats(chatIds),
    onEmptied: () => engine.checkCache(),
    onHurry: () => engine.hurry(),
  });
  const storage = typeof localStorage === "undefined" ? null : localStorage;
  const unsaved = storage === null ? noUnsavedTexts : storedUnsavedTexts(storage, accountKey);
  const onFault = (cause: unknown): void => {
    log.warn("A draft could not be written.", { cause: String(cause) });
    trouble.set({ code: "internal", message: "Drafts cannot be stored on this device." });
  };
  const drafts = createDraftKeeper(journal, unsaved, clock, {
    onWritten: () => engine.nudgeValues(),
    onFault,
  });
  const edits = createEditKeeper(
    journal,
    storage === null ? noUnsavedEdits : storedUnsavedEdits(storage, accountKey),
    clock,
    onFault,
  );
  const closeStores = (): void => {
    drafts.stop();
    edits.stop();
    peers.close();
    engine.stop();
    shelf.close();
    cache.close();
    journal.close();
  };
  try {
    await openWithin(journal.db);
    await drafts.recover(async (clientId) => {
      if ((await journal.entry(clientId)) !== undefined) return true;
      return (await cache.read((reads) => reads.heldClientIds([clientId]))).has(clientId);
    });
    await edits.recover();
  } catch (cause) {
    closeStores();
    throw cause;
  }
  const otherEdits = liveQuery(() => journal.db.edits.toArray()).subscribe({
    next: () => void edits.changed(),
    error: onFault,
  });
  const flushDrafts = async (): Promise<void> => {
    await Promise.all([drafts.flush(), edits.flush()]);
    engine.sendDraftsNow();
  };
  const stopFlushing = flushOnLeave(flushDrafts);
  let serverAheadMs = 0;
  const stopClock = bridge.on("connection:changed", ({ accountKey: key, status }) => {
    if (key === accountKey) serverAheadMs = status.serverAheadMs ?? serverAheadMs;
  });
  engine.start();

  return {
    accountKey,
    accountId: me,
    reads: createReads({
      cache: () => cache.current(),
      journal,
      me,
      shelf,
      edits,
      clocks: () => ({ nowMs: clock.nowMs(), serverAheadMs }),
    }),
    ...createMessageCommands({
      journal,
      engine,
      drafts,
      flushDrafts,
      clock,
      steps: options.steps,
    }),
    ...createRelationCommands({
      me,
      cache: () => cache.current(),
      journal,
      engine,
      edits,
      clock,
    }),
    ...createEditCommands({ journal, engine, drafts, edits, clock }),
    ...createHistory(cache, engine.link, (inputs) => peers.ingest(inputs)),
    ...createValueCommands({ journal, engine, serverNowMs: () => clock.nowMs() + serverAheadMs }),
    ...createChatCommands(engine.link, (inputs) => peers.ingest(inputs)),
    async rebuildCache() {
      await flushDrafts();
      return rebuildCache({
        accountKey,
        cache: () => cache.current(),
        journal,
        shelf,
        onEmptied: () => peers.emptied(),
      });
    },
    sendNow: () => peers.hurry(),
    setOpenChats: (chatIds) => peers.setOpenChats(chatIds),
    trouble,
    async close() {
      stopFlushing();
      stopClock();
      otherEdits.unsubscribe();
      await Promise.all([drafts.flush(), edits.flush()]);
      closeStores();
    },
  };
}
