import { openPayload } from "@parley/protocol/content.ts";
import { AccountKey } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import { cacheName } from "./cache-db.ts";
import { openDexieJournalStore } from "./dexie-journal-store.ts";
import { deleteDatabase, StorageHeldError } from "./held-storage.ts";
import { journalName } from "./journal-db.ts";
import { storedUnsavedEdits } from "./unsaved-edits.ts";
import { storedUnsavedTexts } from "./unsaved-texts.ts";

/** A text that only this device has. */
export type KeptText = {
  kind: "message" | "draft" | "edit";
  account: AccountKey;
  chatId: string;
  text: string;
};

/** Accounts that have a database of a kind, by the names of all databases. */
async function accountsWith(nameOf: (account: AccountKey) => string): Promise<AccountKey[]> {
  const names = await Dexie.getDatabaseNames();
  return names.flatMap((name) => {
    // The account is the end of the name, whatever stands before it.
    const account = AccountKey.safeParse(name.split(".").at(-1));
    return account.success && nameOf(account.data) === name ? [account.data] : [];
  });
}

/** S21: forgets what the server can tell again, of all accounts. Journals stay. */
export async function dropCaches(patienceMs?: number): Promise<void> {
  for (const account of await accountsWith(cacheName)) {
    try {
      await deleteDatabase(cacheName(account), patienceMs);
    } catch (cause) {
      // It goes as soon as the window lets go that holds it; the app says so where it needs the cache.
      if (!(cause instanceof StorageHeldError)) throw cause;
    }
  }
}

async function textsOf(account: AccountKey): Promise<KeptText[]> {
  const journal = openDexieJournalStore(account);
  try {
    const entries = await journal.entries();
    const waiting = entries.flatMap(({ chatId, send, state }): KeptText[] => {
      if (state === "sent") return [];
      const content = openPayload(send.alg, send.payload);
      const text = content.type === "text" ? content.text : send.payload;
      return [{ kind: "message", account, chatId, text }];
    });
    const drafts: KeptText[] = [];
    for (const chatId of await journal.db.drafts.toCollection().primaryKeys()) {
      const draft = await journal.draft(chatId);
      if (draft && draft.text !== "")
        drafts.push({ kind: "draft", account, chatId, text: draft.text });
    }
    // Typed in the last moment before the page was lost, and not in the journal yet.
    const typed =
      typeof localStorage === "undefined" ? [] : storedUnsavedTexts(localStorage, account).all();
    for (const [chatId, { text }] of typed) {
      const isKnown = drafts.some((draft) => draft.chatId === chatId && draft.text === text);
      if (text !== "" && !isKnown) drafts.push({ kind: "draft", account, chatId, text });
    }
    const edits = (await journal.edits()).map(({ chatId, text }): KeptText => ({
      kind: "edit",
      account,
      chatId,
      text,
    }));
    const unsaved =
      typeof localStorage === "undefined" ? [] : storedUnsavedEdits(localStorage, account).all();
    for (const [chatId, steps] of unsaved) {
      for (const step of steps) {
        if (step === null || edits.some(({ text }) => text === step.text)) continue;
        edits.push({ kind: "edit", account, chatId, text: step.text });
      }
    }
    return [...waiting, ...drafts, ...edits];
  } finally {
    journal.close();
  }
}

/** S21: waiting messages, drafts and unfinished edits of all accounts, read without the rest of the app. */
export async function readKeptTexts(): Promise<KeptText[]> {
  const found: KeptText[] = [];
  for (const account of await accountsWith(journalName)) found.push(...(await textsOf(account)));
  return found;
}
