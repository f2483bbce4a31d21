import { failure } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import { NO_FAULTS } from "./testing/model-device.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { faultsOf } from "./testing/reckoning.ts";

async function group(world: ModelWorld, creator = 0): Promise<ChatId> {
  const chatId = newId(ChatId);
  const { accountId, windows } = world.device(creator);
  const accountIds = world.accounts.filter((id) => id !== accountId);
  const answer = await windows[0]?.engine?.link.request("chat:create-group", {
    chatId,
    title: "Lighthouse",
    accountIds,
  });
  expect(answer?.ok).toBe(true);
  world.chats.push(chatId);
  await world.turns(4);
  return chatId;
}

describe("sync engine", () => {
  it("S11, S6a: a message written on one device is in the cache of all, once", async () => {
    const world = new ModelWorld(1, 2, 2);
    await world.start();
    const chatId = await group(world);
    await world.write(0, chatId);
    await world.write(2, chatId);
    await world.settle();
    expect(await faultsOf(world)).toEqual([]);
    expect(world.server.chats.get(chatId)?.events.length).toBe(3);
  });

  it("S6a: a pull that failed is tried again by itself, without a heal", async () => {
    const world = new ModelWorld(2, 2, 1);
    await world.start();
    const chatId = await group(world);
    const reader = world.device(1);
    reader.disconnect();
    for (let i = 0; i < 3; i++) await world.write(0, chatId);
    await world.turns(6);
    let failures = 3;
    const request = world.server.request.bind(world.server);
    world.server.request = (connection, name, body) => {
      if (name === "sync:pull" && failures > 0) {
        failures -= 1;
        return failure("busy", "full", { retryAfterMs: 100 });
      }
      return request(connection, name, body);
    };
    reader.connect();
    await world.turns(6);
    for (let i = 0; i < 4; i++) {
      await world.clock.advance(2_500);
      await world.turns(4);
    }
    const [row] = (await reader.writer?.cache?.read((reads) => reads.chats([chatId]))) ?? [];
    expect(row).toMatchObject({ cursor: 4, headSeq: 4 });
  });

  it("S20: a writer that another window fenced stops writing and lets the other go on", async () => {
    const world = new ModelWorld(4, 1, 1);
    await world.start();
    const device = world.device(0);
    const first = device.writer;
    const second = await device.openWindow();
    device.assign(second);
    await world.turns(4);
    expect(second.engine?.isWriter()).toBe(true);
    first?.notify("sync:changes", { accountKey: device.accountKey, changes: [] });
    await world.turns(4);
    expect(first?.engine?.isWriter()).toBe(false);
    // Told by nobody that it is not meant any more, it asks once and takes the refusal.
    await world.settle(2);
    expect(first?.engine?.isWriter()).toBe(false);
    expect(second.engine?.isWriter()).toBe(true);
    expect(await faultsOf(world)).toEqual([]);
  });

  it("S20: a fenced writer that the host still means takes the store again and catches up", async () => {
    const world = new ModelWorld(6, 2, 1);
    await world.start();
    const chatId = await group(world);
    const device = world.device(1);
    const stray = await world.data[1]?.stores.openCache();
    await stray?.claim("stray");
    await world.write(0, chatId);
    await world.turns(6);
    expect(device.writer?.engine?.isWriter()).toBe(false);
    await world.clock.advance(2_500);
    await world.settle(2);
    expect(device.writer?.engine?.isWriter()).toBe(true);
    expect(await faultsOf(world)).toEqual([]);
  });

  it("S11: an acknowledged message whose seq ends in a gap leaves the journal", async () => {
    const world = new ModelWorld(5, 2, 1);
    await world.start();
    const chatId = await group(world);
    const device = world.device(1);
    device.faults = { ...NO_FAULTS, losePush: 1 };
    let refuse = true;
    const request = world.server.request.bind(world.server);
    world.server.request = (connection, name, body) =>
      refuse && name === "sync:pull" ? failure("busy", "full") : request(connection, name, body);
    for (let i = 0; i < 6; i++) await world.write(0, chatId);
    await world.turns(6);
    await world.write(1, chatId);
    await world.turns(6);
    const journal = device.writer?.journal;
    expect((await journal?.entries())?.map(({ state, seq }) => [state, seq])).toEqual([
      ["sent", 8],
    ]);
    for (let i = 0; i < 8; i++) await world.write(0, chatId);
    refuse = false;
    for (let i = 0; i < 4; i++) {
      await world.turns(6);
      await world.clock.advance(2_500);
    }
    expect(await journal?.entries()).toEqual([]);
    device.heal();
    await world.turns(6);
    const ranges = await device.writer?.cache?.read((reads) => reads.ranges(chatId));
    expect(ranges).toEqual([
      { from: 1, to: 1, kind: "held" },
      { from: 13, to: 16, kind: "held" },
    ]);
  });

  it("V48: what arrives live before the first page of an epoch's hello is there after it", async () => {
    const world = new ModelWorld(11, 2, 1);
    await world.start();
    const reader = world.device(1);
    const request = world.server.request.bind(world.server);
    // The chat is made when the server has answered the hello, and its frame overtakes the answer.
    let chatId: ChatId | undefined;
    world.server.request = (connection, name, body) => {
      const answer = request(connection, name, body);
      if (name === "sync:hello" && connection.accountId === reader.accountId && !chatId) {
        chatId = newId(ChatId);
        const made = { chatId, title: "Lighthouse", accountIds: [reader.accountId] };
        request(
          {
            accountId: world.device(0).accountId,
            deviceId: world.device(0).deviceId,
            push: () => undefined,
          },
          "chat:create-group",
          made as never,
        );
      }
      return answer;
    };
    await world.data[1]?.drop();
    reader.disconnect();
    reader.connect();
    await reader.writer?.engine?.ingest([]);
    await world.turns(8);
    if (chatId === undefined) throw new Error("no hello");
    const named = [chatId];
    const [row] = (await reader.writer?.cache?.read((reads) => reads.chats(named))) ?? [];
    expect(row).toMatchObject({ chatId, membersKnown: true, memberCount: 2, headSeq: 1 });
  });
});
