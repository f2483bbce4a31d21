import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { verifyFile } from "../../apps/server/src/cli/verify-file.ts";

/** What a database says that it holds, or what is wrong with it. */
export type DatabaseReport = { events: number; clientIds: Set<string>; faults: string[] };

/**
 * Looks through the database of a server that does not run, with the code behind `parley-server verify`:
 * SQLite's own check, every chat from its first event to its head, hash by hash (S2a), and every number.
 */
export async function checkDatabase(dataDir: string): Promise<DatabaseReport> {
  const path = join(dataDir, "parley.db");
  const { faults, faultCount, totals } = await verifyFile(path);
  const more = faultCount > faults.length ? [`${faultCount} faults in all`] : [];
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = db.prepare("SELECT client_id FROM events").all();
    const clientIds = new Set(rows.map((row) => String(row["client_id"])));
    return { events: totals.events, clientIds, faults: [...faults, ...more] };
  } finally {
    db.close();
  }
}
