import { rmSync } from "node:fs";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPayload } from "@parley/protocol/content.ts";
import { openStorage } from "../cli/open-core.ts";
import { makeDemo } from "../cli/make-demo.ts";
import { dataFolderAt } from "../config/data-folder.ts";
import { createPasswordHasher } from "../features/accounts/password.ts";
import type { Storage } from "../storage/port.ts";
import { temporaryFolder } from "../testing/temporary-server.ts";
import { DEMO_CHATS } from "./demo-chats.ts";
import type { DemoSignIn } from "./fill-demo.ts";
import { DEMO_PEOPLE } from "./people.ts";
import { seededRandom } from "./random.ts";
import { demoTimeline } from "./timeline.ts";

const NOW = Date.UTC(2026, 10, 22, 15, 30);
const WEEK_MS = 7 * 86_400_000;
const log = pino({ level: "silent" });

describe("the demo's conversations", () => {
  const handles = new Set(DEMO_PEOPLE.map(({ handle }) => handle));
  const lines = DEMO_CHATS.flatMap((chat) => chat.scenes.flatMap((scene) => scene.lines));

  test("are a dozen people and some hundred messages in many scripts", () => {
    expect(handles.size).toBeGreaterThanOrEqual(12);
    expect(lines.length).toBeGreaterThan(250);
    const text = lines.map(([, words]) => words).join("\n");
    for (const script of ["Arabic", "Hebrew", "Devanagari", "Hiragana", "Han"]) {
      expect(text).toMatch(new RegExp(`\\p{Script=${script}}{2}`, "u"));
    }
    expect(text).toMatch(/\p{Extended_Pictographic}/u);
    expect(text.isWellFormed()).toBe(true);
  });

  test("name only people of the demo, speaking in their own chats, and arrears that hold", () => {
    for (const chat of DEMO_CHATS) {
      const speakers = chat.scenes.flatMap((scene) => scene.lines.map(([handle]) => handle));
      for (const handle of [...chat.members, ...speakers]) expect(handles).toContain(handle);
      for (const speaker of speakers) expect(chat.members).toContain(speaker);
      for (const [handle, { unread }] of Object.entries(chat.behind ?? {})) {
        expect(chat.members).toContain(handle);
        // Whoever wrote later has read what came before.
        expect(speakers.slice(-unread)).not.toContain(handle);
      }
    }
  });

  test("are the same for the same time, in order, and end before now", () => {
    const steps = demoTimeline(DEMO_CHATS, NOW, seededRandom(1));
    expect(demoTimeline(DEMO_CHATS, NOW, seededRandom(1))).toEqual(steps);
    const times = steps.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.max(...times)).toBeLessThanOrEqual(NOW);
    expect(Math.min(...times)).toBeLessThan(NOW - 4 * WEEK_MS);
  });

  test("scenes of a chat do not run into each other", () => {
    const steps = demoTimeline(DEMO_CHATS, NOW, seededRandom(1));
    DEMO_CHATS.forEach((chat, index) => {
      const said = steps.flatMap((step) =>
        step.chat === index && step.kind === "say" ? [step.text] : [],
      );
      expect(said).toEqual(chat.scenes.flatMap((scene) => scene.lines.map(([, text]) => text)));
    });
  });
});

describe("a server filled with the demo", () => {
  const dataDir = temporaryFolder();
  const folder = dataFolderAt(dataDir);
  let storage: Storage;
  let signIns: DemoSignIn[];

  beforeAll(async () => {
    signIns = await makeDemo(folder, { log, nowMs: NOW, reachable: false });
    storage = openStorage({ folder, log, nowMs: Date.now });
  });
  afterAll(async () => {
    await storage.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("tells two sign-ins that work", async () => {
    const hasher = createPasswordHasher();
    expect(signIns.map(({ handle }) => handle)).toEqual(["mara", "tomas"]);
    for (const { handle, password } of signIns) {
      const account = await storage.accountByHandle(handle);
      expect(await hasher.verify(account?.passwordHash, password)).toBe(true);
    }
  });

  test("S9: leaves the two sign-ins the unread messages that it means to", async () => {
    for (const handle of ["mara", "tomas"]) {
      const account = await storage.accountByHandle(handle);
      if (!account) throw new Error(`no ${handle}`);
      const changed = await storage.changedChats(account.accountId, 0, null, 100);
      const views = await storage.chatViews(
        account.accountId,
        changed.map(({ chatId }) => chatId),
      );
      const expected = DEMO_CHATS.flatMap((chat) => chat.behind?.[handle]?.unread ?? []);
      const unread = views.map((view) => view.unread).filter((count) => count > 0);
      expect(unread.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
      const dates = views.map(({ chat }) => chat.createdAt);
      expect(Math.max(...dates)).toBeLessThan(NOW);
    }
  });

  test("S2a: writes payloads that a client opens as text", async () => {
    const account = await storage.accountByHandle("tomas");
    if (!account) throw new Error("no tomas");
    const cut = { order: "newest" as const, limit: 200, maxBytes: 1e6 };
    const [last] = await storage.events(account.selfChatId, { from: 2, to: 100 }, cut);
    const content = openPayload("none", last?.event.payload ?? "");
    expect(content.type === "text" && content.text).toContain("Levels lent out");
  });

  test("is refused on a folder that holds data, which stays as it is", async () => {
    const before = (await storage.accounts(100)).length;
    await expect(makeDemo(folder, { log, nowMs: NOW, reachable: false })).rejects.toThrow(
      /--demo needs an empty data folder/,
    );
    expect(await storage.accounts(100)).toHaveLength(before);
  });

  test("has no public password where others can reach it", async () => {
    const other = temporaryFolder();
    const secret = await makeDemo(dataFolderAt(other), { log, nowMs: NOW, reachable: true });
    for (const { password } of secret) expect(password).toMatch(/^[\w-]{16}$/);
    rmSync(other, { recursive: true, force: true });
  });
});
