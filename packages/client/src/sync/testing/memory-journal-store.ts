import type { DraftChange, DraftDecision, EditDecision, JournalStore } from "../journal-store.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import type { ValueKey } from "@parley/protocol/values.ts";
import type {
  AsideRow,
  DraftRevisionRow,
  DraftRow,
  EditRow,
  OutboxEntry,
  WaitingPut,
} from "../model.ts";

/** The database behind memory journals: windows of one device open the same one. */
export class MemoryJournalData {
  order = 0;
  outbox = new Map<string, OutboxEntry>();
  drafts = new Map<string, DraftRow>();
  revisions = new Map<string, DraftRevisionRow[]>();
  edits = new Map<ChatId, EditRow>();
  waiting = new Map<ValueKey, WaitingPut>();
  aside = new Map<string, AsideRow>();
  readMarks = new Map<ChatId, number>();
  settings = new Map<string, unknown>();
}

/** The journal port in memory, with the same promises as the one on IndexedDB. */
export function openMemoryJournal(data: MemoryJournalData): JournalStore {
  function inOrder(): OutboxEntry[] {
    return [...data.outbox.values()].sort((a, b) => a.order - b.order);
  }

  function newestFirst(chatId: string): DraftRevisionRow[] {
    return (data.revisions.get(chatId) ?? []).toSorted((a, b) => b.rev - a.rev);
  }

  function decideDraft(chatId: string, decide: DraftDecision): void {
    const change = decide(data.drafts.get(chatId), newestFirst(chatId));
    if (change !== undefined) writeDraft(chatId, change);
  }

  function decideEdit(chatId: ChatId, decide: EditDecision): void {
    const change = decide(data.edits.get(chatId), data.drafts.get(chatId), newestFirst(chatId));
    if (change === undefined) return;
    if (change.edit === null) data.edits.delete(chatId);
    else data.edits.set(chatId, change.edit);
    if (change.draft !== undefined) writeDraft(chatId, change.draft);
  }

  function writeDraft(chatId: string, change: DraftChange): void {
    const { draft, keep, drop = [] } = change;
    const stay = newestFirst(chatId).filter(
      (row) => !drop.includes(row.rev) && row.rev !== keep?.rev,
    );
    data.revisions.set(chatId, keep === undefined ? stay : [...stay, keep]);
    if (draft === null) data.drafts.delete(chatId);
    else data.drafts.set(chatId, draft);
  }

  return {
    async add(entry, draftChange, editChange) {
      if (data.outbox.has(entry.clientId)) throw new Error("This clientId is in the journal.");
      data.order += 1;
      const added = { ...entry, order: data.order };
      data.outbox.set(entry.clientId, added);
      if (draftChange !== undefined) decideDraft(entry.chatId, draftChange);
      if (editChange !== undefined) decideEdit(entry.chatId, editChange);
      return added;
    },
    entries: async (chatId) =>
      inOrder().filter((entry) => chatId === undefined || entry.chatId === chatId),
    entry: async (clientId) => data.outbox.get(clientId),
    async decide(chatId, decision) {
      const entries = inOrder().filter((entry) => chatId === null || entry.chatId === chatId);
      for (const [clientId, decided] of decision(entries)) {
        if (!data.outbox.has(clientId) || decided === undefined) continue;
        if (decided === "drop") data.outbox.delete(clientId);
        else data.outbox.set(clientId, decided);
      }
    },
    async requeue(clientId) {
      const entry = data.outbox.get(clientId);
      if (entry === undefined) return false;
      data.order += 1;
      const { order } = data;
      data.outbox.set(clientId, { ...entry, order, state: "journaled", seq: null, error: null });
      return true;
    },
    async offer(entries) {
      for (const entry of entries) {
        if (data.outbox.has(entry.clientId)) continue;
        data.order += 1;
        data.outbox.set(entry.clientId, { ...entry, order: data.order });
      }
    },
    async setAside(rows) {
      for (const row of rows) data.aside.set(row.event.clientId, row);
    },
    aside: async (chatId) => [...data.aside.values()].filter((row) => row.chatId === chatId),
    draft: async (chatId) => data.drafts.get(chatId),
    changeDraft: async (chatId, change) => decideDraft(chatId, change),
    draftRevisions: async (chatId) => newestFirst(chatId),
    drafts: async () => [...data.drafts.values()],
    edits: async () => [...data.edits.values()],
    changeEdit: async (chatId, change) => decideEdit(chatId, change),
    waitingPuts: async () => [...data.waiting.values()],
    async putWaiting(put) {
      data.waiting.set(put.key, put);
    },
    async settleWaiting(settled) {
      for (const { key, value } of settled) {
        if (data.waiting.get(key)?.value === value) data.waiting.delete(key);
      }
    },
    readMarks: async () => [...data.readMarks].map(([chatId, readSeq]) => ({ chatId, readSeq })),
    async putReadMark({ chatId, readSeq }) {
      data.readMarks.set(chatId, Math.max(readSeq, data.readMarks.get(chatId) ?? 0));
    },
    async confirmReadMarks(confirmed) {
      for (const { chatId, readSeq } of confirmed) {
        if ((data.readMarks.get(chatId) ?? Infinity) <= readSeq) data.readMarks.delete(chatId);
      }
    },
    async clearReadMarks() {
      data.readMarks.clear();
    },
    setting: async (key) => data.settings.get(key),
    async putSetting(key, value) {
      data.settings.set(key, value);
    },
    close() {},
  };
}
