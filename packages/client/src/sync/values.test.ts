import { textPayload } from "@parley/protocol/content.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftKey } from "./draft-sync.ts";
import { reviseDraft } from "./drafts.ts";
import type { ModelDevice } from "./testing/model-device.ts";
import { POISONED_VALUE } from "./testing/model-values.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { isValueStep, runValueStep, valueFaults, valueSteps } from "./testing/value-steps.ts";

const chatId = newId(ChatId);
const mute = valueKey("mute", chatId);
const ON = writeValue("mute", { untilMs: null });

/** One account with two devices, both live. */
async function twoDevices(seed = 3) {
  const world = new ModelWorld(seed, 1, 2);
  world.chats.push(chatId);
  await world.start();
  await world.turns(10);
  const [one, two] = world.devices;
  if (!one || !two) throw new Error("There are two devices.");
  const stored = () => world.server.values.get(one.accountId);
  return { world, one, two, stored };
}

const writerOf = (device: ModelDevice) => {
  const { journal, cache, engine } = device.writer ?? {};
  if (!journal || !cache || !engine) throw new Error("The device has a writer.");
  return { journal, cache, engine };
};

async function typeOn(device: ModelDevice, text: string): Promise<void> {
  const { journal, engine } = writerOf(device);
  await journal.changeDraft(chatId, (now, revisions) =>
    reviseDraft(chatId, now, revisions, { text, replyTo: null }, 1),
  );
  engine.nudgeValues();
}

const draftOn = async (device: ModelDevice) => (await writerOf(device).journal.draft(chatId))?.text;

