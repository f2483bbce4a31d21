import { composeEdit, composeReaction, composeRedact } from "@parley/client/sync/compose.ts";
import type { EventRow } from "@parley/client/sync/model.ts";
import type { RelayedName } from "@parley/protocol/bridge/contract.ts";
import { openPayload } from "@parley/protocol/content.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { Event, Send } from "@parley/protocol/event.ts";
import { ChatId, type ClientId, newId } from "@parley/protocol/ids.ts";
import type { RequestInput } from "@parley/protocol/socket/requests.ts";
import { afterEach, expect, test, vi } from "vitest";

import { type ServerProcess, startServer } from "../support/server-process.ts";
import { ChaosDevice } from "./device.ts";
import { rowOf } from "./reckoning.ts";

const WITHIN = { timeout: 60_000, interval: 50 };

let server: ServerProcess;
const devices: ChaosDevice[] = [];

afterEach(async () => {
  for (const device of devices.splice(0)) await device.crash();
  await server[Symbol.asyncDispose]();
});

async function person(handle: string): Promise<ChaosDevice> {
  const device = new ChaosDevice({ serverUrl: server.url });
  devices.push(device);
  await device.signUp(handle);
  await vi.waitFor(() => expect(device.isLive).toBe(true), WITHIN);
  return device;
}

/** As a menu does it: a command, whose event comes with the answer. */
async function ask<Name extends RelayedName>(
  on: ChaosDevice,
  name: Name,
  body: RequestInput<Name>,
): Promise<void> {
  const answer = await on.running.engine.link.request(name, body);
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
  const { value } = answer;
  if ("event" in value && value.event !== null) {
    await on.running.engine.ingest([{ kind: "event", change: 0, event: value.event }]);
  }
}

/** Journals what was composed, and waits until the server has it. */
async function sent(on: ChaosDevice, composed: Send | Result<Send>): Promise<ClientId> {
  const send = "ok" in composed ? (composed.ok ? composed.value : undefined) : composed;
  if (!send) throw new Error("not composed");
  await on.journal(send);
  await vi.waitFor(async () => {
    expect(await on.running.journal.entries()).toEqual([]);
  }, WITHIN);
  return send.clientId;
}

async function say(on: ChaosDevice, chatId: ChatId, text: string): Promise<ClientId> {
  const clientId = await on.write(chatId, text);
  await vi.waitFor(async () => {
    expect(await on.running.journal.entries()).toEqual([]);
  }, WITHIN);
  return clientId;
}

async function held(on: ChaosDevice, chatId: ChatId, clientId: ClientId) {
  const rows = await on.running.cache.read((reads) => reads.eventsBetween(chatId, 1, 9_999));
  return rows.find((row) => row.clientId === clientId);
}

function textOf(event: Event | EventRow | undefined): string | undefined {
  const payload = event?.fold?.edit?.payload ?? event?.payload ?? null;
  const content = payload === null ? undefined : openPayload("none", payload);
  return content?.type === "text" ? content.text : undefined;
}

/** Waits until these devices have caught up with the newest head among them. */
async function settled(on: readonly ChaosDevice[], chatId: ChatId): Promise<void> {
  await vi.waitFor(async () => {
    const rows = await Promise.all(on.map((device) => rowOf(device, chatId)));
    const head = Math.max(...rows.map((row) => row?.headSeq ?? 0));
    expect(rows.map((row) => row?.cursor)).toEqual(on.map(() => head));
  }, WITHIN);
}

test(
  "X3, V30, V40: on the devices of whoever leaves, comes back or comes later",
  { timeout: 300_000 },
  async () => {
    server = await startServer();
    const [ann, ben, cleo] = [await person("ann"), await person("ben"), await person("cleo")];
    const idOf = (device: ChaosDevice) => device.account.me.accountId;
    const chatId = newId(ChatId);
    await ask(ann, "chat:create-group", { chatId, title: "G", accountIds: [idOf(ben)] });
    await settled([ann, ben], chatId);

    const edited = await say(ann, chatId, "one");
    const erased = await say(ann, chatId, "two");
    const reacted = await say(ann, chatId, "three");
    await sent(ann, composeReaction(chatId, reacted, "👍"));
    await settled([ann, ben], chatId);
    await ask(ben, "chat:leave", { chatId });
    await settled([ann], chatId);

    // While ben is away.
    await sent(ann, composeEdit(chatId, edited, { text: "one, while ben was away" }));
    const back = await sent(ann, composeReaction(chatId, reacted, "🙏"));
    await sent(ann, composeRedact(chatId, erased));
    expect(textOf(await held(ann, chatId, edited))).toBe("one, while ben was away");
    expect(textOf(await held(ben, chatId, edited))).toBe("one");

    await ask(ann, "chat:add-members", { chatId, accountIds: [idOf(ben), idOf(cleo)] });
    const after = await say(ann, chatId, "all of you");
    await settled([ann, ben, cleo], chatId);
    const { fold } = (await held(ben, chatId, erased)) ?? {};
    expect(fold?.erased?.by).toBe(idOf(ann));
    expect(textOf(await held(ben, chatId, erased))).toBeUndefined();
    expect(textOf(await held(ben, chatId, edited))).toBe("one");
    const reactions = async (on: ChaosDevice) =>
      (await held(on, chatId, reacted))?.fold?.reactions ?? [];
    expect(await reactions(ben)).toEqual([{ key: "👍", count: 1 }]);

    // Of what comes now ben sees all, cleo nothing that is about what she may not see.
    await sent(ann, composeRedact(chatId, back, "🙏"));
    await sent(ben, composeReaction(chatId, reacted, "🎉"));
    await sent(ann, composeEdit(chatId, edited, { text: "one, with ben back" }));
    await sent(cleo, composeReaction(chatId, after, "👍"));
    await settled([ann, ben, cleo], chatId);
    expect(textOf(await held(ben, chatId, edited))).toBe("one, with ben back");
    expect(await reactions(ann)).toEqual(await reactions(ben));
    expect(await reactions(ann)).toEqual([
      { key: "👍", count: 1 },
      { key: "🎉", count: 1 },
    ]);
    for (const device of [ann, ben, cleo]) {
      expect((await held(device, chatId, after))?.fold?.reactions).toEqual([
        { key: "👍", count: 1 },
      ]);
    }
    const ofCleo = await cleo.running.cache.read((reads) => reads.eventsBetween(chatId, 1, 9_999));
    expect(ofCleo.map(textOf).filter((text) => text !== undefined)).toEqual(["all of you"]);
    const rows = await Promise.all([ann, ben, cleo].map((device) => rowOf(device, chatId)));
    expect(new Set(rows.map((row) => row?.last?.seq)).size).toBe(1);
  },
);
