import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AccountId, ChatId, ClientId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ErasureRow } from "../storage/rows.ts";
import { temporaryFolder } from "../testing/temporary-server.ts";
import { ErasedLogFile, readErasedLog } from "./erased-log-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "erased.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const row = (seq: number): ErasureRow => ({
  chatId: newId(ChatId),
  clientId: newId(ClientId),
  seq,
  redact: {
    clientId: newId(ClientId),
    senderId: newId(AccountId),
    senderDeviceId: newId(DeviceId),
    at: 1_700_000_000_000,
  },
});

describe("log of erased messages", () => {
  it("S13: keeps what was appended, in order, also when appended at once", async () => {
    expect(await readErasedLog(path)).toEqual([]);
    const log = new ErasedLogFile(path);
    const rows = [row(1), row(2), row(3), row(4)];
    await Promise.all([log.append(rows.slice(0, 2)), log.append(rows.slice(2))]);
    expect(await readErasedLog(path)).toEqual(rows);
    expect(await readErasedLog(join(folder, "elsewhere.log"))).toEqual([]);
  });

  it("S13: a line torn by a power cut is passed over, and written over by the next", async () => {
    const rows = [row(1), row(2)];
    await new ErasedLogFile(path).append(rows.slice(0, 1));
    for (const torn of [`{"chatId":"${rows[1]?.chatId}`, "x".repeat(10_000)]) {
      appendFileSync(path, torn);
      expect(await readErasedLog(path)).toEqual(rows.slice(0, 1));
    }
    await new ErasedLogFile(path).append(rows.slice(1));
    expect(await readErasedLog(path)).toEqual(rows);
    writeFileSync(path, "torn from the very first");
    await new ErasedLogFile(path).append(rows);
    expect(await readErasedLog(path)).toEqual(rows);
  });

  it("S13: any other damaged line is named, never skipped in silence", async () => {
    await new ErasedLogFile(path).append([row(1)]);
    appendFileSync(path, '{"chatId":"?"}\n');
    await new ErasedLogFile(path).append([row(2)]);
    await expect(readErasedLog(path)).rejects.toThrow(/^Line 2 of .*erased\.log is damaged/);
  });

  it("S13: a log that cannot be written fails the erasure; the next one is whole again", async () => {
    rmSync(folder, { recursive: true });
    const log = new ErasedLogFile(path);
    await expect(log.append([row(1)])).rejects.toThrow(/ENOENT/);
    mkdirSync(folder);
    const second = row(2);
    await log.append([second]);
    expect(await readErasedLog(path)).toEqual([second]);
  });

  it.skipIf(process.platform === "win32")("is for the server's user alone", async () => {
    await new ErasedLogFile(path).append([row(1)]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(2);
  });
});
