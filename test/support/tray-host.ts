import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { temporaryFolder } from "../electron-host/driver/folders.ts";

/**
 * The environment of a desktop where somebody shows tray icons, or nobody does, whatever this machine
 * has: the programs by which an app asks the session bus are replaced by ones that answer so.
 */
export function trayHostEnv(isThere: boolean): Record<string, string> {
  const folder = temporaryFolder("tray-host");
  for (const name of ["gdbus", "busctl", "dbus-send"]) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\necho "(${isThere},)"\n`);
    chmodSync(file, 0o755);
  }
  return { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` };
}
