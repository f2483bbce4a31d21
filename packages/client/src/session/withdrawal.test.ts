import { type OpenedContent, textPayload } from "@parley/protocol/content.ts";
import type { Change } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import { AccountId, DataEpoch, newId } from "@parley/protocol/ids.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import { expect, test } from "vitest";
import { chatChange, eventChange, fakeGroup, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost, liveHost } from "../testing/fake-host.ts";

async function arrive(fake: FakeHost, ...events: Event[]): Promise<void> {
  fake.server.push("sync:changes", { changes: events.map((event) => eventChange(event)) });
  await fake.clock.advance(1_050);
}

test("V51: after a sign-out nothing is shown of it any more, not even what was about to be", async () => {
  const opening = Promise.withResolvers<OpenedContent>();
  const fake = new FakeHost({ openContent: () => opening.promise });
  const window = await fake.openWindow();
  const accountKey = await fake.signIn(window);
  await arrive(fake, fakeMessage());
  void window.call("account:sign-out", { accountKey, everywhere: false });
  await fake.clock.advance(100);
  expect(fake.host.accounts).toEqual([]);
  opening.resolve({ type: "text", text: "Secret", salt: "A".repeat(22) });
  await fake.clock.advance(100);
  expect(window.bodiesOf("notification:show")).toEqual([]);
  const left = [...fake.store.entries.keys()].filter((key) => key.includes(accountKey));
  expect(left).toEqual([]);
});

test("S6c: of a server that was restored nothing stays on the screen that could not be withdrawn later", async () => {
  const { fake, window, accountKey } = await liveHost();
  const event = fakeMessage({ seq: 3 });
  await arrive(fake, event);
  expect(window.bodiesOf("notification:show")).toHaveLength(1);
  fake.server.dataEpoch = newId(DataEpoch);
  fake.server.wire.cutAll();
  await fake.clock.advance(10_000);
  expect(window.bodiesOf("notification:clear")).toEqual([{ accountKey, chatId: event.chatId }]);
});

test("S13: what was deleted for everyone while this device was away leaves its screen", async () => {
  const { fake, window, accountKey } = await liveHost();
  const event = fakeMessage({ seq: 3, senderId: newId(AccountId) });
  const { chatId } = event;
  await arrive(fake, event);
  // Another message of the chat is still to be read.
  const erased = { seq: 4, at: event.at, by: event.senderId };
  const last: Event = {
    ...event,
    payload: null,
    fold: { foldSeq: 4, erased, reactions: [], recent: [] },
  };
  const changes: Change[] = [chatChange(fakeGroup(last, { unread: 1, countedThroughSeq: 4 }))];
  const { dataEpoch } = fake.server;
  fake.server.push("sync:heal", { dataEpoch, since: 0, watermark: 4, changes });
  await fake.clock.advance(100);
  expect(window.bodiesOf("notification:clear")).toEqual([{ accountKey, chatId }]);
});

test("V33: what alerts kept back of somebody who is blocked by then is not told", async () => {
  const { fake, window } = await liveHost();
  void window.call("alerts:configure", { doNotDisturb: true });
  await fake.clock.advance(5);
  const [blocked, other] = [fakeMessage({ seq: 3 }), fakeMessage({ seq: 4 })];
  for (const event of [blocked, other]) {
    const chat = fakeGroup(event, { unread: 1 }, { kind: "direct" });
    fake.server.push("sync:changes", { changes: [chatChange(chat), eventChange(event)] });
    await fake.clock.advance(50);
  }
  const { senderId } = blocked;
  const value = writeValue("block", { atMs: 1 });
  const change = { kind: "value", change: 5, key: valueKey("block", senderId), value };
  fake.server.push("sync:changes", { changes: [change] });
  await fake.clock.advance(50);
  void window.call("alerts:configure", { doNotDisturb: false });
  await fake.clock.advance(100);
  expect(window.bodiesOf("notification:show")).toMatchObject([
    { chatId: other.chatId, body: "1 unread in 1" },
  ]);
});

test("S12: a message that was edited before this device came back is told, as it reads now", async () => {
  const { fake, window } = await liveHost();
  const event = fakeMessage({ seq: 3, payload: null });
  const payload = textPayload("Corrected", new Uint8Array(16));
  const edit = { seq: 4, at: event.at, alg: "none", payload };
  const last: Event = { ...event, fold: { foldSeq: 4, edit, reactions: [], recent: [] } };
  const changes: Change[] = [chatChange(fakeGroup(last, { unread: 1, countedThroughSeq: 4 }))];
  const { dataEpoch } = fake.server;
  fake.server.push("sync:heal", { dataEpoch, since: 0, watermark: 4, changes });
  await fake.clock.advance(100);
  expect(window.bodiesOf("notification:show")).toMatchObject([
    { chatId: event.chatId, body: "Someone: Corrected" },
  ]);
});
