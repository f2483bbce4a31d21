import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const temporary = new Set<string>();

/** A browser whose app was killed writes for a moment longer. */
const PATIENTLY = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

// Whatever a test forgot does not outlive the test run.
process.on("exit", () => {
  for (const folder of temporary) rmSync(folder, PATIENTLY);
});

/** A folder that is gone at the latest when the test run ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `parley-${name}-`));
  temporary.add(folder);
  return folder;
}

/** Removes a folder that `temporaryFolder` made; others stay. */
export async function removeTemporary(folder: string): Promise<void> {
  if (temporary.delete(folder)) await rm(folder, PATIENTLY);
}
