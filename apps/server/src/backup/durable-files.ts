import { closeSync, fsyncSync, openSync } from "node:fs";

/** Brings a written file to the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Brings the names in a folder to the disk: what was made, renamed or removed there. */
export function syncFolder(path: string): void {
  // Windows neither opens folders nor needs it.
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
