import type { Write } from "./command.ts";
import type { ErasureRow } from "./rows.ts";

/**
 * S13: the log of erased messages, kept outside the database: a database brought back from a backup
 * does not know of later erasures, and the log tells it.
 */
export interface ErasedLog {
  /** Resolves when the rows are synced to the disk; rejects if they cannot be. */
  append(rows: readonly ErasureRow[]): Promise<void>;
}

/** The erasures among what a group writes. */
export function erasuresIn(writes: readonly Write[]): ErasureRow[] {
  return writes.flatMap((write) => (write.put === "erasure" ? [write.row] : []));
}
