import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-server.ts";
import { loadSessionKeys } from "./keys.ts";

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// There are no such limits on Windows.
test.skipIf(process.platform === "win32")(
  "X2: a start that ends amid the writing of the key leaves no half one, and the next start makes it",
  () => {
    const keysDir = join(folder, "keys");
    const module = fileURLToPath(new URL("./keys.ts", import.meta.url));
    const load = `(await import(${JSON.stringify(module)})).loadSessionKeys(${JSON.stringify(keysDir)})`;
    // The system ends the process, or refuses, at the first byte that it writes into a file.
    const command = 'ulimit -f 0; exec "$0" --input-type=module -e "$1"';
    const start = (): unknown =>
      execFileSync("sh", ["-c", command, process.execPath, load], { stdio: "ignore" });
    expect(start).toThrow();
    expect(existsSync(keysDir)).toBe(true);
    const made = loadSessionKeys(keysDir);
    expect(made.refresh).toHaveLength(32);
    expect(loadSessionKeys(keysDir)).toEqual(made);
  },
);
