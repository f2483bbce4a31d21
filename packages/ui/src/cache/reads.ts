import { isEmpty } from "@parley/client/sync/draft-sync.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { AccountReads } from "./account-session.ts";
import type { CacheDb } from "./cache-db.ts";
import { blockedIn, type Clocks, readShownValues } from "./chat-flags.ts";
import type { DexieJournalStore } from "./dexie-journal-store.ts";
import type { EditKeeper } from "./edit-keeper.ts";
import { keepSame, keepSameRows } from "./keep-same.ts";
import { derive, type Live, type LiveShelf } from "./live.ts";
import { readChatList, totalUnreadOf } from "./read-chat-list.ts";
import { readChat, readMessageState, readPeople, readRoster } from "./read-chat.ts";
import type {
  ChatList,
  DraftRevision,
  DraftView,
  OutboxSummary,
  Timeline,
  TotalUnread,
} from "./read-models.ts";
import { readMessage, readTimeline } from "./read-timeline.ts";
import { readKept } from "./rebuild.ts";

export type ReadDeps = {
  /** The database that is open now: it is replaced when the cache is rebuilt. */
  cache: () => CacheDb;
  journal: DexieJournalStore;
  me: AccountId;
  shelf: LiveShelf;
  edits: Pick<EditKeeper, "target" | "text">;
  clocks: () => Clocks;
};

async function readDraft(journal: DexieJournalStore, chatId: ChatId): Promise<DraftView | null> {
  const draft = await journal.draft(chatId);
  if (draft === undefined || isEmpty(draft)) return null;
  const { text, replyTo, rev, takenRev, updatedAtMs } = draft;
  return { chatId, text, replyTo, rev, takenRev, updatedAtMs };
}

async function readRevisions(
  journal: DexieJournalStore,
  chatId: ChatId,
): Promise<readonly DraftRevision[]> {
  const rows = await journal.draftRevisions(chatId);
  return rows.map(({ rev, text, savedAtMs, why = null }) => ({ rev, text, savedAtMs, why }));
}

async function readOutbox(journal: DexieJournalStore): Promise<OutboxSummary> {
  const entries = await journal.entries();
  const count = (state: string): number => entries.filter((entry) => entry.state === state).length;
  return { waiting: count("journaled"), failed: count("failed"), offered: count("offered") };
}

/** The last result of each chat's timeline, whatever its window. */
const KEPT_TIMELINES = 12;

/** The live read models of an account, shared by what they ask. */
export function createReads({ cache, journal, me, shelf, edits, clocks }: ReadDeps): AccountReads {
  const timelines = new Map<ChatId, Timeline>();

  function keepTimeline(timeline: Timeline): Timeline {
    timelines.delete(timeline.chatId);
    timelines.set(timeline.chatId, timeline);
    const [oldest] = timelines.keys();
    if (timelines.size > KEPT_TIMELINES && oldest !== undefined) timelines.delete(oldest);
    return timeline;
  }

  const chatList = (limit?: number): Live<ChatList> =>
    shelf.share(`list:${limit ?? "all"}`, (last) =>
      readChatList(cache(), journal, me, limit, clocks(), last),
    );
  const totalUnread = derive<ChatList, TotalUnread>(chatList, (list, last) =>
    keepSame(last, totalUnreadOf(list)),
  );

  return {
    chatList,
    chat: (chatId) =>
      shelf.share(`chat:${chatId}`, (last) => readChat(cache(), journal, chatId, clocks(), last)),
    timeline: (chatId, window) => {
      const anchor = window.anchor === "newest" ? "newest" : window.anchor.seq;
      return shelf.share(
        `timeline:${chatId}:${anchor}:${window.before}:${window.after}`,
        async (last) => {
          const before = last ?? timelines.get(chatId);
          const now = await readTimeline(cache(), journal, me, chatId, window, before);
          return keepTimeline(last === undefined ? now : sameTimeline(last, now));
        },
        timelines.get(chatId),
      );
    },
    messageState: (chatId, clientId) =>
      shelf.share(`state:${chatId}:${clientId}`, () =>
        readMessageState(cache(), journal, me, chatId, clientId),
      ),
    message: (chatId, clientId) =>
      shelf.share(`message:${chatId}:${clientId}`, () =>
        readMessage(cache(), journal, me, chatId, clientId),
      ),
    draft: (chatId) =>
      // A composer takes the first text it is shown: it must not be one of before the last keystrokes.
      shelf.share<DraftView | null>(
        `draft:${chatId}`,
        async (last) => keepSame(last, await readDraft(journal, chatId)),
        undefined,
        true,
      ),
    draftRevisions: (chatId) =>
      shelf.share<readonly DraftRevision[]>(`revisions:${chatId}`, async (last) =>
        keepSameRows(last, await readRevisions(journal, chatId), (row) => String(row.rev)),
      ),
    edit: (chatId) => edits.target(chatId),
    editText: (chatId) => edits.text(chatId),
    outbox: () => shelf.share("outbox", async (last) => keepSame(last, await readOutbox(journal))),
    people: (accountIds) =>
      shelf.share(`people:${[...accountIds].sort().join()}`, (last) =>
        readPeople(cache(), accountIds, last),
      ),
    roster: (chatId) =>
      shelf.share(`roster:${chatId}`, (last) => readRoster(cache(), me, chatId, last)),
    blocked: () =>
      shelf.share<readonly AccountId[]>("blocked", async (last) => {
        const accountIds = blockedIn(await readShownValues(cache(), journal)).sort();
        return last?.join() === accountIds.join() ? last : accountIds;
      }),
    kept: () =>
      shelf.share("kept", async (last) => keepSame(last, await readKept(cache(), journal))),
    totalUnread: () => totalUnread,
  };
}

/** Rows were compared already: the list's identity tells whether any changed. */
function sameTimeline(last: Timeline, now: Timeline): Timeline {
  if (last.items !== now.items) return now;
  const { items: _before, ...before } = last;
  const { items: _now, ...rest } = now;
  return keepSame<object>(before, rest) === before ? last : now;
}
