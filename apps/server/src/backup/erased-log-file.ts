import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { SeqMark, TimestampMs } from "@parley/protocol/event.ts";
import { AccountId, ChatId, ClientId, DeviceId } from "@parley/protocol/ids.ts";
import { z } from "zod";
import { StartupError, systemCode } from "../config/startup-error.ts";
import type { ErasedLog } from "../storage/erased-log.ts";
import type { ErasureRow } from "../storage/rows.ts";
import { syncFolder } from "./durable-files.ts";

const NEWLINE = 0x0a;

const Line = z.object({
  chatId: ChatId,
  clientId: ClientId,
  seq: SeqMark,
  redact: z.object({
    clientId: ClientId,
    senderId: AccountId,
    senderDeviceId: DeviceId,
    at: TimestampMs,
  }),
});

/**
 * S13: the log of erased messages as a file: one line of JSON each, only ever appended to, never
 * pruned. It names messages and holds nothing of their text. Whoever appends holds the folder's lock.
 */
export class ErasedLogFile implements ErasedLog {
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** One after the other; opened anew each time, since deletions are rare. */
  append(rows: readonly ErasureRow[]): Promise<void> {
    const appended = this.#last.then(() => appendRows(this.#path, rows));
    this.#last = appended.catch(() => undefined);
    return appended;
  }
}

async function appendRows(path: string, rows: readonly ErasureRow[]): Promise<void> {
  const { file, isNew } = await openLog(path);
  try {
    const end = isNew ? 0 : await endOfLines(file);
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    // What a power cut left of a line was never acknowledged: it is written over.
    await file.truncate(end);
    for (let done = 0; done < bytes.length;) {
      done += (await file.write(bytes, done, bytes.length - done, end + done)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (isNew) syncFolder(dirname(path));
}

async function openLog(path: string): Promise<{ file: FileHandle; isNew: boolean }> {
  try {
    return { file: await open(path, "r+"), isNew: false };
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    return { file: await open(path, "wx+", 0o600), isNew: true };
  }
}

/** Where the last whole line ends. */
async function endOfLines(file: FileHandle): Promise<number> {
  let { size } = await file.stat();
  const chunk = Buffer.alloc(4096);
  while (size > 0) {
    const from = Math.max(0, size - chunk.length);
    const { bytesRead } = await file.read(chunk, 0, size - from, from);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
    size = from;
  }
  return 0;
}

/**
 * Everything in the log, oldest first; nothing if there is no file. A torn last line is passed over:
 * it was never acknowledged. Throws a StartupError that names any other line it cannot read.
 */
export async function readErasedLog(path: string): Promise<ErasureRow[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw new StartupError(`The log of deleted messages ${path} cannot be read.`);
  }
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.slice(0, -1).map((line, index) => parseLine(path, line, index + 1));
}

function parseLine(path: string, line: string, number: number): ErasureRow {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    throw new StartupError(
      `Line ${number} of ${path} is damaged: take the line out to go on without what it says.`,
    );
  }
}
