import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostStoreSuite } from "@parley/client/testing/host-store-suite.ts";
import { MemoryLog } from "@parley/client/testing/memory-ports.ts";
import { afterAll, describe, expect, test } from "vitest";
import { FileStore } from "./file-store.ts";
import { JsonFile } from "./json-file.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-store-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const storeAt = (path: string, log = new MemoryLog()) => new FileStore(new JsonFile(path, log));

describe("store of the host in a file", () => {
  let count = 0;
  hostStoreSuite(() => {
    const path = join(folder, `store-${count++}.json`);
    return { store: storeAt(path), reopen: () => storeAt(path) };
  });

  test("only this user reads it, and nothing half-written stays behind", async () => {
    const own = await mkdtemp(join(folder, "own-"));
    const store = storeAt(join(own, "deep/host.json"));
    await Promise.all(Array.from({ length: 50 }, (_, i) => store.put([[`k${i}`, i]])));
    expect(await readdir(join(own, "deep"))).toEqual(["host.json"]);
    expect(await storeAt(join(own, "deep/host.json")).list("k")).toHaveLength(50);
    if (process.platform !== "win32") {
      expect((await stat(join(own, "deep/host.json"))).mode & 0o777).toBe(0o600);
      expect((await stat(join(own, "deep"))).mode & 0o777).toBe(0o700);
    }
  });

  test("a damaged file is set aside and reported, and the app goes on", async () => {
    const log = new MemoryLog();
    const path = join(folder, "damaged.json");
    await writeFile(path, '{"account:a": {"na');
    const store = storeAt(path, log);
    expect(await store.list("")).toEqual([]);
    await store.put([["k", 1]]);
    expect(await storeAt(path).list("")).toEqual([["k", 1]]);
    expect(await readFile(`${path}.damaged`, "utf8")).toContain("account:a");
    expect(log.lines).toHaveLength(1);
  });

  test("V58: a file that cannot be read for a moment is read a moment later, and nothing is lost", async () => {
    const log = new MemoryLog();
    const own = await mkdtemp(join(folder, "busy-"));
    const path = join(own, "host.json");
    mkdirSync(path);
    const listed = storeAt(path, log).list("");
    // It has been tried by then, and what was there could not be read.
    for (let i = 0; i < 10; i++) await readdir(own);
    rmdirSync(path);
    writeFileSync(path, '{"account:a":1}');
    expect(await listed).toEqual([["account:a", 1]]);
    expect([await readdir(own), log.lines]).toEqual([["host.json"], []]);
  });

  test("a damaged file that nobody would look into is dropped with a line in the log", async () => {
    const log = new MemoryLog();
    const own = await mkdtemp(join(folder, "dropped-"));
    const path = join(own, "alert-decisions.json");
    await writeFile(path, '{"decisions:a": [{"na');
    const store = new FileStore(new JsonFile(path, log, "dropped"));
    expect(await store.list("")).toEqual([]);
    expect(await readdir(own)).toEqual([]);
    await store.put([["k", 1]]);
    expect(await storeAt(path).list("")).toEqual([["k", 1]]);
    expect(log.lines).toHaveLength(1);
  });

  test("a write that fails is told to who asked, and later ones still work", async () => {
    const own = await mkdtemp(join(folder, "blocked-"));
    const blocked = join(own, "taken");
    await writeFile(blocked, "a file where a folder is wanted");
    const store = storeAt(join(blocked, "host.json"));
    await expect(store.put([["k", 1]])).rejects.toThrow();
    await rm(blocked);
    await store.put([["l", 2]]);
    expect(await storeAt(join(blocked, "host.json")).list("")).toEqual([
      ["k", 1],
      ["l", 2],
    ]);
  });
});
