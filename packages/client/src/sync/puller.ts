import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { CacheStore } from "./cache-store.ts";
import { reconcileChat } from "./epoch-reconcile.ts";
import type { HostLink } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import type { ChatRow } from "./model.ts";
import type { Writer } from "./writer.ts";

/** A chat of which nothing is cached starts with its newest events; older ones follow when shown. */
export const FRESH_EVENTS = 100;
/** Chats in one pull while the whole list is fetched: small enough to show progress. */
const PULL_CHATS = 20;

export type PullerDeps = {
  me: AccountId;
  writer: Writer;
  cache: CacheStore;
  journal: JournalStore;
  link: HostLink;
  nowMs(): number;
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
  const { writer, cache, link } = deps;
  let running: Promise<Failure | null> | undefined;
  let again = false;

  async function pullBatch(rows: readonly ChatRow[]): Promise<Failure | null> {
    const asked = new Map(rows.map((row) => [row.chatId, pullAfter(row)]));
    const chats = [...asked].map(([chatId, after]) => ({ chatId, after }));
    const answer = await link.request("sync:pull", { chats });
    if (!deps.current()) return null;
    if (!answer.ok) {
      if (answer.error.code === "epoch_changed") deps.onEpochChanged();
      return answer.error;
    }
    const { parts, more } = answer.value;
    if (parts.some((part) => part.headSeq < (asked.get(part.chatId) ?? 0))) {
      deps.onEpochChanged();
      return { code: "epoch_changed", message: "The server is behind this device." };
    }
    const empty = parts.filter((part) => part.events.length === 0 && part.withheld.length === 0);
    await writer.commit(parts.map((part) => ({ kind: "part", part })));
    const fruitless = more ? parts.length === 0 : empty.length === rows.length;
    return fruitless ? { code: "internal", message: "A pull brought nothing." } : null;
  }

  async function run(): Promise<Failure | null> {
    for (;;) {
      again = false;
      const behind = await cache.read((reads) => reads.chatsBehind());
      if (behind.length === 0 || !deps.current()) {
        if (again) continue;
        return null;
      }
      const ordered = pullOrder(behind, deps.openChats());
      const stale = ordered.find((row) => row.reconcile);
      const failed = stale
        ? await reconcileChat(deps, stale)
        : await pullBatch(ordered.slice(0, PULL_CHATS));
      if (failed !== null || !deps.current()) return failed;
    }
  }

  return {
    /** Pulls until nothing is behind; null when that is so, else why it stopped. */
    pull(): Promise<Failure | null> {
      again = true;
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

export type Puller = ReturnType<typeof createPuller>;
