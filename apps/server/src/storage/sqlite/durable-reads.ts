import type { Durability } from "../durability.ts";
import type { StorageReads } from "../port.ts";

type Read = (...args: unknown[]) => Promise<unknown>;

function isRead(value: unknown): value is Read {
  return typeof value === "function";
}

/**
 * S4: a read sees commits that are not yet synced. What it found is handed out only once they are:
 * else a power loss could leave clients knowing what the server no longer knows.
 */
export function durableReads(reads: StorageReads, durability: Durability): StorageReads {
  const guarded: Record<string, Read> = {};
  for (const [name, read] of Object.entries<unknown>({ ...reads })) {
    if (!isRead(read)) throw new TypeError(`${name} is no read.`);
    guarded[name] = async (...args) => {
      const found = await read(...args);
      await durability.synced();
      return found;
    };
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- same names, same arguments, same answers
  return guarded as unknown as StorageReads;
}
