import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * The environment of a desktop where somebody shows tray icons, or nobody does, whatever this machine
 * has: the programs by which an app asks the session bus are replaced by ones that answer so.
 */
export function trayHostEnv(isThere: boolean): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "parley-tray-host-"));
  mkdirSync(folder, { recursive: true });
  for (const name of ["gdbus", "busctl", "dbus-send"]) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\necho "(${isThere},)"\n`);
    chmodSync(file, 0o755);
  }
  return { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` };
}
