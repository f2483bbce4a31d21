import { reviseDraft } from "@parley/client/sync/drafts.ts";
import { textPayload } from "@parley/protocol/content.ts";
import { type AccountId, ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type ValueKey, valueKey, writeValue } from "@parley/protocol/values.ts";
import { afterEach, expect, test, vi } from "vitest";

import { type ServerProcess, startServer } from "../support/server-process.ts";
import { CHAOS_PASSWORD, ChaosDevice } from "./device.ts";

const WITHIN = { timeout: 60_000, interval: 25 };

let server: ServerProcess | undefined;
const devices: ChaosDevice[] = [];

afterEach(async () => {
  for (const device of devices.splice(0)) await device.crash();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

async function startOpen(port?: number, dataDir?: string): Promise<ServerProcess> {
  const again = { ...(port !== undefined && { port }), ...(dataDir !== undefined && { dataDir }) };
  server = await startServer({ args: ["--sign-up=open"], ...again });
  return server;
}

function device(serverUrl: string): ChaosDevice {
  const made = new ChaosDevice({ serverUrl });
  devices.push(made);
  return made;
}

/** Ana at the desk and on the sofa, and Ben. */
async function three() {
  const { url } = await startOpen();
  const [desk, sofa, ben] = [device(url), device(url), device(url)];
  await desk.signUp("ana");
  await sofa.signIn("ana");
  await ben.signUp("ben");
  await allLive(desk, sofa, ben);
  return { desk, sofa, ben };
}

async function allLive(...all: ChaosDevice[]): Promise<void> {
  await vi.waitFor(() => expect(all.every((one) => one.isLive)).toBe(true), WITHIN);
}

const me = (one: ChaosDevice): AccountId => one.account.me.accountId;

/** A chat that one device makes and the others come to know. */
async function chatOf(
  by: ChaosDevice,
  name: "chat:create-direct" | "chat:create-group",
  accountIds: AccountId[],
  known: readonly ChaosDevice[],
): Promise<ChatId> {
  const { engine } = by.running;
  const chatId = newId(ChatId);
  const [accountId] = accountIds;
  if (accountId === undefined) throw new Error("A chat is with somebody.");
  const made =
    name === "chat:create-direct"
      ? await engine.link.request(name, { chatId, accountId })
      : await engine.link.request(name, { chatId, title: "Everyone", accountIds });
  if (!made.ok) throw new Error(made.error.message);
  await engine.ingest([{ kind: "chat", change: 0, ...made.value }]);
  await vi.waitFor(async () => {
    for (const one of known) expect(await rowOf(one, chatId)).toBeDefined();
  }, WITHIN);
  return chatId;
}

const rowOf = async (one: ChaosDevice, chatId: ChatId) =>
  (await one.running.cache.read((reads) => reads.chats([chatId])))[0];

const valueOn = async (one: ChaosDevice, key: ValueKey): Promise<string | null> =>
  (await one.running.cache.read((reads) => reads.values([key])))[0]?.value ?? null;

async function setOn(one: ChaosDevice, key: ValueKey, value: string | null): Promise<void> {
  await one.running.journal.putWaiting({ key, value });
  one.running.engine.nudge();
}

async function typeOn(one: ChaosDevice, chatId: ChatId, text: string): Promise<void> {
  await one.running.journal.changeDraft(chatId, (now, revisions) =>
    reviseDraft(chatId, now, revisions, { text, replyTo: null }, one.clock.nowMs()),
  );
  one.running.engine.sendDraftsNow();
}

const draftOn = async (one: ChaosDevice, chatId: ChatId): Promise<string | undefined> =>
  (await one.running.journal.draft(chatId))?.text;

test("S1, V32, V41: flags and drafts are on both devices, over kill -9 of the server and a crash of a device", async () => {
  const { desk, sofa, ben } = await three();
  const chatId = await chatOf(desk, "chat:create-direct", [me(ben)], [sofa, ben]);
  const mute = valueKey("mute", chatId);
  const forGood = writeValue("mute", { untilMs: null });
  await setOn(desk, mute, forGood);
  await vi.waitFor(async () => expect(await valueOn(sofa, mute)).toBe(forGood), WITHIN);
  expect(await valueOn(ben, mute)).toBeNull();

  await typeOn(sofa, chatId, "half a thought");
  await vi.waitFor(async () => expect(await draftOn(desk, chatId)).toBe("half a thought"), WITHIN);

  const { port, dataDir } = server!;
  await server!.kill("SIGKILL");
  const pin = valueKey("pin", chatId);
  const pinned = writeValue("pin", { atMs: 5 });
  await setOn(desk, pin, pinned);
  await setOn(desk, mute, null);
  await typeOn(desk, chatId, "half a thought, and more at the desk");
  await typeOn(sofa, chatId, "another thought on the sofa");
  await desk.crash();
  await desk.start();
  await startOpen(port, dataDir);
  await allLive(desk, sofa);

  await vi.waitFor(async () => {
    for (const one of [desk, sofa]) {
      expect(await valueOn(one, pin)).toBe(pinned);
      expect(await valueOn(one, mute)).toBeNull();
      expect(await one.running.journal.waitingPuts()).toEqual([]);
    }
    const [here, there] = [await draftOn(desk, chatId), await draftOn(sofa, chatId)];
    expect(here).toBe(there);
    const texts: (string | undefined)[] = [here];
    for (const one of [desk, sofa]) {
      texts.push(
        ...(await one.running.journal.draftRevisions(chatId)).map((revision) => revision.text),
      );
    }
    expect(texts).toContain("half a thought, and more at the desk");
    expect(texts).toContain("another thought on the sofa");
  }, WITHIN);
}, 300_000);

test("V33, S11: a message to somebody who has blocked one fails with the reason, and holds up no other", async () => {
  const { desk, sofa, ben } = await three();
  const direct = await chatOf(desk, "chat:create-direct", [me(ben)], [sofa, ben]);
  const group = await chatOf(desk, "chat:create-group", [me(ben)], [sofa, ben]);
  await setOn(sofa, valueKey("block", me(ben)), writeValue("block", { atMs: 1 }));
  await vi.waitFor(
    async () => expect(await valueOn(desk, valueKey("block", me(ben)))).not.toBeNull(),
    WITHIN,
  );
  const clientId = newId(ClientId);
  const payload = textPayload("hello?");
  const send = { chatId: direct, clientId, alg: "none", type: "text", notify: true, payload };
  await ben.journal(send);
  const inGroup = await ben.write(group, "hello all");
  await vi.waitFor(async () => {
    const entry = await ben.running.journal.entry(clientId);
    expect(entry).toMatchObject({ state: "failed", error: { code: "blocked" } });
    const held = await desk.running.cache.read((reads) => reads.heldClientIds([inGroup, clientId]));
    expect([...held]).toEqual([inGroup]);
  }, WITHIN);
}, 300_000);

test("S9, V34, V43: what is read on one device is read on the other within 2 s, in a large group too", async () => {
  const { desk, sofa, ben } = await three();
  const accountIds = [me(ben)];
  for (let i = 0; accountIds.length < LIMITS.receiptDetailMembers; i++) {
    const body = {
      name: `Person ${i}`,
      handle: `person${i}`,
      password: CHAOS_PASSWORD,
      device: { name: "Test", platform: "other" },
    };
    const answer = await fetch(new URL("/api/accounts", server!.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { me: made } = (await answer.json()) as { me: { accountId: AccountId } };
    accountIds.push(made.accountId);
  }
  for (const [kind, ids] of [
    ["small", [me(ben)]],
    ["large", accountIds],
  ] as const) {
    const chatId = await chatOf(desk, "chat:create-group", [...ids], [sofa, ben]);
    await ben.write(chatId, `to the ${kind} group`);
    const unread = async (one: ChaosDevice) => (await rowOf(one, chatId))?.my.unread;
    await vi.waitFor(async () => {
      for (const one of [desk, sofa]) expect(await unread(one)).toBe(1);
    }, WITHIN);
    await desk.read(chatId);
    let looks = 0;
    await vi.waitFor(async () => {
      looks += 1;
      expect(await unread(sofa)).toBe(0);
    }, WITHIN);
    // The pauses between the looks alone: how late a busy machine looks again is not of the app.
    expect(looks * WITHIN.interval).toBeLessThan(2_000);
    await vi.waitFor(async () => {
      expect(await unread(desk)).toBe(0);
      expect(await desk.running.journal.readMarks()).toEqual([]);
    }, WITHIN);
  }
}, 300_000);
