import { spawn } from "node:child_process";
import { copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DatabaseSync } from "node:sqlite";
import type { Result } from "@parley/protocol/errors.ts";
import { type ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ItemOutcome, SendMessages } from "../../features/messages/send.commands.ts";
import { commandsOn } from "../../testing/commands.ts";
import { textItem } from "../../testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../testing/test-accounts.ts";
import { type Faults, openTestStorage, temporaryFolder } from "../../testing/test-server.ts";
import { QUEUE_LIMITS } from "../commit-queue.ts";
import { DurabilityError } from "../durability.ts";
import type { Storage } from "../port.ts";
import { chainFaults } from "../testing/contract-suite.ts";
import { FragileDisk, nextTurn, recoveredClientIds } from "../testing/power-loss.ts";
import type { SqliteOptions } from "./sqlite-storage.ts";

/** So short that even small tests fold the log and begin it anew. */
const EAGER = { passPages: 24, quietPages: 4, quietMs: 4, heldPages: 48, roomBytes: 0 };
const ALL = { from: 1, to: 1_000_000 };
const WHOLE = { order: "oldest" as const, limit: 100_000, maxBytes: 1e9 };

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let faults: Faults;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, "parley.db");
  faults = [];
});
afterEach(() => folder.remove());

type World = { storage: Storage; disk: FragileDisk; ana: TestAccount; chatId: ChatId };

async function openWorld(file: string, more: Partial<SqliteOptions> = {}): Promise<World> {
  const disk = new FragileDisk(file);
  const storage = openTestStorage(file, faults, Date.now, { openWalSync: () => disk, ...more });
  const ana = await makeAccount(storage, "ana");
  const ben = await makeAccount(storage, "ben");
  const { chatId } = await commandsOn(storage).direct(ana, ben.accountId);
  return { storage, disk, ana, chatId };
}

function sendOf({ ana, chatId }: World, clientIds: readonly ClientId[]): SendMessages {
  const items = clientIds.map((clientId) => textItem(chatId, "x".repeat(200), { clientId }));
  return { kind: "message.send", chatId, items, by: ana };
}

const freshIds = (count: number): ClientId[] =>
  Array.from({ length: count }, () => newId(ClientId));
const codeOf = (result: Result<unknown> | undefined): string | undefined =>
  result && (result.ok ? "ok" : result.error.code);

async function shownIds({ storage, chatId }: World): Promise<string[]> {
  const rows = await storage.events(chatId, ALL, WHOLE);
  return rows.map((row) => row.event.clientId);
}

/** What was handed out, and how many syncs had ended by then. */
type HandedOut = { what: string; clientIds: string[]; synced: number };

function expectDurable({ disk }: World, handedOut: readonly HandedOut[]): void {
  const recovered = new Map<number, Set<string>>();
  for (const { what, clientIds, synced } of handedOut) {
    const image = disk.images[synced - 1];
    const known = recovered.get(synced) ?? (image ? recoveredClientIds(image) : new Set<string>());
    recovered.set(synced, known);
    const lost = clientIds.filter((clientId) => !known.has(clientId));
    expect({ what, synced, lost }).toEqual({ what, synced, lost: [] });
  }
}

