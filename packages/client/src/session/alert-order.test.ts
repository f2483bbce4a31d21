import { ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Change } from "@parley/protocol/chat.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import { describe, expect, test } from "vitest";
import { chatChange, eventChange, fakeGroup, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost } from "../testing/fake-host.ts";
import { MemoryHostStore } from "../testing/memory-ports.ts";

async function live(overrides: ConstructorParameters<typeof FakeHost>[0] = {}) {
  const fake = new FakeHost(overrides);
  const window = await fake.openWindow();
  const accountKey = await fake.signIn(window);
  const arrive = async (...events: ReturnType<typeof fakeMessage>[]): Promise<void> => {
    fake.server.push("sync:changes", { changes: events.map((event) => eventChange(event)) });
    await fake.clock.advance(1_050);
  };
  return { fake, window, accountKey, arrive };
}

describe("during a catch-up", () => {
  /** Back after a loss, with a hello under way. */
  async function returning() {
    const setUp = await live();
    const { fake, window } = setUp;
    window.writes = false;
    fake.server.setUp(false);
    await fake.clock.advance(100);
    fake.server.setUp(true);
    await fake.clock.advance(5_000);
    expect(fake.host.session(setUp.accountKey)?.state.name).toBe("catching-up");
    return setUp;
  }

  test("V42: what arrives live waits for the mutes that were set elsewhere meanwhile", async () => {
    const { fake, window, accountKey, arrive } = await returning();
    const [muted, heard] = [fakeMessage({ text: "muted" }), fakeMessage({ text: "heard" })];
    await arrive(muted, heard);
    expect(window.bodiesOf("notification:show")).toEqual([]);
    const key = valueKey("mute", muted.chatId);
    const value = writeValue("mute", { untilMs: null });
    const { dataEpoch } = fake.server;
    const changes = [{ kind: "value", change: 9, key, value }];
    fake.server.answers["sync:hello"] = () => ({
      data: { dataEpoch, watermark: 9, changes, next: null },
    });
    const body = { dataEpoch, since: 1 };
    void window.call("server:request", { accountKey, name: "sync:hello", body });
    await fake.clock.advance(10);
    void window.call("writer:caught-up", { accountKey, watermark: 9 });
    await fake.clock.advance(1_050);
    expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "heard" }]);
  });

  test("V42: a catch-up that does not end keeps it waiting for ten seconds, not for ever", async () => {
    const { fake, window, arrive } = await returning();
    await arrive(fakeMessage({ text: "waited" }));
    await fake.clock.advance(9_000);
    expect(window.bodiesOf("notification:show")).toEqual([]);
    await fake.clock.advance(1_100);
    expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "waited" }]);
  });
});

describe("V42: a heal of several frames", () => {
  const [muted, heard] = [fakeMessage({ text: "muted" }), fakeMessage({ text: "heard" })];
  const chats = [muted, heard].map((event) => chatChange(fakeGroup(event, { unread: 1 })));
  const key = valueKey("mute", muted.chatId);
  const mute: Change = {
    kind: "value",
    change: 9,
    key,
    value: writeValue("mute", { untilMs: null }),
  };

  test("V42: is decided on with its last frame: mutes come after chats", async () => {
    const { fake, window } = await live();
    const { dataEpoch } = fake.server;
    fake.server.push("sync:heal", { dataEpoch, since: 1, watermark: 1, changes: chats });
    await fake.clock.advance(100);
    expect(window.bodiesOf("notification:show")).toEqual([]);
    fake.server.push("sync:heal", { dataEpoch, since: 1, watermark: 9, changes: [mute] });
    await fake.clock.advance(1_050);
    expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "Someone: heard" }]);
  });

  test("V42: does not decide on what a catch-up has listed so far", async () => {
    const { fake, window, accountKey } = await live();
    window.writes = false;
    fake.server.wire.cutAll();
    await fake.clock.advance(5_000);
    const { dataEpoch } = fake.server;
    const body = { dataEpoch, since: 1 };
    const page = async (changes: Change[], next: string | null): Promise<void> => {
      fake.server.answers["sync:hello"] = () => ({
        data: { dataEpoch, watermark: 9, changes, next },
      });
      void window.call("server:request", { accountKey, name: "sync:hello", body });
      await fake.clock.advance(10);
    };
    await page(chats, "next");
    fake.server.push("sync:heal", { dataEpoch, since: 9, watermark: 10, changes: [] });
    await fake.clock.advance(1_050);
    await page([mute], null);
    void window.call("writer:caught-up", { accountKey, watermark: 9 });
    await fake.clock.advance(1_050);
    expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "Someone: heard" }]);
  });
});

test("V27: a message is shown once it is on the disk that it was, not before", async () => {
  const held: (() => void)[] = [];
  let isSlow = false;
  class SlowStore extends MemoryHostStore {
    override async put(entries: readonly (readonly [string, unknown])[]): Promise<void> {
      if (isSlow) await new Promise<void>((resolve) => held.push(resolve));
      await super.put(entries);
    }
  }
  const { fake, window, arrive } = await live({ store: new SlowStore() });
  await fake.clock.advance(5_000);
  isSlow = true;
  await arrive(fakeMessage());
  await fake.clock.advance(5_000);
  expect(held.length).toBeGreaterThan(0);
  expect(window.bodiesOf("notification:show")).toEqual([]);
  isSlow = false;
  for (const go of held) go();
  await fake.clock.advance(10);
  expect(window.bodiesOf("notification:show")).toHaveLength(1);
});

test("S18: a message that has waited never takes the place of a newer one", async () => {
  const { fake, window, arrive } = await live();
  const chatId = newId(ChatId);
  const elsewhere = { deviceId: newId(DeviceId), chatIds: [chatId], forMs: LIMITS.attentionMs };
  fake.server.push("attention:changed", elsewhere);
  await arrive(fakeMessage({ chatId, seq: 4, text: "older" }));
  fake.server.push("attention:changed", { ...elsewhere, chatIds: [], forMs: 0 });
  await arrive(fakeMessage({ chatId, seq: 5, text: "newer" }));
  await fake.clock.advance(LIMITS.attentionWaitMs + 100);
  expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "newer" }]);
});

test("V51: signed out, nothing of the account stays on the screen", async () => {
  const { fake, window, accountKey, arrive } = await live();
  const [one, two] = [fakeMessage(), fakeMessage()];
  await arrive(one, two);
  void window.call("account:sign-out", { accountKey, everywhere: false });
  await fake.clock.advance(100);
  const cleared = window.bodiesOf("notification:clear").map(({ chatId }) => chatId);
  expect(cleared.toSorted()).toEqual([one.chatId, two.chatId].toSorted());
});

test("V51: the sum of what was held back leads to the chat that was heard of last", async () => {
  const { fake, window, arrive } = await live();
  void window.call("alerts:configure", { doNotDisturb: true });
  await fake.clock.advance(5);
  const [first, second] = [fakeMessage({ seq: 1 }), fakeMessage({ seq: 1 })];
  await arrive(first, second);
  const newest = fakeMessage({ chatId: first.chatId, seq: 2 });
  await arrive(newest);
  void window.call("alerts:configure", { doNotDisturb: false });
  await fake.clock.advance(50);
  const { chatId, clientId } = newest;
  expect(window.bodiesOf("notification:show")).toMatchObject([{ chatId, clientId }]);
});
