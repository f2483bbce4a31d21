import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MeasuredProcess } from "./measured-process.ts";
import { seedWorld } from "./seed-accounts.ts";
import type { Figures } from "./stats.ts";
import { Subject } from "./subject.ts";
import type { Plan, World } from "./world.ts";

const SERVER = "../../../apps/server/src/testing/bench-server.ts";

/** The real server with a data folder of its own, which goes when it is disposed of. */
export class ParleySubject extends Subject {
  readonly #dataDir: string;
  /** What the folder took when only the accounts and chats of the plan were in it. */
  readonly #bytesAtStart: number;

  constructor(
    url: string,
    world: World,
    server: MeasuredProcess,
    folder: { dataDir: string; bytesAtStart: number },
  ) {
    super("parley", url, world, server);
    this.#dataDir = folder.dataDir;
    this.#bytesAtStart = folder.bytesAtStart;
  }

  /** Stops the server, then says what its folder takes for each of `messages` stored. */
  async diskFigures(messages: number): Promise<Figures> {
    await this.server.stop();
    const grownBytes = bytesOf(this.#dataDir) - this.#bytesAtStart;
    return { "messages stored": messages, "bytes per message": grownBytes / messages };
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/**
 * Starts the real server with the plan's accounts and chats in a fresh data folder; `args` are those of
 * bench-server.ts.
 */
export async function startParley(
  plan: Plan,
  args: readonly string[] = [],
): Promise<ParleySubject> {
  const dataDir = mkdtempSync(join(tmpdir(), "parley-bench-"));
  let server: MeasuredProcess | undefined;
  try {
    const world = await seedWorld(dataDir, plan);
    const bytesAtStart = bytesOf(dataDir);
    server = new MeasuredProcess(SERVER, [`--data-dir=${dataDir}`, ...args]);
    const { url } = await server.ready();
    return new ParleySubject(url, world, server, { dataDir, bytesAtStart });
  } catch (error) {
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}
