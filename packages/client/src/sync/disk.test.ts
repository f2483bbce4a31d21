import { failure } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { readValue, valueKey, writeValue } from "@parley/protocol/values.ts";
import { describe, expect, it } from "vitest";
import { SOUND_DISK } from "./testing/failing-disk.ts";
import { NO_FAULTS } from "./testing/model-device.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { faultsOf } from "./testing/reckoning.ts";

const FULL = { full: 1, broken: 0 };
const BROKEN = { full: 0, broken: 1 };
/** As often as a device asks in vain before a test ends it: more is asking without a pause. */
const TOO_OFTEN = 60;

/** Two people with a device each in one group of theirs. */
async function twoPeople(seed: number): Promise<{ world: ModelWorld; chatId: ChatId }> {
  const world = new ModelWorld(seed, 2, 1);
  await world.start();
  const chatId = newId(ChatId);
  const accountIds = world.accounts.slice(1);
  const body = { chatId, title: "Lighthouse", accountIds };
  await world.device(0).writer?.engine?.link.request("chat:create-group", body);
  world.chats.push(chatId);
  await world.turns(6);
  return { world, chatId };
}

/** Counts the requests of a kind that a device makes; from TOO_OFTEN on they are refused. */
function counted(world: ModelWorld, device: number, wanted: string): () => number {
  let count = 0;
  const request = world.server.request.bind(world.server);
  world.server.request = (connection, name, body) => {
    const isOurs = connection.deviceId === world.device(device).deviceId && name === wanted;
    if (isOurs) count += 1;
    return isOurs && count > TOO_OFTEN
      ? failure("offline", "asked too often")
      : request(connection, name, body);
  };
  return () => count;
}

async function pass(world: ModelWorld, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    await world.clock.advance(500);
    await world.turns(4);
  }
}

