import "fake-indexeddb/auto";
import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import { afterEach, expect, test } from "vitest";
import { cacheName, openCacheDb } from "./cache-db.ts";
import { deleteDatabase, openWithin, StorageHeldError } from "./held-storage.ts";

const PATIENCE_MS = 20;
const open: IDBDatabase[] = [];
afterEach(() => open.splice(0).forEach((db) => db.close()));

function freshName(): string {
  return cacheName(accountKeyOf(newId(ServerId), newId(AccountId)));
}

/** A connection of a window that is frozen: it hears nothing of what others want. */
function heldByAnother(name: string, version = 1): Promise<IDBDatabase> {
  const { promise, resolve, reject } = Promise.withResolvers<IDBDatabase>();
  const request = indexedDB.open(name, version);
  request.addEventListener("success", () => {
    open.push(request.result);
    resolve(request.result);
  });
  request.addEventListener("error", () => reject(request.error ?? new Error("not opened")));
  return promise;
}

const names = async (): Promise<(string | undefined)[]> =>
  (await indexedDB.databases()).map((db) => db.name);

test("V58: a deletion that a frozen window holds up is not waited for for ever, and goes on when it lets go", async () => {
  const name = freshName();
  const other = await heldByAnother(name);
  await expect(deleteDatabase(name, PATIENCE_MS)).rejects.toThrow(StorageHeldError);
  // Asked again, it is the same deletion.
  const again = deleteDatabase(name, 60_000);
  expect(await names()).toContain(name);
  other.close();
  await again;
  expect(await names()).not.toContain(name);
  await heldByAnother(name);
});

test("V58: nobody in the way: a deletion is through at once, also of a database that this window has open", async () => {
  const name = freshName();
  const db = new Dexie(name);
  db.version(1).stores({ rows: "id" });
  await db.open();
  await deleteDatabase(name, 60_000);
  expect(await names()).not.toContain(name);
  db.close();
});

test("V58: an open behind a deletion that is held up fails in time, and works once that is through", async () => {
  const name = freshName();
  const other = await heldByAnother(name);
  await expect(deleteDatabase(name, PATIENCE_MS)).rejects.toThrow(StorageHeldError);
  const make = (): Dexie => {
    const db = new Dexie(name);
    db.version(1).stores({ rows: "id" });
    return db;
  };
  await expect(openWithin(make(), PATIENCE_MS)).rejects.toThrow(StorageHeldError);
  other.close();
  const db = make();
  await openWithin(db, 60_000);
  expect(await db.table("rows").count()).toBe(0);
  db.close();
});

test("V58: a cache that an older build holds open elsewhere is waited for, not taken for damaged", async () => {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  const other = await heldByAnother(cacheName(accountKey));
  const dropped: unknown[] = [];
  const failed = openCacheDb(accountKey, (cause) => dropped.push(cause), PATIENCE_MS);
  await expect(failed).rejects.toThrow(StorageHeldError);
  expect(dropped).toEqual([]);
  other.close();
  const db = await openCacheDb(accountKey);
  expect(await db.chats.count()).toBe(0);
  db.close();
});
