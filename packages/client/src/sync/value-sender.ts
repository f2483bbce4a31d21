import type { Failure } from "@parley/protocol/errors.ts";
import type { ChatId, DataEpoch } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { utf8Bytes } from "@parley/protocol/text.ts";
import type { AccountValue, AccountValuePut, ValueOutcome } from "@parley/protocol/values.ts";
import type { Input } from "./apply.ts";
import type { CacheStore } from "./cache-store.ts";
import {
  beginPut,
  draftChatOf,
  draftKey,
  isDirty,
  isEmpty,
  mergeServerDraft,
  rebaseOnNewEpoch,
  serverDraftOf,
  settlePut,
  valueOfDraft,
} from "./draft-sync.ts";
import { waitAfter } from "./flusher.ts";
import type { HostLink } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import type { DraftRow, ValueRow, WaitingPut } from "./model.ts";
import { blamesItems } from "./outbox.ts";
import type { SyncClock } from "./ports.ts";
import { faultOf } from "./store-failure.ts";

export type ValueSenderDeps = {
  journal: JournalStore;
  cache: CacheStore;
  link: HostLink;
  clock: SyncClock;
  /** False while the connection is down or this window is not the writer. */
  online(): boolean;
  /** Outcomes enter the same stream as everything else. False if they were not written. */
  onAnswered(inputs: readonly Input[]): Promise<boolean>;
  /** A value that the server will never take: it is given up, and the user is told. */
  onRefused(error: Failure): void;
  onFault(cause: unknown): void;
};

/** One value on its way, with the journal's row that it settles. */
type Item = { put: AccountValuePut } & ({ waiting: WaitingPut } | { draft: DraftRow });

type Pace = { seenAtMs: number; sentAtMs: number };

/** A draft that waits no longer. */
const DUE: Pace = { seenAtMs: -Infinity, sentAtMs: -Infinity };

const SETTING_EPOCH = "values-epoch";

/** The data epoch in which the journal was last brought to the server; undefined before the first time. */
export function epochOfJournal(journal: JournalStore): Promise<unknown> {
  return journal.setting(SETTING_EPOCH);
}

/** S6c: drafts stand on versions of one data epoch; in another one they are put anew. */
export async function beginValuesEpoch(journal: JournalStore, dataEpoch: DataEpoch): Promise<void> {
  const known = await epochOfJournal(journal);
  if (known === dataEpoch) return;
  if (known !== undefined) {
    for (const { chatId } of await journal.drafts()) {
      await journal.changeDraft(chatId, rebaseOnNewEpoch);
    }
  }
  await journal.putSetting(SETTING_EPOCH, dataEpoch);
}

/**
 * S1, S11: brings account values to the server: those that wait in the journal at once, drafts at most
 * every LIMITS.draftSyncMs, or at once when they are cleared or `sendDraftsNow` says so. One request is
 * on its way at a time. Also the one place where versions of other devices reach the journal's drafts.
 */
