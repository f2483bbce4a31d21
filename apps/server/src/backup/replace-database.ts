import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { syncFile, syncFolder } from "./durable-files.ts";

/** Where what is replaced goes: a name that is free, with the time in it. */
function asideName(databaseFile: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "-");
  for (let count = 1; ; count++) {
    const name = `${databaseFile}.replaced-${time}${count === 1 ? "" : `-${count}`}`;
    if (!existsSync(name)) return name;
  }
}

/**
 * Puts `next`, a whole and closed database, in the place of the one that is there, which is kept. At
 * no moment, power cuts included, is there none in its place: a server would begin an empty one.
 * Answers where the former one is; undefined if there was none.
 */
export function replaceDatabase(
  databaseFile: string,
  next: string,
  nowMs: number,
): string | undefined {
  const folder = dirname(databaseFile);
  syncFile(next);
  const aside = existsSync(databaseFile) ? asideName(databaseFile, nowMs) : undefined;
  if (aside !== undefined) {
    keepAside(databaseFile, aside);
    // Its log belongs to the former one alone, and beside the next it would be taken for its own.
    for (const suffix of ["-wal", "-shm"]) {
      if (!existsSync(databaseFile + suffix)) continue;
      copyFileSync(databaseFile + suffix, aside + suffix);
      syncFile(aside + suffix);
    }
    syncFolder(folder);
  }
  for (const suffix of ["-wal", "-shm"]) rmSync(databaseFile + suffix, { force: true });
  syncFolder(folder);
  renameSync(next, databaseFile);
  syncFolder(folder);
  return aside;
}

function keepAside(databaseFile: string, aside: string): void {
  try {
    linkSync(databaseFile, aside);
  } catch {
    // No second name for a file on this disk: it takes a copy.
    copyFileSync(databaseFile, aside);
    syncFile(aside);
  }
}
