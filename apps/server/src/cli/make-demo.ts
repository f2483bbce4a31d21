import { rmSync } from "node:fs";
import type { FastifyBaseLogger } from "fastify";
import { type DataFolder, hasDatabase } from "../config/data-folder.ts";
import { StartupError } from "../config/startup-error.ts";
import { type DemoSignIn, fillDemo } from "../demo/fill-demo.ts";
import { createPasswordHasher } from "../features/accounts/password.ts";
import { openStorage } from "./open-core.ts";

/** Refuses a folder that holds data: a demo never mixes with it. */
export function requireEmpty(folder: DataFolder): void {
  if (!hasDatabase(folder)) return;
  throw new StartupError(
    `--demo needs an empty data folder, and ${folder.dataDir} holds data already: leave --demo out, or choose another folder with --data-dir.`,
  );
}

/**
 * Fills the empty folder, whose lock the caller holds, by a clock of its own; storage is closed
 * again at the end. If it fails, the half-made database goes.
 */
export async function makeDemo(
  folder: DataFolder,
  options: { log: FastifyBaseLogger; nowMs: number; reachable: boolean },
): Promise<DemoSignIn[]> {
  requireEmpty(folder);
  let clockMs = options.nowMs;
  const storage = openStorage({ folder, log: options.log, nowMs: () => clockMs });
  let done = false;
  try {
    const signIns = await fillDemo({
      storage,
      hasher: createPasswordHasher(),
      setClock: (nowMs) => {
        clockMs = nowMs;
      },
      nowMs: options.nowMs,
      reachable: options.reachable,
    });
    done = true;
    return signIns;
  } finally {
    await storage.close();
    if (!done) {
      for (const suffix of ["", "-wal", "-shm"]) {
        rmSync(`${folder.databaseFile}${suffix}`, { force: true });
      }
    }
  }
}