export function createValueSender(deps: ValueSenderDeps) {
  const { journal, cache, link, clock } = deps;
  const paces = new Map<ChatId, Pace>();
  /** Drafts on their way: other versions wait for the outcome. */
  const inFlight = new Set<ChatId>();
  /** Revs of drafts that the server refused: they stay on this device until they change. */
  const refused = new Map<ChatId, number>();
  let isBusy = false;
  let isAgain = false;
  let isHurried = false;
  let oneByOne = false;
  let tries = 0;
  let notBeforeMs = 0;
  /** Until then the server itself has asked for a pause. */
  let askedMs = 0;
  /** Clocks are put back: nothing is held back longer than this. */
  let waitMs = 0;
  let cancelTimer: (() => void) | undefined;
  let stopped = false;

  function wakeAt(atMs: number): void {
    cancelTimer?.();
    cancelTimer = clock.setTimer(() => void flush(), Math.max(0, atMs - clock.nowMs()));
  }

  function dueAtMs(draft: DraftRow): number {
    if (isEmpty(draft)) return 0;
    const pace = isHurried ? DUE : paceOf(draft);
    paces.set(draft.chatId, pace);
    return Math.max(pace.seenAtMs, pace.sentAtMs) + LIMITS.draftSyncMs;
  }

  function paceOf({ chatId }: DraftRow): Pace {
    const nowMs = clock.nowMs();
    const { seenAtMs, sentAtMs } = paces.get(chatId) ?? { seenAtMs: nowMs, sentAtMs: -Infinity };
    // Clocks are put back: a draft does not wait for that time to come once more.
    return { seenAtMs: Math.min(seenAtMs, nowMs), sentAtMs: Math.min(sentAtMs, nowMs) };
  }

  /** Drafts to send now; the timer is set for the next one. */
  async function dueDrafts(): Promise<Item[]> {
    const items: Item[] = [];
    let nextMs = Infinity;
    for (const draft of await journal.drafts()) {
      if (!isDirty(draft) || refused.get(draft.chatId) === draft.rev) continue;
      const stated = valueOfDraft(draft);
      if (stated === undefined) continue;
      const due = dueAtMs(draft);
      if (due > clock.nowMs()) nextMs = Math.min(nextMs, due);
      else items.push({ put: putOf(draftKey(draft.chatId), stated.value, draft.baseRev), draft });
    }
    isHurried = false;
    if (Number.isFinite(nextMs)) wakeAt(nextMs);
    return items;
  }

  /** As many as one request holds. */
  function fitting(items: readonly Item[]): Item[] {
    let bytes = 0;
    const most = oneByOne ? 1 : LIMITS.valuePuts;
    return items.slice(0, most).filter(({ put }, index) => {
      bytes += utf8Bytes(put.value ?? "");
      return index === 0 || bytes <= LIMITS.flushBytes;
    });
  }

  async function gather(): Promise<Item[]> {
    const waiting = (await journal.waitingPuts()).map((put): Item => {
      return { put: putOf(put.key, put.value, 0), waiting: put };
    });
    const items = fitting([...waiting, ...(await dueDrafts())]);
    const rows = await cache.read((reads) => reads.values(items.map(({ put }) => put.key)));
    const based = items.map((item, i) => ({ ...item, put: basedOn(item, rows[i]) }));
    const begun: Item[] = [];
    for (const item of based) {
      if (!("draft" in item) || (await begin(item.draft))) begun.push(item);
    }
    return begun;
  }

  /** False if the draft changed while this was decided. */
  async function begin(draft: DraftRow): Promise<boolean> {
    const { chatId } = draft;
    let isBegun = false;
    await journal.changeDraft(chatId, (now) => {
      const change = beginPut(now, draft);
      isBegun = change !== undefined;
      return change;
    });
    if (!isBegun) return false;
    inFlight.add(chatId);
    paces.set(chatId, { seenAtMs: -Infinity, sentAtMs: clock.nowMs() });
    return true;
  }

  async function settleDraft(
    item: Item & { draft: DraftRow },
    outcome: ValueOutcome,
  ): Promise<void> {
    const { chatId, rev } = item.draft;
    const nowMs = clock.nowMs();
    inFlight.delete(chatId);
    if ("written" in outcome) {
      const { change } = outcome.written;
      await journal.changeDraft(chatId, (now) => settlePut(now, item.draft, change));
    } else if ("stale" in outcome) {
      await merge(chatId, outcome.stale, nowMs);
    } else if (blamesItems(outcome.error.code)) {
      refused.set(chatId, rev);
      deps.onRefused(outcome.error);
    }
    const [row] = await cache.read((reads) => reads.values([item.put.key]));
    if (row !== undefined) await merge(chatId, row, nowMs);
  }

  async function merge(chatId: ChatId, row: ValueRow, nowMs: number): Promise<void> {
    const server = serverDraftOf(row);
    await journal.changeDraft(chatId, (now, revisions) =>
      mergeServerDraft(chatId, now, revisions, server, nowMs),
    );
  }

  async function settleAnswered(
    items: readonly Item[],
    outcomes: readonly ValueOutcome[],
  ): Promise<void> {
    const stated = outcomes.flatMap((outcome): AccountValue[] => {
      if ("written" in outcome) return [outcome.written];
      return "stale" in outcome ? [outcome.stale] : [];
    });
    const inputs = stated.map((value): Input => ({ kind: "value", ...value }));
    if (inputs.length > 0 && !(await deps.onAnswered(inputs))) {
      // It stays in the journal; a full disk must not make this ask again and again.
      holdBack({ code: "internal", message: "The cache did not take the answer." });
      return;
    }
    const settled: WaitingPut[] = [];
    let passing: Failure | undefined;
    for (const [index, item] of items.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) continue;
      if ("draft" in item) await settleDraft(item, outcome);
      const error = "error" in outcome ? outcome.error : undefined;
      if (error && !blamesItems(error.code)) passing = error;
      else if ("waiting" in item) {
        settled.push(item.waiting);
        if (error) deps.onRefused(error);
      }
    }
    if (settled.length > 0) await journal.settleWaiting(settled);
    if (passing) holdBack(passing);
    else tries = 0;
  }

  function holdBack(error: Failure): void {
    waitMs = Math.ceil(waitAfter(error, tries, clock.random()));
    const nowMs = Math.ceil(clock.nowMs());
    notBeforeMs = nowMs + waitMs;
    askedMs = nowMs + (error.retryAfterMs ?? 0);
    tries += 1;
  }

  /** A poisoned put never blocks the others: it is found by sending them one by one (S11). */
  async function settleRefused(items: readonly Item[], error: Failure): Promise<void> {
    if (!blamesItems(error.code)) return holdBack(error);
    if (items.length > 1) {
      oneByOne = true;
      return;
    }
    oneByOne = false;
    const requestId = "";
    await settleAnswered(items, [{ error: { ...error, requestId } }]);
  }

  async function round(): Promise<boolean> {
    if (stopped || !deps.online()) return false;
    const leftMs = notBeforeMs - clock.nowMs();
    if (leftMs > 0 && leftMs <= waitMs + 1) {
      wakeAt(notBeforeMs);
      return false;
    }
    const items = await gather();
    if (items.length === 0) {
      // Whatever was refused together has gone.
      oneByOne = false;
      return false;
    }
    if (stopped) return false;
    try {
      const answer = await link.request("values:put", { puts: items.map(({ put }) => put) });
      if (answer.ok) await settleAnswered(items, answer.value.outcomes);
      else {
        // They have waited once.
        for (const item of items) if ("draft" in item) paces.set(item.draft.chatId, DUE);
        await settleRefused(items, answer.error);
      }
    } finally {
      for (const item of items) if ("draft" in item) inFlight.delete(item.draft.chatId);
    }
    return true;
  }

  async function flush(): Promise<void> {
    isAgain = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isAgain && !stopped) {
        isAgain = false;
        if (await round()) isAgain = true;
      }
    } catch (cause) {
      // After the end the databases are closed under whatever was under way.
      if (stopped) return;
      deps.onFault(cause);
      holdBack(faultOf(cause));
      wakeAt(notBeforeMs);
    } finally {
      isBusy = false;
    }
  }

  return {
    /** Sends what waits and is due. */
    flush,
    /** S1: on blur: drafts are not held back. */
    sendDraftsNow(): Promise<void> {
      isHurried = true;
      return flush();
    },
    /** The user wants it now: nothing waits longer than the server has asked for. */
    hurry(): Promise<void> {
      notBeforeMs = Math.min(notBeforeMs, askedMs);
      waitMs = Math.max(0, notBeforeMs - clock.nowMs());
      return flush();
    },
    /** The connection is back: nothing is held back any more. */
    resume(): Promise<void> {
      notBeforeMs = 0;
      tries = 0;
      return flush();
    },
    /** Versions that the server stated: drafts that are not on their way take them in. */
    async take(rows: readonly ValueRow[]): Promise<void> {
      const stated = rows.filter((row) => draftChatOf(row) !== undefined);
      if (stated.length === 0) return;
      const drafts = new Map((await journal.drafts()).map((draft) => [draft.chatId, draft]));
      for (const row of stated) {
        const chatId = draftChatOf(row);
        if (chatId === undefined || inFlight.has(chatId)) continue;
        const known = drafts.get(chatId);
        // A look before a strict write: most of a listing is known, or was cleared long ago.
        const isNews = known === undefined ? row.value !== null : row.change > known.baseRev;
        if (isNews) await merge(chatId, row, clock.nowMs());
      }
    },
    /** The same for all that the cache holds: a crash may have come between cache and journal. */
    async takeAll(): Promise<void> {
      await this.take(await cache.read((reads) => reads.valuesOf("draft")));
    },
    stop(): void {
      stopped = true;
      cancelTimer?.();
    },
  };
}

function putOf(
  key: AccountValuePut["key"],
  value: string | null,
  baseRev: number,
): AccountValuePut {
  return { key, value, baseRev };
}

/** S1: a draft that begins anew stands on the cleared version; other values on what is known. */
function basedOn(item: Item, row: ValueRow | undefined): AccountValuePut {
  const { put } = item;
  if (row === undefined) return put;
  const isAnew = "draft" in item && put.baseRev === 0 && row.value === null;
  return "waiting" in item || isAnew ? { ...put, baseRev: row.change } : put;
}

export type ValueSender = ReturnType<typeof createValueSender>;