describe("account values", () => {
  it("S1, S11: a value set without a connection waits in the journal, over a crash, and then reaches all", async () => {
    const { world, one, two, stored } = await twoDevices();
    one.disconnect();
    await writerOf(one).journal.putWaiting({ key: mute, value: ON });
    const { writer } = one;
    if (writer) one.closeWindow(writer);
    await one.openWindow();
    await world.turns(5);
    expect(await writerOf(one).journal.waitingPuts()).toEqual([{ key: mute, value: ON }]);
    one.connect();
    await world.turns(20);
    expect(stored()?.get(mute)?.value).toBe(ON);
    const row = await writerOf(two).cache.read((reads) => reads.values([mute]));
    expect(row[0]?.value).toBe(ON);
    expect(await writerOf(one).journal.waitingPuts()).toEqual([]);
  });

  it("S11, E2: a value that no server takes is given up and holds up no other", async () => {
    const { world, one, stored } = await twoDevices();
    const { journal, engine } = writerOf(one);
    const pin = valueKey("pin", chatId);
    await journal.putWaiting({ key: mute, value: POISONED_VALUE });
    await journal.putWaiting({ key: pin, value: ON });
    await typeOn(one, "typed");
    engine.sendDraftsNow();
    await world.turns(30);
    expect(stored()?.get(pin)?.value).toBe(ON);
    expect(stored()?.get(mute)).toBeUndefined();
    expect(stored()?.get(draftKey(chatId))?.value).toContain("typed");
    expect(await journal.waitingPuts()).toEqual([]);
  });

  it("S1, V41: drafts go at most every 3 s while one types, at once on blur and when cleared", async () => {
    const { world, one, stored } = await twoDevices();
    const puts: number[] = [];
    const put = world.server.request.bind(world.server);
    world.server.request = (connection, name, body) => {
      if (name === "values:put") puts.push(world.clock.nowMs());
      return put(connection, name, body);
    };
    const startMs = world.clock.nowMs();
    for (let i = 1; i <= 40; i++) {
      await typeOn(one, "x".repeat(i));
      await world.turns(2);
      await world.clock.advance(250);
    }
    await world.turns(10);
    expect(puts.length).toBeGreaterThanOrEqual(3);
    expect(puts.length).toBeLessThanOrEqual(Math.ceil(10_000 / LIMITS.draftSyncMs));
    for (const [i, atMs] of puts.entries()) {
      expect(atMs - (puts[i - 1] ?? startMs)).toBeGreaterThanOrEqual(LIMITS.draftSyncMs);
    }
    await typeOn(one, "and the end");
    writerOf(one).engine.sendDraftsNow();
    await world.turns(10);
    expect(stored()?.get(draftKey(chatId))?.value).toContain("and the end");
    await typeOn(one, "");
    await world.turns(10);
    expect(stored()?.get(draftKey(chatId))?.value).toBeNull();
  });

  it("V41: what was sent before the server ever saw the draft costs no put", async () => {
    const { world, one, stored } = await twoDevices();
    await typeOn(one, "quick");
    const { journal, engine } = writerOf(one);
    await journal.changeDraft(chatId, (now, revisions) =>
      reviseDraft(chatId, now, revisions, { text: "", replyTo: null }, 1),
    );
    engine.nudgeValues();
    await world.clock.advance(10_000);
    await world.turns(10);
    expect(stored()?.get(draftKey(chatId))).toBeUndefined();
    expect(textPayload("quick")).toContain("quick");
  });

  it("V41: typed on both while apart, both texts are there: one in the composers, one kept", async () => {
    const { world, one, two } = await twoDevices();
    for (const device of [one, two]) device.disconnect();
    await typeOn(one, "on the train");
    await typeOn(two, "at the desk");
    one.connect();
    await world.turns(10);
    await world.clock.advance(5_000);
    await world.turns(10);
    two.connect();
    await world.turns(20);
    await world.clock.advance(5_000);
    await world.turns(20);
    expect(await draftOn(two)).toBe("at the desk");
    expect(await draftOn(one)).toBe("at the desk");
    for (const device of [one, two]) {
      const revisions = await writerOf(device).journal.draftRevisions(chatId);
      expect(revisions.map((row) => row.text)).toContain("on the train");
    }
  });

  it("S6c, V41: after a restore drafts are put anew, other values are what the server says", async () => {
    const { world, one, two, stored } = await twoDevices();
    const backup = world.server.backup();
    await writerOf(one).journal.putWaiting({ key: mute, value: ON });
    await typeOn(one, "not to be lost");
    writerOf(one).engine.sendDraftsNow();
    await world.turns(20);
    expect(await draftOn(two)).toBe("not to be lost");
    for (const device of [one, two]) device.disconnect();
    world.server.restore(backup);
    expect(stored()?.get(mute)).toBeUndefined();
    for (const device of [one, two]) device.connect();
    await world.settle(2);
    expect(stored()?.get(draftKey(chatId))?.value).toContain("not to be lost");
    for (const device of [one, two]) {
      expect(await writerOf(device).cache.read((reads) => reads.values([mute]))).toEqual([
        undefined,
      ]);
      expect(await draftOn(device)).toBe("not to be lost");
    }
  });

  it("V41: a cache that was dropped changes no draft", async () => {
    const { world, one, two } = await twoDevices();
    await typeOn(one, "older");
    writerOf(one).engine.sendDraftsNow();
    await world.turns(20);
    two.disconnect();
    await world.data[1]?.drop();
    await typeOn(one, "newer");
    writerOf(one).engine.sendDraftsNow();
    await world.turns(20);
    two.connect();
    await world.settle(2);
    expect(await draftOn(two)).toBe("newer");
    expect(await draftOn(one)).toBe("newer");
  });

  it("S1, V32, V41: any typing and setting on three devices ends the same everywhere, and nothing typed is lost", async () => {
    const [device, chat] = [fc.nat(2), fc.constant(0)];
    const step = fc.oneof(
      ...valueSteps(device, chat),
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constantFrom("offline" as const, "online" as const, "crash" as const),
          device,
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), device }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(step, { maxLength: 30 }), async (seed, steps) => {
        const world = new ModelWorld(seed, 1, 3);
        world.chats.push(chatId);
        await world.start();
        for (const one of steps) {
          const at = world.device(one.device);
          if (one.do === "offline") at.disconnect();
          else if (one.do === "online") at.connect();
          else if (one.do === "wait") await world.clock.advance(2_000);
          else if (one.do === "crash") {
            if (at.writer) at.writer.stepsLeft = Math.floor(world.random() * 10);
            if (at.windows.length < 2) await at.openWindow();
          } else if (isValueStep(one)) await runValueStep(world, one);
          at.faults = { ...at.faults, loseAnswer: 0.2, losePush: 0.2, repeatPush: 0.2 };
        }
        await world.settle(4);
        expect(await valueFaults(world)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  }, 180_000);
});
