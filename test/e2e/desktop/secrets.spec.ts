import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { sendSignUp, signUpInWindow } from "../../support/desktop-person.ts";
import { chatList, expectOnline } from "../../support/person.ts";
import { startRecordingProxy } from "../../support/recording-proxy.ts";
import { startServer } from "../../support/server-process.ts";

/** Every token that went over the wire, by its name in the protocol. */
function tokensIn(text: string): string[] {
  const found = text.matchAll(/"(?:access|refresh)Token":"([^"]+)"/g);
  return [...new Set([...found].map(([, token = ""]) => token))];
}

/** What is in a file; nothing if it is gone: the app and its browser go on while one looks. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return Buffer.alloc(0);
    throw error;
  }
}

/** The files below a folder that contain one of the texts, in any of the encodings files use. */
function filesWith(folder: string, texts: readonly string[]): string[] {
  const needles = texts.flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, "utf16le"),
    Buffer.from(Buffer.from(text).toString("base64").replace(/=+$/, "")),
  ]);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = contentOf(file);
      return needles.some((needle) => content.includes(needle));
    });
}

/** Everything that the page's heap holds, all worlds of it. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.takeHeapSnapshot", { captureNumericValue: false });
  await session.detach();
  return chunks.join("");
}

/** Everything that the page's origin has stored, as text. */
async function storageOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const kept: unknown[] = [
      document.cookie,
      Object.entries(localStorage),
      Object.entries(sessionStorage),
    ];
    for (const { name = "" } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.addEventListener("success", () => resolve(opening.result));
        opening.addEventListener("error", () => reject(opening.error as Error));
      });
      for (const store of db.objectStoreNames) {
        const all = db.transaction(store).objectStore(store).getAll();
        await new Promise((resolve) => all.addEventListener("success", resolve));
        kept.push(name, store, all.result);
      }
      db.close();
    }
    return JSON.stringify(kept);
  });
}

/** The stand-in brings its own; the real runtime takes the machine's. */
async function lacksKeyring(page: Page): Promise<boolean> {
  const state = await page.evaluate(() => {
    type Host = { call(name: string, body: object): Promise<{ value: { secrets: string } }> };
    return (globalThis as unknown as { parleyHost: Host }).parleyHost.call("shell:state", {});
  });
  return state.value.secrets === "plain";
}

test("X2: tokens are unreadable on disk and absent from every renderer", async () => {
  await using server = await startServer();
  await using proxy = await startRecordingProxy(server.port);
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  await signUpInWindow(page, proxy.url, "Ada Adeyemi", "ada");
  test.skip(await lacksKeyring(page), "this machine has no keyring");
  const tokens = tokensIn(proxy.seen());
  expect(tokens.length).toBeGreaterThanOrEqual(2);

  // A text that is in the page is found: the search would find a token too.
  await page.evaluate(() => {
    localStorage.setItem("probe", "a-text-that-the-page-does-hold");
  });
  const [storage, heap] = [await storageOf(page), await heapOf(page)];
  expect(storage).toContain("a-text-that-the-page-does-hold");
  expect(heap).toContain("Ada Adeyemi");
  for (const token of tokens) {
    expect(storage.includes(token)).toBe(false);
    expect(heap.includes(token)).toBe(false);
  }
  expect(filesWith(desktop.userDataDir, tokens)).toEqual([]);

  await desktop.quit();
  const all = tokensIn(proxy.seen());
  expect(filesWith(desktop.userDataDir, ["a-text-that-the-page-does-hold"])).not.toEqual([]);
  expect(filesWith(desktop.userDataDir, all)).toEqual([]);
});

test("X2: without a keyring the app warns, and only this user can read the file", async () => {
  await using server = await startServer();
  await using proxy = await startRecordingProxy(server.port);
  const env = { STAND_IN_NO_KEYRING: "1" };
  await using desktop = await startDesktop({ env, args: ["--password-store=basic"] });
  test.skip(
    desktop.kind === "electron" && process.platform !== "linux",
    "the other systems always have a keyring",
  );
  const page = await desktop.firstWindow();
  await sendSignUp(page, proxy.url, "Ada Adeyemi", "ada");
  const warning = page.getByRole("dialog", { name: "No keyring on this computer" });
  await warning.getByRole("button", { name: "Understood" }).click();
  await expect(chatList(page)).toBeVisible();
  const keeping = (): string[] => filesWith(desktop.userDataDir, tokensIn(proxy.seen()));
  await expect.poll(keeping).toHaveLength(1);
  const files = keeping();
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  await desktop.quit();
  await using again = await desktop.relaunch();
  await expectOnline(await again.firstWindow());
});
