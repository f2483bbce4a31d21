import { ChatId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
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
});
