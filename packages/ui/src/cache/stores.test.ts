import "fake-indexeddb/auto";
import { cacheStoreSuite } from "@parley/client/sync/testing/cache-store-suite.ts";
import { journalStoreSuite } from "@parley/client/sync/testing/journal-store-suite.ts";
import { AccountId, accountKeyOf, ChatId, newId, ServerId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import { expect, test } from "vitest";
import { cacheName } from "./cache-db.ts";
import { openDexieCacheStore } from "./dexie-cache-store.ts";
import { openDexieJournalStore } from "./dexie-journal-store.ts";

cacheStoreSuite("IndexedDB", async () => {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  return {
    open: () => openDexieCacheStore(accountKey),
    drop: () => Dexie.delete(cacheName(accountKey)),
  };
});

journalStoreSuite("IndexedDB", async () => {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  return () => openDexieJournalStore(accountKey);
});

test("S8: of the members of a chat only those who moved are written", async () => {
  const store = await openDexieCacheStore(accountKeyOf(newId(ServerId), newId(AccountId)));
  await store.claim("first");
  const chatId = newId(ChatId);
  const member = (accountId: AccountId, readSeq: number) => ({
    accountId,
    role: "member" as const,
    joinedSeq: 1,
    deliveredSeq: 2,
    readSeq,
  });
  const [ana, jonas, mina] = [newId(AccountId), newId(AccountId), newId(AccountId)];
  const put = (members: ReturnType<typeof member>[]) =>
    store.write("first", async () => ({
      patch: { members: [{ chatId, members }] },
      result: undefined,
    }));
  await put([member(ana, 1), member(jonas, 1)]);
  const written: string[] = [];
  const { members } = store.current();
  members.hook("creating", (_key, row) => void written.push(row.accountId));
  members.hook("updating", (_changes, _key, row) => void written.push(row.accountId));
  await put([member(ana, 1), member(jonas, 2), member(mina, 0)]);
  expect(written).toEqual([jonas, mina]);
  const found = await store.read((reads) => reads.members(chatId));
  expect(new Map(found.map(({ accountId, readSeq }) => [accountId, readSeq]))).toEqual(
    new Map([
      [ana, 1],
      [jonas, 2],
      [mina, 0],
    ]),
  );
  store.close();
});