describe("power loss", () => {
  const step = fc.record({
    calls: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 }),
    turnsPerSync: fc.integer({ min: 0, max: 6 }),
    reads: fc.boolean(),
    pauseTurns: fc.integer({ min: 0, max: 8 }),
    repeatsFirst: fc.boolean(),
  });

  test(
    "S4, V50: a sync lies between the write of every commit and its ack, publication or reading",
    { timeout: 300_000 },
    async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 12 }),
          fc.constantFrom(1, 64),
          // The log's file may be longer than what it says.
          fc.constantFrom(0, 150_000),
          async (steps, gatherCommands, roomBytes) => {
            const world = await openWorld(`${path}.run${run++}`, {
              foldLimits: { ...EAGER, roomBytes },
              limits: { ...QUEUE_LIMITS, gatherCommands },
            });
            const { storage, disk } = world;
            const handedOut: HandedOut[] = [];
            const note = (what: string, clientIds: string[]): void => {
              handedOut.push({ what, clientIds, synced: disk.images.length });
            };
            storage.onCommitted(({ publications }) => {
              for (const one of publications) {
                if (one.kind === "event") note("publication", [one.event.clientId]);
              }
            });
            const acked: string[] = [];
            const sent: string[] = [];
            const pending: Promise<unknown>[] = [];
            for (const { calls, turnsPerSync, reads, pauseTurns, repeatsFirst } of steps) {
              disk.turns = () => turnsPerSync;
              for (const count of calls) {
                const clientIds = freshIds(count);
                sent.push(...clientIds);
                const settled = (results: Result<ItemOutcome[]>[]): void => {
                  expect(results.map(codeOf)).toEqual(["ok"]);
                  note("ack", clientIds);
                  acked.push(...clientIds);
                };
                pending.push(storage.transact([sendOf(world, clientIds)], settled));
                if (!repeatsFirst) continue;
                // S3: the answer to a repeat writes nothing, and waits all the same.
                const again = [sendOf(world, clientIds)];
                pending.push(storage.transact(again, () => note("repeat", clientIds)));
              }
              if (reads) pending.push(shownIds(world).then((ids) => note("read", ids)));
              for (let turn = 0; turn < pauseTurns; turn++) await nextTurn();
            }
            await Promise.all(pending);
            // S4: acks leave in the order of the commits.
            expect(acked).toEqual(sent);
            expectDurable(world, handedOut);
            await storage.close();
            expect(disk.isClosed).toBe(true);
            expect(faults).toEqual([]);
          },
        ),
        { numRuns: 12 },
      );
    },
  );

  test(
    "S4, V50: whenever the disk fails, what it had confirmed is all that was handed out",
    { timeout: 300_000 },
    async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 0, max: 4 }),
          async (failsAt, turns) => {
            faults = [];
            const told: Error[] = [];
            const world = await openWorld(`${path}.fault${run++}`, {
              onDiskFault: (fault) => told.push(fault),
              foldLimits: EAGER,
            });
            const { storage, disk, chatId } = world;
            const syncsBefore = disk.begun;
            disk.turns = () => {
              if (disk.begun - syncsBefore === failsAt) disk.failure = new Error("EIO");
              return turns;
            };
            const handedOut: HandedOut[] = [];
            const codes = new Set<string | undefined>();
            for (let wave = 0; told.length === 0 && wave < 50; wave++) {
              const ids = [freshIds(2), freshIds(1)];
              await Promise.all([
                ...ids.map((clientIds) =>
                  storage.transact([sendOf(world, clientIds)], ([result]) => {
                    codes.add(codeOf(result));
                    if (!result?.ok) return;
                    handedOut.push({ what: "ack", clientIds, synced: disk.images.length });
                  }),
                ),
                shownIds(world).then(
                  (clientIds) =>
                    void handedOut.push({ what: "read", clientIds, synced: disk.images.length }),
                  (error: unknown) => {
                    expect(error).toBeInstanceOf(DurabilityError);
                  },
                ),
              ]);
            }
            expectDurable(world, handedOut);
            expect([...codes].filter((code) => code !== "ok")).toEqual(["shutting_down"]);
            expect(told).toHaveLength(1);
            // From then on everything is refused, though the disk seems well again.
            disk.failure = undefined;
            const late = await storage.transact([sendOf(world, freshIds(1))]);
            expect(late.map(codeOf)).toEqual(["shutting_down"]);
            await expect(storage.watermark()).rejects.toBeInstanceOf(DurabilityError);
            await expect(storage.events(chatId, ALL, WHOLE)).rejects.toBeInstanceOf(
              DurabilityError,
            );
            await storage.close();
            expect(disk.isClosed).toBe(false);
          },
        ),
        { numRuns: 10 },
      );
    },
  );

  test("S4: the next group is committed while a sync runs, and its ack waits for its own", async () => {
    const world = await openWorld(path, { limits: { ...QUEUE_LIMITS, gatherCommands: 1 } });
    const { storage, disk } = world;
    disk.turns = () => "held";
    const acks: number[] = [];
    const begunBefore = disk.begun;
    const calls = [1, 2, 3].map((n) =>
      storage.transact([sendOf(world, freshIds(1))], () => void acks.push(n)),
    );
    await until(() => disk.begun === begunBefore + 1);
    const other = new DatabaseSync(path, { readOnly: true });
    const stored = (): number =>
      Number(other.prepare("SELECT max(seq) AS n FROM events").get()?.["n"]);
    const before = stored();
    const fourth = storage.transact([sendOf(world, freshIds(1))], () => void acks.push(4));
    await until(() => stored() > before);
    expect({ acks, begun: disk.begun }).toEqual({ acks: [], begun: begunBefore + 1 });
    disk.release();
    await Promise.all(calls);
    expect(acks).toEqual([1, 2, 3]);
    await until(() => disk.begun === begunBefore + 2);
    disk.turns = () => 0;
    disk.release();
    await fourth;
    expect(acks).toEqual([1, 2, 3, 4]);
    other.close();
    await storage.close();
  });

  test("few commands that arrive while a sync runs become one commit after it", async () => {
    const world = await openWorld(path);
    const { storage, disk } = world;
    const before = await storage.watermark();
    disk.turns = () => "held";
    const begunBefore = disk.begun;
    const first = storage.transact([sendOf(world, freshIds(1))]);
    await until(() => disk.begun === begunBefore + 1);
    const later = [1, 2, 3].map(async () => {
      await nextTurn();
      return storage.transact([sendOf(world, freshIds(1))]);
    });
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    disk.turns = () => 0;
    disk.release();
    await Promise.all([first, ...later]);
    expect(await storage.watermark()).toBe(before + 2);
    await storage.close();
  });

  test("S4, V50: a read of what no sync has confirmed waits for it, and closing does too", async () => {
    const world = await openWorld(path);
    const { storage, disk } = world;
    disk.turns = () => "held";
    const begunBefore = disk.begun;
    const [clientId] = freshIds(1);
    const sent = storage.transact([sendOf(world, [clientId!])]);
    await until(() => disk.begun === begunBefore + 1);
    let isRead = false;
    const read = shownIds(world).then((ids) => {
      isRead = true;
      return ids;
    });
    const closing = storage.close();
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    expect(isRead).toBe(false);
    disk.turns = () => 0;
    disk.release();
    expect(await read).toContain(clientId);
    expect((await sent).map(codeOf)).toEqual(["ok"]);
    await closing;
    expect(recoveredClientIds(path)).toContain(clientId);
  });

  test("V50: what waits for a slow disk is bounded: beyond, busy with a time to come back", async () => {
    const limits = { ...QUEUE_LIMITS, queuedCommands: 3, gatherCommands: 1 };
    const world = await openWorld(path, { limits });
    const { storage, disk } = world;
    disk.turns = () => "held";
    const begunBefore = disk.begun;
    const first = storage.transact([sendOf(world, freshIds(1)), sendOf(world, freshIds(1))]);
    await until(() => disk.begun === begunBefore + 1);
    const second = storage.transact([sendOf(world, freshIds(1))]);
    const [refused] = await storage.transact([sendOf(world, freshIds(1))]);
    expect(refused).toMatchObject({ ok: false, error: { code: "busy" } });
    expect(refused && !refused.ok && refused.error.retryAfterMs).toBeGreaterThan(0);
    disk.turns = () => 0;
    disk.release();
    expect((await Promise.all([first, second])).flat().map(codeOf)).toEqual(["ok", "ok", "ok"]);
    await storage.close();
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

describe("the log", () => {
  const limits = { passPages: 256, quietPages: 16, quietMs: 60_000, heldPages: 512, roomBytes: 0 };
  const PAGE_BYTES = 4_096;

  async function writeSteadily(storage: Storage, world: World, messages: number): Promise<number> {
    let most = 0;
    let left = messages;
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        while (left-- > 0) {
          const results = await storage.transact([sendOf(world, freshIds(1))]);
          expect(results.map(codeOf)).toEqual(["ok"]);
          most = Math.max(most, statSync(`${path}-wal`).size);
        }
      }),
    );
    return most;
  }

  async function openFolding(more: Partial<SqliteOptions>): Promise<World> {
    const storage = openTestStorage(path, faults, Date.now, { foldLimits: limits, ...more });
    const ana = await makeAccount(storage, "ana");
    const ben = await makeAccount(storage, "ben");
    const { chatId } = await commandsOn(storage).direct(ana, ben.accountId);
    return { storage, ana, chatId, disk: new FragileDisk(path) };
  }

  test("stays bounded under steady writes, and all of them are kept", async () => {
    const world = await openFolding({});
    const most = await writeSteadily(world.storage, world, 1_500);
    // What is written while a pass runs comes on top.
    expect(most).toBeLessThan(4 * limits.heldPages * PAGE_BYTES);
    const rows = await world.storage.events(world.chatId, ALL, WHOLE);
    expect(chainFaults(rows.map((row) => row.event))).toEqual([]);
    expect(rows).toHaveLength(1_501);
    await world.storage.close();
    expect(recoveredClientIds(path).size).toBeGreaterThanOrEqual(1_501);
    expect(faults).toEqual([]);
  });

  test("stays bounded where no thread can fold it", async () => {
    const world = await openFolding({
      startFoldThread() {
        throw new Error("no threads here");
      },
    });
    const most = await writeSteadily(world.storage, world, 1_000);
    expect(most).toBeLessThan(2 * limits.heldPages * PAGE_BYTES);
    await world.storage.close();
    expect(faults.map((fault) => fault.what)).toEqual(["no thread to fold the log"]);
  });

  test("S4: a disk that fails while the log is folded is not trusted any more", async () => {
    const told: Error[] = [];
    const { FoldError } = await import("./checkpoint-thread.ts");
    const world = await openFolding({
      onDiskFault: (fault) => told.push(fault),
      startFoldThread: () => ({
        fold: () => Promise.reject(new FoldError("disk I/O error", 1034)),
        cut: () => Promise.resolve(true),
        extend: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
    });
    while (told.length === 0) await world.storage.transact([sendOf(world, freshIds(1))]);
    const late = await world.storage.transact([sendOf(world, freshIds(1))]);
    expect(late.map(codeOf)).toEqual(["shutting_down"]);
    await world.storage.close();
  });

  const roomBytes = 1_048_576;

  test("has room in its file before it is written", async () => {
    const { storage } = await openFolding({ foldLimits: { ...limits, roomBytes } });
    expect(statSync(`${path}-wal`).size).toBe(roomBytes);
    await storage.close();
  });

  test("has room in its file again after it was emptied", async () => {
    const world = await openFolding({
      foldLimits: { ...limits, roomBytes },
      eraseLogAfterMs: 50,
    });
    const { storage } = world;
    const isEmptied = (): boolean => readFileSync(`${path}-wal`).equals(Buffer.alloc(roomBytes));
    await writeSteadily(storage, world, 20);
    const target = newId(ClientId);
    await storage.transact([sendOf(world, [target])]);
    const rel = { kind: "redact", target };
    const items = [textItem(world.chatId, "", { rel, notify: false })];
    const redact: SendMessages = { ...sendOf(world, []), items };
    await storage.transact([redact]);
    // Emptied and given its length again, the file holds nothing of what was there.
    await expect.poll(isEmptied, { timeout: 30_000 }).toBe(true);
    await writeSteadily(storage, world, 20);
    const rows = await storage.events(world.chatId, ALL, WHOLE);
    expect(chainFaults(rows.map((row) => row.event))).toEqual([]);
    expect(rows).toHaveLength(43);
    // A process that is killed leaves its log behind as it is.
    for (const end of ["", "-wal"]) copyFileSync(path + end, `${path}.left${end}`);
    expect(recoveredClientIds(`${path}.left`).size).toBeGreaterThanOrEqual(43);
    await storage.close();
    expect(faults).toEqual([]);
  });

  test("begins anew after a quiet moment", async () => {
    const world = await openFolding({ foldLimits: { ...limits, quietMs: 5 } });
    const { storage } = world;
    await writeSteadily(storage, world, 40);
    const other = new DatabaseSync(path);
    const pages = (): number[] => {
      const row = other.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
      return [Number(row["log"]), Number(row["checkpointed"])];
    };
    await expect.poll(() => pages()[0] === pages()[1], { timeout: 30_000 }).toBe(true);
    await storage.transact([sendOf(world, freshIds(1))]);
    expect(pages()[0]).toBeLessThan(16);
    other.close();
    await storage.close();
  });
});

describe("a process whose disk fails", () => {
  test("S4: ends with one line, and all that it acked is there", async () => {
    const script = new URL("../../testing/failing-disk.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "pipe"] });
    const [out, error, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once("exit", resolve)),
    ]);
    const acked = out.trim().split("\n");
    expect({ code, lines: error.trim().split("\n").length }).toEqual({ code: 1, lines: 1 });
    expect(error).toMatch(
      /^parley-server: the disk under .* failed \(.*EIO.*\)\. .*start it again\.$/m,
    );
    expect(acked.length).toBeGreaterThan(5);
    const known = recoveredClientIds(path);
    expect(acked.filter((clientId) => !known.has(clientId))).toEqual([]);
  });
});