describe("a disk that fails for a while", () => {
  it("S6, V58: what a heal told while nothing could be written is told again, and nothing is passed over", async () => {
    const { world, chatId } = await twoPeople(1);
    const reader = world.device(1);
    reader.faults = { ...reader.faults, losePush: 1 };
    await world.write(0, chatId);
    await world.turns(6);
    reader.faults = NO_FAULTS;
    reader.disk = FULL;
    reader.heal();
    await world.turns(6);
    reader.disk = SOUND_DISK;
    // The next heal says nothing of what this one said.
    reader.heal();
    await pass(world, 3_000);
    expect(await faultsOf(world)).toEqual([]);
  });

  it("S6, V58: a catch-up that could not be written is tried again by itself", async () => {
    const { world, chatId } = await twoPeople(2);
    const reader = world.device(1);
    reader.disconnect();
    await world.write(0, chatId);
    await world.turns(6);
    reader.disk = FULL;
    reader.connect();
    await pass(world, 6_000);
    expect(reader.caughtUp).toBe(false);
    reader.disk = SOUND_DISK;
    await pass(world, 3_000);
    expect(reader.caughtUp).toBe(true);
    expect(await faultsOf(world)).toEqual([]);
  });

  it("S6a, V58: what is pulled and cannot be written is not pulled again and again at once", async () => {
    const { world, chatId } = await twoPeople(3);
    const reader = world.device(1);
    reader.faults = { ...reader.faults, losePush: 1 };
    for (let i = 0; i < 3; i++) await world.write(0, chatId);
    await world.turns(6);
    reader.faults = NO_FAULTS;
    const pulls = counted(world, 1, "sync:pull");
    reader.heal();
    // From the pull's answer on there is no room.
    reader.tamper = () => {
      reader.disk = pulls() > 0 ? FULL : SOUND_DISK;
    };
    await pass(world, 10_000);
    expect(pulls()).toBeGreaterThan(1);
    expect(pulls()).toBeLessThan(10);
    reader.tamper = () => undefined;
    reader.disk = SOUND_DISK;
    await pass(world, 5_000);
    expect(await faultsOf(world)).toEqual([]);
  });

  it("S11, V58: an acknowledgement that the journal cannot take is asked for again, less and less often", async () => {
    const { world, chatId } = await twoPeople(4);
    const writer = world.device(0);
    const sends = counted(world, 0, "chat:send");
    writer.tamper = () => {
      writer.disk = sends() > 0 ? FULL : SOUND_DISK;
    };
    await world.write(0, chatId);
    await pass(world, 20_000);
    expect(sends()).toBeGreaterThan(1);
    expect(sends()).toBeLessThan(15);
    writer.tamper = () => undefined;
    writer.disk = SOUND_DISK;
    await pass(world, 31_000);
    await world.settle(2);
    expect(await faultsOf(world)).toEqual([]);
    expect(world.server.chats.get(chatId)?.events.length).toBe(2);
  });

  it("S1, V58: a draft of another device that the journal could not take is taken later", async () => {
    const world = new ModelWorld(9, 1, 2);
    await world.start();
    const chatId = newId(ChatId);
    const body = { chatId, title: "Notes", accountIds: [] };
    await world.device(0).writer?.engine?.link.request("chat:create-group", body);
    await world.turns(6);
    const { server } = world;
    const { accountId, deviceId } = world.device(0);
    const other = world.device(1);
    other.tamper = () => {
      other.disk = { ...FULL, of: "journal" };
    };
    const puts = [
      {
        key: valueKey("draft", chatId),
        value: writeValue("draft", { text: "a", replyTo: null, atMs: 1 }),
        baseRev: 0,
      },
    ];
    server.request({ accountId, deviceId, push: () => undefined }, "values:put", { puts } as never);
    await world.turns(6);
    other.tamper = () => undefined;
    other.disk = SOUND_DISK;
    await pass(world, 3_000);
    expect(await other.writer?.journal?.draft(chatId)).toMatchObject({ text: "a" });
  });

  it("S20, V58: a store that cannot be claimed, nor opened, is claimed once it can be", async () => {
    const { world, chatId } = await twoPeople(5);
    const reader = world.device(1);
    reader.disk = BROKEN;
    reader.restartHost();
    await world.write(0, chatId);
    await pass(world, 6_000);
    expect(reader.caughtUp).toBe(false);
    reader.disk = SOUND_DISK;
    await pass(world, 3_000);
    expect(reader.writer?.engine?.isWriter()).toBe(true);
    expect(await faultsOf(world)).toEqual([]);
  });

  it("S20, V58: a cache that is lost and cannot be opened anew at once is opened later", async () => {
    const { world, chatId } = await twoPeople(6);
    const reader = world.device(1);
    reader.disk = BROKEN;
    await world.write(0, chatId);
    await pass(world, 6_000);
    expect(reader.writer?.engine?.isWriter()).toBe(false);
    reader.disk = SOUND_DISK;
    await pass(world, 3_000);
    expect(reader.writer?.engine?.isWriter()).toBe(true);
    expect(await faultsOf(world)).toEqual([]);
  });
});

describe("a clock that is put back", () => {
  it("S5, S11, V58: a message that waits goes when its wait is over, not when the time comes once more", async () => {
    const { world, chatId } = await twoPeople(7);
    world.server.busy = () => true;
    await world.write(0, chatId);
    await world.turns(6);
    world.server.busy = () => false;
    world.clock.sleep(-86_400_000);
    await pass(world, 2_000);
    expect(world.server.chats.get(chatId)?.events.length).toBe(2);
  });

  it("S1, S5, V58: a draft is sent within its time", async () => {
    const { world, chatId } = await twoPeople(8);
    const { journal, engine } = world.device(0).writer ?? {};
    const type = async (text: string, rev: number): Promise<void> => {
      await journal?.changeDraft(chatId, (now) => ({
        draft: {
          ...(now ?? { chatId, replyTo: null, baseRev: 0, syncedRev: 0, putRev: 0, takenRev: 0 }),
          text,
          rev,
          updatedAtMs: world.clock.nowMs(),
        },
      }));
      engine?.nudgeValues();
    };
    await type("a", 1);
    await pass(world, 4_000);
    await type("ab", 2);
    world.clock.sleep(-86_400_000);
    await type("abc", 3);
    await pass(world, 4_000);
    const { accountId } = world.device(0);
    const stored = world.server.values.get(accountId)?.get(valueKey("draft", chatId));
    expect(readValue("draft", stored?.value ?? null)).toMatchObject({ text: "abc" });
  });
});
