// oxlint-disable typescript/no-unsafe-type-assertion -- one map holds values of all models, each under its own key
import { failure, success } from "@parley/protocol/errors.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import type { AccountSession } from "../src/cache/account-session.ts";
import type { Live } from "../src/cache/live.ts";
import { createValue } from "../src/cache/live-value.ts";
import type { EditTarget } from "../src/cache/edit-keeper.ts";
import type {
  DraftRevision,
  KeptHere,
  Timeline,
  TimelineItem,
  TimelineWindow,
} from "../src/cache/read-models.ts";
import { account, NOW_MS, people, type SampleChat } from "./sample.ts";

export type FakeWorld = {
  chats: SampleChat[];
  loading?: boolean;
  waiting?: number;
  /** Messages older than this seq are only "on the server" and come when they are asked for. */
  cachedFromSeq?: number;
  failing?: boolean;
  /** Earlier drafts, the same in every chat. */
  revisions?: readonly DraftRevision[];
};

function seqOf(item: TimelineItem): number {
  if (item.kind === "entry") return Number.MAX_SAFE_INTEGER;
  return item.kind === "gap" || item.kind === "withheld" ? item.from : item.seq;
}

/** A session over made-up data that lives in memory. Only what the gallery shows works. */
export function fakeSession(
  world: FakeWorld,
): AccountSession & { poke: (change: () => void) => void } {
  const listeners = new Set<() => void>();
  const values = new Map<string, unknown>();
  let cachedFrom = world.cachedFromSeq ?? 0;

  function live<T>(key: string, make: () => T): Live<T> {
    return {
      get: () => {
        if (world.loading) return undefined;
        if (!values.has(key)) values.set(key, make());
        return values.get(key) as T;
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }
  function poke(change: () => void): void {
    change();
    values.clear();
    for (const listener of Array.from(listeners)) listener();
  }
  const find = (chatId: ChatId): SampleChat | undefined =>
    world.chats.find((each) => each.row.chatId === chatId);

  function timeline(chatId: ChatId, window: TimelineWindow): Timeline {
    const found = find(chatId);
    const all = found?.items ?? [];
    const items = all.filter((item) => seqOf(item) >= cachedFrom);
    const from =
      window.anchor === "newest"
        ? items.length
        : items.findIndex(
            (item) => seqOf(item) >= (window.anchor === "newest" ? 0 : window.anchor.seq),
          );
    const anchor = from < 0 ? items.length : from;
    const start = Math.max(0, anchor - window.before);
    const end = Math.min(items.length, anchor + (window.anchor === "newest" ? 0 : window.after));
    const shown = items.slice(start, window.anchor === "newest" ? items.length : end);
    const first = shown[0];
    return {
      chatId,
      items: shown,
      seqsBefore: first === undefined ? 0 : Math.max(0, seqOf(first) - 1),
      seqsAfter: window.anchor === "newest" ? 0 : items.length - end,
      cachedBefore: start > 0,
      cachedAfter: window.anchor !== "newest" && end < items.length,
      headSeq: found?.view.headSeq ?? 0,
    };
  }

  const edits = new Map<ChatId, ReturnType<typeof newEdit>>();
  const newEdit = () => ({ target: createValue<EditTarget | null>(null), text: createValue("") });
  function editOf(chatId: ChatId): ReturnType<typeof newEdit> {
    const known = edits.get(chatId) ?? newEdit();
    edits.set(chatId, known);
    return known;
  }
  const taken = new Set<number>();

  const soon = async <T>(value: T): Promise<T> => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return value;
  };
  const kept = (): KeptHere => ({
    events: 12_480,
    chats: world.chats.length,
    waiting: world.waiting ?? 0,
    drafts: world.chats.filter((each) => each.row.draft !== null).length,
    fetched: true,
  });
  const done = (): Promise<ReturnType<typeof success<void>>> => soon(success(undefined));

  return {
    poke,
    accountKey: account.accountKey,
    accountId: account.me.accountId,
    reads: {
      chatList: () =>
        live("list", () => ({
          rows: world.chats.map((each) => each.row),
          total: world.chats.length,
          complete: true,
        })),
      chat: (chatId) => live(`chat ${chatId}`, () => find(chatId)?.view ?? null),
      timeline: (chatId, window) =>
        live(`timeline ${chatId} ${JSON.stringify(window)}`, () => timeline(chatId, window)),
      messageState: () => live("state", () => null),
      message: () => live("message", () => null),
      draft: (chatId) =>
        live(`draft ${chatId}`, () => {
          const words = find(chatId)?.row.draft ?? null;
          return words === null
            ? null
            : { chatId, text: words, replyTo: null, rev: 1, takenRev: 0, updatedAtMs: NOW_MS };
        }),
      blocked: () => live("blocked", () => []),
      kept: () => live("kept", kept),
      draftRevisions: (chatId) =>
        live(
          `revisions ${chatId}`,
          () => world.revisions?.filter((one) => !taken.has(one.rev)) ?? [],
        ),
      edit: (chatId) => editOf(chatId).target,
      editText: (chatId) => editOf(chatId).text,
      outbox: () => live("outbox", () => ({ waiting: world.waiting ?? 0, failed: 0, offered: 0 })),
      people: () => live("people", () => new Map(people.map((each) => [each.accountId, each]))),
      roster: (chatId) =>
        live(`roster ${chatId}`, () => {
          const found = find(chatId);
          return found
            ? { chatId, rows: found.roster, memberCount: found.roster.length, complete: true }
            : null;
        }),
      totalUnread: () =>
        live("unread", () => ({
          unread: world.chats.reduce((sum, each) => sum + each.row.unread, 0),
          mentions: 0,
          chats: world.chats.filter((each) => each.row.unread > 0).length,
        })),
    },
    sendText: () => soon(failure("internal", "The gallery sends nothing.")),
    muteChat: done,
    unmuteChat: done,
    setChatAlerts: (chatId, alerts) => {
      const found = find(chatId);
      if (found) poke(() => (found.view = { ...found.view, ...alerts }));
      return done();
    },
    pinChat: done,
    unpinChat: done,
    archiveChat: done,
    unarchiveChat: done,
    blockAccount: done,
    unblockAccount: done,
    editMessage: done,
    deleteForEveryone: done,
    react: done,
    unreact: done,
    retry: done,
    sendNow: () => undefined,
    sendOffered: done,
    discardOffered: done,
    discard: done,
    beginEdit(chatId, clientId, original) {
      editOf(chatId).text.set(original);
      editOf(chatId).target.set({ clientId, original });
    },
    saveEdit: (chatId, _target, text) => editOf(chatId).text.set(text),
    endEdit: (chatId) => editOf(chatId).target.set(null),
    editToDraft(chatId) {
      const found = find(chatId);
      if (found)
        poke(() => (found.row = { ...found.row, draft: editOf(chatId).text.get() ?? null }));
      editOf(chatId).target.set(null);
      return done();
    },
    putBackDraft(chatId, rev) {
      const found = find(chatId);
      const text = world.revisions?.find((one) => one.rev === rev)?.text ?? null;
      if (found) poke(() => (found.row = { ...found.row, draft: text }));
      taken.add(rev);
      return done();
    },
    saveDraft: () => undefined,
    flushDrafts: () => Promise.resolve(),
    markRead: done,
    loadOlder: async (_chatId, beforeSeq) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (world.failing) return failure("timeout", "slow");
      poke(() => {
        cachedFrom = Math.max(0, beforeSeq - 100);
      });
      return success(undefined);
    },
    fillGap: () => soon(failure("timeout", "slow")),
    loadAround: done,
    fetchAgain: done,
    loadMembers: done,
    startDirect: () => soon(failure("server_unreachable", "none")),
    createGroup: () => soon(failure("group_full", "none")),
    setTitle: done,
    addMembers: done,
    removeMember: done,
    setRole: done,
    leave: done,
    searchPeople: (query) =>
      soon(success(people.filter((each) => each.name.toLowerCase().includes(query.toLowerCase())))),
    ledger: () =>
      soon(
        success({
          members: people.slice(1, 5).map((each, index) => ({
            accountId: each.accountId,
            delivered: index < 3,
            read: index < 2,
            deliveredAt: index < 3 ? NOW_MS - 120_000 + index * 1_000 : null,
            readAt: index < 2 ? NOW_MS - 60_000 : null,
            lastSeenAt: NOW_MS - 840_000,
          })),
        }),
      ),
    rebuildCache: () => soon(success({ ...kept(), waiting: 0 })),
    setOpenChats: () => undefined,
    trouble: live("trouble", () => null),
    close: () => Promise.resolve(),
  };
}
