import { appendFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Log } from "@parley/client/connection/ports.ts";
import { redact } from "./redact.ts";

const FILE = "parley.log";
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** Lines that wait for the disk; more are counted, not kept. */
const MAX_WAITING = 1_000;
const MAX_LINE_UNITS = 4_000;

type Options = {
  folder: string;
  homeDir: string;
  clock: Pick<Clock, "nowMs">;
  /** A file of this size is set aside. */
  maxBytes?: number;
  /** Files that are kept beside the one in use. */
  maxFiles?: number;
  /** Also said here, for who started the app in a terminal. */
  echo?: (line: string) => void;
};

function detailsText(details: unknown): string {
  if (details === undefined) return "";
  try {
    return ` ${JSON.stringify(details)}`;
  } catch {
    return " [details that cannot be written]";
  }
}

/**
 * A log in files that only the user can read, redacted before a line leaves memory. Writing never waits and
 * never fails the one who logs: lines go to the disk together, one write after the other.
 */
export class RotatingLog implements Log {
  readonly #options: Required<Pick<Options, "maxBytes" | "maxFiles">> & Options;
  #waiting: string[] = [];
  #lost = 0;
  #writing: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = { maxBytes: 1_000_000, maxFiles: 4, ...options };
  }

  get folder(): string {
    return this.#options.folder;
  }

  warn(message: string, details?: unknown): void {
    const { clock, homeDir, echo } = this.#options;
    const text = `${message}${detailsText(details)}`.slice(0, MAX_LINE_UNITS).toWellFormed();
    const said = redact(text, homeDir).replaceAll(/[\r\n]+/g, " | ");
    echo?.(said);
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(`${new Date(clock.nowMs()).toISOString()} ${said}\n`);
    this.#writing ??= this.#write();
  }

  /** Resolves once all that was logged is in the files. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // What is logged in one go is written in one.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting.splice(0);
        if (this.#lost > 0) lines.push(`${this.#lost} lines were too many and are lost\n`);
        this.#lost = 0;
        await this.#append(lines.join(""));
      }
    } catch {
      // A full or broken disk: there is nobody left to tell but the one who reads the terminal.
    } finally {
      this.#writing = undefined;
    }
  }

  async #append(text: string): Promise<void> {
    const { folder, maxBytes } = this.#options;
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    const file = join(folder, FILE);
    const sizeBytes = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    if (sizeBytes > 0 && sizeBytes + Buffer.byteLength(text) > maxBytes) await this.#rotate(file);
    await appendFile(file, text, { mode: PRIVATE_FILE });
  }

  async #rotate(file: string): Promise<void> {
    const { folder, maxFiles } = this.#options;
    for (const name of await readdir(folder)) {
      const nth = /^parley\.(\d+)\.log$/.exec(name)?.[1];
      if (nth !== undefined && Number(nth) >= maxFiles)
        await rm(join(folder, name), { force: true });
    }
    for (let nth = maxFiles - 1; nth >= 1; nth--) {
      const older = join(folder, `parley.${nth + 1}.log`);
      await rename(join(folder, `parley.${nth}.log`), older).catch(() => undefined);
    }
    await rename(file, join(folder, "parley.1.log"));
  }
}
