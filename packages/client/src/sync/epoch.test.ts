import { ChatId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import { commonSeq } from "./epoch.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { faultsOf } from "./testing/reckoning.ts";

async function start() {
  const world = new ModelWorld(3, 2, 1);
  await world.start();
  const chatId = newId(ChatId);
  const accountIds = world.accounts.slice(1);
  const body = { chatId, title: "Lighthouse", accountIds, history: "all" as const };
  const made = await world.device(0).writer?.engine?.link.request("chat:create-group", body);
  expect(made?.ok).toBe(true);
  world.chats.push(chatId);
  await world.turns(4);
  return { world, chatId };
}

function reconnect(world: ModelWorld): void {
  for (const device of world.devices) {
    device.disconnect();
    device.connect();
  }
}

async function heldIds(world: ModelWorld, device: number, chatId: ChatId): Promise<string[]> {
  const rows = await world
    .device(device)
    .writer?.cache?.read((reads) => reads.eventsBetween(chatId, 1, 99));
  return (rows ?? []).map((row) => row.clientId);
}

describe("restored server", () => {
  it("S6c, V24: own later messages are offered, others' set aside, the rest converges", async () => {
    const { world, chatId } = await start();
    await world.write(0, chatId);
    await world.settle(2);
    const backup = world.server.backup();
    await world.write(0, chatId);
    await world.settle(2);
    await world.write(1, chatId);
    await world.settle(2);
    const [kept, mine, theirs] = world.written.map((one) => one.clientId);
    world.server.restore(backup);
    reconnect(world);
    await world.settle(3);
    const device = world.device(0).writer;
    const entries = (await device?.journal?.entries()) ?? [];
    expect(entries.map(({ clientId, state }) => [clientId, state])).toEqual([[mine, "offered"]]);
    const aside = await device?.cache?.read((reads) => reads.aside(chatId));
    expect(aside?.map((row) => row.event.clientId)).toEqual([theirs]);
    expect(await heldIds(world, 0, chatId)).toContain(kept);
    expect(await faultsOf(world)).toEqual([]);
    // The user agrees: it is sent under its own name and stored once.
    if (mine === undefined) throw new Error("a message");
    await device?.journal?.requeue(mine);
    device?.engine?.nudge();
    await world.settle(3);
    expect(await heldIds(world, 1, chatId)).toContain(mine);
    expect((await device?.journal?.entries())?.length).toBe(0);
  });

  it("S6c: messages written into the new epoch meanwhile take the place of the lost ones", async () => {
    const { world, chatId } = await start();
    await world.write(0, chatId);
    await world.settle(2);
    const backup = world.server.backup();
    for (let i = 0; i < 4; i++) await world.write(0, chatId);
    await world.settle(2);
    world.device(0).disconnect();
    world.server.restore(backup);
    world.device(1).disconnect();
    world.device(1).connect();
    await world.turns(20);
    for (let i = 0; i < 8; i++) await world.write(1, chatId);
    await world.settle(4);
    expect(await faultsOf(world)).toEqual([]);
    expect(world.server.headOf(chatId)).toBe(10);
    const entries = (await world.device(0).writer?.journal?.entries()) ?? [];
    expect(entries.map(({ state }) => state)).toEqual(["offered", "offered", "offered", "offered"]);
  });

  it("S6c, V24: a chat that the restored server does not know stays readable, marked as lost", async () => {
    const { world } = await start();
    const backup = world.server.backup();
    const later = newId(ChatId);
    const body = { chatId: later, title: "Later", accountIds: [] };
    const { writer } = world.device(0);
    await writer?.engine?.link.request("chat:create-group", body);
    await world.write(0, later);
    await world.settle(2);
    world.server.restore(backup);
    reconnect(world);
    await world.settle(3);
    const [row] = (await writer?.cache?.read((reads) => reads.chats([later]))) ?? [];
    expect(row?.lost).toBe(true);
    expect((await heldIds(world, 0, later)).length).toBe(2);
  });

  it("S6c: the highest event with the same hash is where both histories part", () => {
    const mine = [1, 2, 3, 4].map((seq) => ({ seq, hash: `h${seq}` }));
    const other = [1, 2, 3, 4].map((seq) => ({ seq, hash: seq < 3 ? `h${seq}` : `x${seq}` }));
    expect(commonSeq(mine, other)).toBe(2);
    expect(commonSeq(mine, other.slice(2))).toBeUndefined();
  });
});
