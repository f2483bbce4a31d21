import { hkdfSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncFolder, writeWhole } from "../backup/durable-files.ts";
import { StartupError, systemCode } from "./startup-error.ts";

const KEY_FILE = "session.key";
const KEY_BYTES = 32;

/** X2: what tokens are signed with. Never stored in the database. */
export type SessionKeys = { access: Buffer; refresh: Buffer };

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), `parley.${purpose}.1`, KEY_BYTES));
}

function createKey(keysDir: string, file: string): Buffer {
  const secret = randomBytes(KEY_BYTES);
  try {
    mkdirSync(keysDir, { recursive: true, mode: 0o700 });
    // Half a key would keep the next start from making a whole one.
    writeWhole(file, `${secret.toString("base64url")}\n`);
    syncFolder(dirname(keysDir));
  } catch {
    throw new StartupError(
      `The key file ${file} cannot be written: change the permissions of its folder, or make room.`,
    );
  }
  return secret;
}

function readKey(file: string): Buffer | undefined {
  try {
    return Buffer.from(readFileSync(file, "utf8").trim(), "base64url");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw new StartupError(`The key file ${file} cannot be read: change its permissions.`);
  }
}

/**
 * X2: loads the key of this server's sessions from a file that only its user can read, or makes it
 * on the first start. Losing the file signs everybody out and nothing else.
 * Throws a StartupError when the file is damaged: a new key would silently end every session.
 */
export function loadSessionKeys(keysDir: string): SessionKeys {
  const file = join(keysDir, KEY_FILE);
  const secret = readKey(file) ?? createKey(keysDir, file);
  if (secret.length !== KEY_BYTES) {
    throw new StartupError(
      `The key file ${file} is damaged: restore it from a backup, or delete it to sign everybody out.`,
    );
  }
  return { access: derive(secret, "access"), refresh: derive(secret, "refresh") };
}
