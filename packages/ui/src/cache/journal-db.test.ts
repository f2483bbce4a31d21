import "fake-indexeddb/auto";
import { AccountId, accountKeyOf, ChatId, newId, ServerId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import { expect, it } from "vitest";
import { openDexieJournalStore } from "./dexie-journal-store.ts";
import { journalName } from "./journal-db.ts";

it("S11: a journal of the first version keeps every row, and its drafts wait to be sent", async () => {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  const chatId = newId(ChatId);
  const old = new Dexie(journalName(accountKey));
  old.version(1).stores({
    outbox: "++order, &clientId, chatId",
    drafts: "chatId",
    revisions: "[chatId+rev]",
    pieces: "[owner+piece]",
    settings: "key",
    readMarks: "chatId",
  });
  await old.open();
  const draft = { chatId, text: "half a", replyTo: null, rev: 3, baseRev: 0, updatedAtMs: 1 };
  await old.table("drafts").add(draft);
  await old.table("revisions").add({ chatId, rev: 2, text: "other", savedAtMs: 1 });
  await old.table("readMarks").add({ chatId, readSeq: 4 });
  old.close();

  const journal = openDexieJournalStore(accountKey);
  expect(await journal.drafts()).toEqual([{ ...draft, syncedRev: 0, putRev: 0, takenRev: 0 }]);
  expect((await journal.draftRevisions(chatId)).map((row) => row.text)).toEqual(["other"]);
  expect(await journal.readMarks()).toEqual([{ chatId, readSeq: 4 }]);
  expect(await journal.waitingPuts()).toEqual([]);
  journal.close();
});
