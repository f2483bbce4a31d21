import { spawn } from "node:child_process";
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { ChatId } from "@parley/protocol/ids.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readErasedLog } from "../../backup/erased-log-file.ts";
import { verifyFile } from "../../cli/verify-file.ts";
import { commandsOn } from "../../testing/commands.ts";
import { makeAccount } from "../../testing/test-accounts.ts";
import {
  expectNoFaults,
  type Faults,
  openTestStorage,
  temporaryFolder,
} from "../../testing/test-server.ts";
import { type OpenFault, StorageOpenError } from "../port.ts";
import { storageContract } from "../testing/contract-suite.ts";
import { startFoldThread } from "./checkpoint-thread.ts";
import { FOLD_LIMITS } from "./checkpointer.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";

storageContract("sqlite on a file", async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, "parley.db");
  const faults: Faults = [];
  const under = {
    storage: openTestStorage(path, faults),
    async reopen() {
      await under.storage.close();
      under.storage = openTestStorage(path, faults);
      return under.storage;
    },
    async close() {
      await under.storage.close();
      folder.remove();
      expectNoFaults(faults);
    },
  };
  return under;
});

describe("a database file", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, "parley.db");
  });
  afterEach(() => folder.remove());

  async function fill(): Promise<ChatId> {
    const storage = openTestStorage(path);
    const run = commandsOn(storage);
    const ana = await makeAccount(storage, "ana");
    const ben = await makeAccount(storage, "ben");
    const { chatId } = await run.direct(ana, ben.accountId);
    for (let i = 0; i < 200; i++) await run.say(ana, chatId, "x".repeat(400));
    await storage.close();
    return chatId;
  }

  function faultOf(open: () => unknown): OpenFault | undefined {
    try {
      open();
      return undefined;
    } catch (error) {
      if (error instanceof StorageOpenError) return error.fault;
      throw error;
    }
  }

  test.each(MIGRATIONS.map((_step, index) => index + 1))(
    "opens with data of version %i and is brought to the newest",
    (version) => {
      openDatabase(path, MIGRATIONS.slice(0, version)).close();
      const db = openDatabase(path);
      expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
      expect(db.prepare("SELECT count(*) AS n FROM meta").get()).toEqual({ n: 1 });
      db.close();
    },
  );

  test("a later step is applied to the data that is there", async () => {
    await fill();
    const later = [...MIGRATIONS, "ALTER TABLE accounts ADD COLUMN later TEXT DEFAULT 'added'"];
    const db = openDatabase(path, later);
    expect(db.prepare("SELECT later FROM accounts").all()).toHaveLength(2);
    db.close();
  });

  test("a step that fails leaves the file as it was", async () => {
    await fill();
    const broken = [...MIGRATIONS, "ALTER TABLE accounts ADD COLUMN a TEXT; SELECT broken FROM x"];
    expect(() => openDatabase(path, broken)).toThrow(StorageOpenError);
    const storage = openTestStorage(path);
    expect(await storage.accounts(5)).toHaveLength(2);
    await storage.close();
  });

  test("of a newer version is refused and stays byte for byte as it is", async () => {
    await fill();
    const newer = [...MIGRATIONS, "CREATE TABLE newer (a TEXT)"];
    openDatabase(path, newer).close();
    const before = readFileSync(path);
    const files = readdirSync(dirname(path));
    expect(faultOf(() => openTestStorage(path))).toBe("newer-version");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(files);
  });

  test("that is damaged is refused and stays byte for byte as it is", async () => {
    await fill();
    const sound = readFileSync(path);
    const damage: [string, () => void][] = [
      ["no database", () => writeFileSync(path, "not a database at all, just text")],
      ["cut short", () => truncateSync(path, sound.length / 2)],
      ["pages overwritten", () => writeFileSync(path, overwritten(sound))],
    ];
    for (const [what, harm] of damage) {
      writeFileSync(path, sound);
      harm();
      const before = readFileSync(path);
      const fault = faultOf(() => openTestStorage(path));
      const isUntouched = readFileSync(path).equals(before);
      expect({ what, fault, isUntouched }).toEqual({ what, fault: "damaged", isUntouched: true });
    }
  });

  function overwritten(sound: Buffer): Buffer {
    const bytes = Buffer.from(sound);
    bytes.fill(0x5a, 8 * 4096, 20 * 4096);
    return bytes;
  }

  test("of another program is refused", () => {
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE theirs (a TEXT)");
    other.close();
    expect(faultOf(() => openTestStorage(path))).toBe("damaged");
  });

  test("in a folder that is no folder is not writable", () => {
    writeFileSync(join(folder.path, "file"), "");
    expect(faultOf(() => openTestStorage(join(folder.path, "file", "x.db")))).toBe("not-writable");
  });

  test("S8: the forgetting of old receipts is folded like all else, with no commit after it", async () => {
    await openTestStorage(path).close();
    const db = new DatabaseSync(path);
    db.exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) " +
        "INSERT INTO receipt_moves (chat_id, account_id, kind, seq, at) SELECT 'c', 'a', 'read', i, 1 FROM n",
    );
    db.close();
    const isFolded = Promise.withResolvers<void>();
    const storage = openTestStorage(path, [], Date.now, {
      foldLimits: { ...FOLD_LIMITS, quietPages: 1, quietMs: 1 },
      eraseLogAfterMs: 3_600_000,
      startFoldThread: (file) => {
        const thread = startFoldThread(file);
        const fold = (): Promise<void> => thread.fold().finally(isFolded.resolve);
        return { ...thread, fold };
      },
    });
    expect(await storage.pruneReceiptMoves(2)).toBe(10_000);
    await isFolded.promise;
    await storage.close();
  });

  test("an empty file is a fresh start", async () => {
    writeFileSync(path, "");
    const storage = openTestStorage(path);
    expect(await storage.hasAccounts()).toBe(false);
    await storage.close();
  });

  test("a log that was left behind is recovered", async () => {
    await fill();
    const storage = openTestStorage(path);
    await makeAccount(storage, "cleo");
    const copy = join(folder.path, "copy.db");
    for (const end of ["", "-wal"]) copyFileSync(path + end, copy + end);
    await storage.close();
    const recovered = openTestStorage(copy);
    expect(await recovered.accounts(5)).toHaveLength(3);
    await recovered.close();
    rmSync(copy);
  });

  test("another process may write in between: changes stay single and rising", async () => {
    await fill();
    const [one, two] = [openTestStorage(path), openTestStorage(path)];
    const before = await one.watermark();
    await makeAccount(one, "cleo");
    await makeAccount(two, "dora");
    await makeAccount(one, "emil");
    expect(await one.watermark()).toBe(before + 3);
    await one.close();
    await two.close();
  });
});

