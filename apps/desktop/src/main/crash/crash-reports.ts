import { mkdirSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Log } from "@parley/client/connection/ports.ts";
import type { CrashReport } from "@parley/protocol/bridge/shell.ts";
import { redact } from "../logs/redact.ts";

/** Older reports make room: they are of builds that nobody runs any more. */
const MAX_REPORTS = 20;
const MAX_TEXT_UNITS = 200_000;
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const NAME = /^(\d{13})-([a-z-]{1,40})-([0-9a-f]{8})\.txt$/;

type Options = {
  folder: string;
  homeDir: string;
  clock: Pick<Clock, "nowMs">;
  log: Log;
  /** What the app and this machine are, one `name: value` a line. */
  about: readonly string[];
};

/** What crashed: `page`, `main`, or what the system calls a helper, as letters and dashes. */
function partName(what: string): string {
  const name = what
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "-")
    .slice(0, 40);
  return name.replaceAll(/^-|-$/g, "") || "unknown";
}

/**
 * Crash reports as texts in a folder of the user's own. Nothing is ever sent from here: the user reads one,
 * and hands it on or deletes it. Redacted before it is written.
 */
export class CrashReports {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Writes a report at once, as the process may be about to end. Never throws. */
  add(what: string, details: string): void {
    const { folder, homeDir, clock, log, about } = this.#options;
    const nowMs = clock.nowMs();
    const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const at = String(Math.max(0, nowMs)).padStart(13, "0");
    const id = `${at}-${partName(what)}-${random.toString(16).padStart(8, "0")}`;
    const lines = [
      `what: ${what}`,
      `when: ${new Date(nowMs).toISOString()}`,
      ...about,
      "",
      details,
    ];
    const text = redact(lines.join("\n"), homeDir).slice(0, MAX_TEXT_UNITS).toWellFormed();
    try {
      mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
      writeFileSync(join(folder, `${id}.txt`), text, { mode: PRIVATE_FILE, flag: "wx" });
    } catch (error) {
      log.warn("A crash report could not be kept.", { error: String(error) });
    }
    void this.#tidy();
  }

  /** The kept reports, newest first. */
  async list(): Promise<CrashReport[]> {
    const reports: CrashReport[] = [];
    for (const file of await this.#files()) {
      const [, at = "", what = ""] = NAME.exec(file) ?? [];
      const found = await stat(join(this.#options.folder, file)).catch(() => undefined);
      // Deleted, or made room, meanwhile.
      if (!found) continue;
      reports.push({ id: file.slice(0, -4), atMs: Number(at), what, sizeBytes: found.size });
    }
    return reports.toReversed();
  }

  /** The text of a report; undefined if there is none of this name. */
  async read(id: string): Promise<string | undefined> {
    const file = this.#fileOf(id);
    return file === undefined ? undefined : readFile(file, "utf8").catch(() => undefined);
  }

  async remove(id: string): Promise<void> {
    const file = this.#fileOf(id);
    if (file !== undefined) await rm(file, { force: true });
  }

  #fileOf(id: string): string | undefined {
    return NAME.test(`${id}.txt`) ? join(this.#options.folder, `${id}.txt`) : undefined;
  }

  async #files(): Promise<string[]> {
    const files = await readdir(this.#options.folder).catch(() => []);
    return files.filter((file) => NAME.test(file)).toSorted();
  }

  async #tidy(): Promise<void> {
    for (const file of (await this.#files()).slice(0, -MAX_REPORTS)) {
      await rm(join(this.#options.folder, file), { force: true });
    }
  }
}
