// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { sampleEntry } from "@parley/client/sync/testing/sample.ts";
import {
  AccountId,
  type AccountKey,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { textPayload } from "@parley/protocol/content.ts";
import { Dexie } from "dexie";
import { expect, test } from "vitest";
import { rescueText } from "../app/RescueScreen.tsx";
import { cacheName } from "./cache-db.ts";
import { openDexieCacheStore } from "./dexie-cache-store.ts";
import { openDexieJournalStore } from "./dexie-journal-store.ts";
import { journalName } from "./journal-db.ts";
import { dropCaches, readKeptTexts } from "./rescue.ts";
import { storedUnsavedEdits } from "./unsaved-edits.ts";
import { storedUnsavedTexts } from "./unsaved-texts.ts";

const chatId = newId(ChatId);

/** An account with one waiting message, one sent, one draft, and one text that the journal has not got. */
async function account(name: string): Promise<AccountKey> {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  const cache = await openDexieCacheStore(accountKey, {
    dropped: () => undefined,
    reopened: () => undefined,
  });
  cache.close();
  const journal = openDexieJournalStore(accountKey);
  const entry = sampleEntry(chatId);
  await journal.add({ ...entry, send: { ...entry.send, payload: textPayload(`${name} waits`) } });
  await journal.add(sampleEntry(chatId, { state: "sent", seq: 4 }));
  await journal.changeDraft(chatId, () => ({
    draft: {
      chatId,
      text: `${name} drafts`,
      rev: 1,
      baseRev: 0,
      syncedRev: 0,
      putRev: 0,
      takenRev: 0,
      updatedAtMs: 1,
      replyTo: null,
    },
  }));
  const editing = { chatId, target: newId(ClientId), original: "old", updatedAtMs: 1 };
  await journal.changeEdit(chatId, () => ({ edit: { ...editing, text: `${name} edits` } }));
  journal.close();
  const step = { target: newId(ClientId), original: "older", text: `${name} edits on` };
  storedUnsavedEdits(localStorage, accountKey).put(newId(ChatId), [step, null]);
  storedUnsavedTexts(localStorage, accountKey).put(newId(ChatId), {
    text: `${name} typed`,
    replyTo: null,
  });
  return accountKey;
}

test("S21: what only this device has is read of all accounts, and caches go without it", async () => {
  const ada = await account("ada");
  const grace = await account("grace");
  const expected = [
    "ada waits",
    "ada drafts",
    "ada typed",
    "ada edits",
    "ada edits on",
    "grace waits",
    "grace drafts",
    "grace typed",
    "grace edits",
    "grace edits on",
  ];
  expect((await readKeptTexts()).map(({ text }) => text).toSorted()).toEqual(expected.toSorted());

  await dropCaches();
  const names = await Dexie.getDatabaseNames();
  expect(names.toSorted()).toEqual([journalName(ada), journalName(grace)].toSorted());
  expect(names).not.toContain(cacheName(ada));
  const texts = await readKeptTexts();
  expect(texts).toHaveLength(10);
  for (const text of expected) expect(rescueText(texts)).toContain(text);
});
