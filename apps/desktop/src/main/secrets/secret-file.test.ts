import { mkdtempSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryLog } from "@parley/client/testing/memory-ports.ts";
import { afterAll, describe, expect, test } from "vitest";
import { JsonFile } from "../session/json-file.ts";
import { type Keyring, SecretFile } from "./secret-file.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-secrets-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
let count = 0;

/** A keyring that turns bytes around its key: enough to tell one key from another. */
function keyring(key: number, isAvailable = true): Keyring {
  const turn = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ key));
  return {
    isAvailable: () => Promise.resolve(isAvailable),
    encrypt: (secret) => Promise.resolve(turn(Buffer.from(`ok:${secret}`))),
    decrypt: (encrypted) => {
      const text = turn(encrypted).toString();
      return text.startsWith("ok:")
        ? Promise.resolve(text.slice(3))
        : Promise.reject(new Error("another key"));
    },
  };
}

function open(path: string, ring: Keyring, log = new MemoryLog()): SecretFile {
  return new SecretFile(new JsonFile(path, log), ring, log);
}
const freshPath = (): string => join(folder, `${count++}.json`);

describe("secrets", () => {
  test("X2: a token is unreadable on the disk, and there after a restart", async () => {
    const path = freshPath();
    await open(path, keyring(7)).set("refresh:a", "very-secret");
    const onDisk = await readFile(path, "utf8");
    expect(onDisk).not.toContain("very-secret");
    expect(onDisk).not.toContain(Buffer.from("very-secret").toString("base64").slice(0, 12));
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = open(path, keyring(7));
    expect(await again.get("refresh:a")).toBe("very-secret");
    expect(await again.kind()).toBe("encrypted");
    await again.delete("refresh:a");
    expect(await open(path, keyring(7)).get("refresh:a")).toBeUndefined();
  });

  test("X2: without a keyring it says so, and only this user reads the file", async () => {
    const path = freshPath();
    const secrets = open(path, keyring(7, false));
    expect(await secrets.kind()).toBe("plain");
    await secrets.set("refresh:a", "token");
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await open(path, keyring(7, false)).get("refresh:a")).toBe("token");
  });

  test("X2: once a keyring is there, the next token is encrypted", async () => {
    const path = freshPath();
    await open(path, keyring(7, false)).set("refresh:a", "one");
    const secrets = open(path, keyring(7));
    expect(await secrets.get("refresh:a")).toBe("one");
    await secrets.set("refresh:a", "two-tokens");
    expect(await readFile(path, "utf8")).not.toContain("two-tokens");
  });

  test("another keyring means signing in again, not a crash", async () => {
    const path = freshPath();
    const log = new MemoryLog();
    await open(path, keyring(7)).set("refresh:a", "one");
    const other = open(path, keyring(9), log);
    expect(await other.get("refresh:a")).toBeUndefined();
    expect(JSON.stringify(log.lines)).not.toContain("one:");
    await other.set("refresh:a", "two");
    expect(await other.get("refresh:a")).toBe("two");
  });

  test("a keyring that fails to answer counts as none", async () => {
    const broken: Keyring = {
      ...keyring(7),
      isAvailable: () => Promise.reject(new Error("no bus")),
    };
    expect(await open(freshPath(), broken).kind()).toBe("plain");
  });
});