describe("kill -9", () => {
  // Processes start one after the other, which takes a busy machine its time.
  const timeout = 120_000;
  test(
    "S4, S13: what was acked is there, all is whole, and deletions are logged",
    { timeout },
    async () => {
      const folder = temporaryFolder();
      const path = join(folder.path, "parley.db");
      let erasures = 0;
      for (const acks of [40, 200, 90, 17, 130]) {
        const { acked } = await writeUntilKilled(path, acks);
        // As the kill left it, log and all; then as the next start makes it.
        for (const state of ["killed", "started"]) {
          if (state === "started") await openTestStorage(path).close();
          expect(await verifyFile(path)).toMatchObject({ faults: [], faultCount: 0 });
          const db = new DatabaseSync(path, { readOnly: true });
          const rows = db.prepare("SELECT client_id, erased_seq FROM events").all();
          db.close();
          const stored = new Set(rows.map((row) => row["client_id"]));
          expect(acked.filter((clientId) => !stored.has(clientId))).toEqual([]);
          const erased = rows.filter((row) => row["erased_seq"] !== null);
          const log = await readErasedLog(join(folder.path, "erased.log"));
          const logged = new Set<unknown>(log.map((row) => row.clientId));
          erasures += erased.length;
          expect(erased.filter((row) => !logged.has(row["client_id"]))).toEqual([]);
        }
      }
      expect(erasures).toBeGreaterThan(0);
      folder.remove();
    },
  );
});

async function writeUntilKilled(
  path: string,
  acks: number,
): Promise<{ chatId: ChatId; acked: string[] }> {
  const script = new URL("../../testing/acking-writer.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === acks) child.kill("SIGKILL");
  }
  const [chatId, ...acked] = lines;
  // The last line may have been cut by the kill.
  return { chatId: ChatId.parse(chatId), acked: acked.filter((line) => line.length === 36) };
}
