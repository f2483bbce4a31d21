import { AccountId, ChatId, DataEpoch, newId } from "@parley/protocol/ids.ts";
import { describe, expect, test } from "vitest";
import { eventChange, fakeMessage } from "../testing/fake-events.ts";
import { liveHost } from "../testing/fake-host.ts";

describe("views and ephemera", () => {
  const chatId = newId(ChatId);
  const somebody = newId(AccountId);

  test("S10: what all windows watch is told once, and again on a new connection", async () => {
    const { fake, window, accountKey } = await liveHost();
    const second = await fake.openWindow();
    const view = { accountKey, focused: true, visible: true, openChatIds: [chatId] };
    void window.call("view:set", { ...view, watchAccountIds: [somebody] });
    void second.call("view:set", { ...view, watchAccountIds: [] });
    await fake.clock.advance(100);
    expect(fake.server.requestsOf("presence:watch").at(-1)).toEqual({ accountIds: [somebody] });
    expect(fake.server.requestsOf("view:open").at(-1)).toEqual({ chatIds: [chatId] });
    expect(fake.server.requestsOf("presence:set").at(-1)).toEqual({ active: true });
    const before = fake.server.requestsOf("presence:watch").length;
    void second.call("view:set", { ...view, watchAccountIds: [somebody] });
    await fake.clock.advance(100);
    expect(fake.server.requestsOf("presence:watch")).toHaveLength(before);
    fake.server.wire.cutAll();
    await fake.clock.advance(5_000);
    expect(fake.server.requestsOf("presence:watch")).toHaveLength(before + 1);
  });

  test("S10: a window that is gone watches nothing any more", async () => {
    const { fake, accountKey } = await liveHost();
    const second = await fake.openWindow();
    const view = { accountKey, focused: false, visible: true, openChatIds: [chatId] };
    void second.call("view:set", { ...view, watchAccountIds: [somebody] });
    await fake.clock.advance(100);
    second.become("gone");
    await fake.clock.advance(100);
    expect(fake.server.requestsOf("view:open").at(-1)).toEqual({ chatIds: [] });
    expect(fake.server.requestsOf("presence:set").at(-1)).toEqual({ active: false });
  });

  test("S10: typing of others ends with their message", async () => {
    const { fake, window } = await liveHost();
    fake.server.push("typing:changed", { chatId, accountId: somebody, typing: true });
    await fake.clock.advance(10);
    const event = fakeMessage({ chatId, senderId: somebody });
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(10);
    expect(window.bodiesOf("typing:changed").map((body) => body.typing)).toEqual([true, false]);
  });

  test("S8: marks of windows reach the server as one batch", async () => {
    const { fake, window, accountKey } = await liveHost();
    const second = await fake.openWindow();
    void window.call("receipt:mark", { accountKey, marks: [{ chatId, deliveredSeq: 4 }] });
    void second.call("receipt:mark", { accountKey, marks: [{ chatId, readSeq: 3 }] });
    await fake.clock.advance(300);
    expect(fake.server.requestsOf("receipt:put")).toEqual([
      { marks: [{ chatId, deliveredSeq: 4, readSeq: 3 }] },
    ]);
  });
});

describe("notifications", () => {
  const person = { accountId: newId(AccountId), handle: "grace", name: "Grace" };

  async function withGrace() {
    const setup = await liveHost();
    const change = { kind: "person", change: 1, person };
    setup.fake.server.push("sync:changes", { changes: [change] });
    await setup.fake.clock.advance(10);
    return setup;
  }

  test("a message out of view is shown once, by one window, with name and text", async () => {
    const { fake, window, accountKey } = await withGrace();
    const second = await fake.openWindow();
    const event = fakeMessage({ senderId: person.accountId, text: "Lunch?" });
    for (let i = 0; i < 3; i++) fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(60);
    expect([
      ...window.bodiesOf("notification:show"),
      ...second.bodiesOf("notification:show"),
    ]).toEqual([
      {
        accountKey,
        chatId: event.chatId,
        clientId: event.clientId,
        title: "Grace",
        body: "Lunch?",
      },
    ]);
    const decisions = fake.host.session(accountKey)?.alerts.decisions(event.chatId);
    expect(decisions?.map((one) => one.reason)).toEqual(["new-message"]);
  });

  test("a chat in view in a focused window is not notified", async () => {
    const { fake, window, accountKey } = await withGrace();
    const event = fakeMessage({ senderId: person.accountId });
    const view = { focused: true, visible: true, openChatIds: [event.chatId], watchAccountIds: [] };
    void window.call("view:set", { accountKey, ...view });
    await fake.clock.advance(1);
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(60);
    expect(window.bodiesOf("notification:show")).toEqual([]);
  });

  test("reading anywhere withdraws the notification", async () => {
    const { fake, window, accountKey } = await withGrace();
    const { chatId } = fakeMessage();
    const event = fakeMessage({ senderId: person.accountId, chatId, seq: 5 });
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(60);
    const counts = { kind: "counts", change: 6, chatId, deliveredSeq: 5, readSeq: 5 };
    const none = { unread: 0, mentions: 0, countedThroughSeq: 5 };
    fake.server.push("sync:changes", { changes: [{ ...counts, ...none }] });
    await fake.clock.advance(10);
    expect(window.bodiesOf("notification:clear")).toEqual([{ accountKey, chatId }]);
  });

  test("nothing is notified twice over a restart; names are remembered", async () => {
    const { fake, accountKey } = await withGrace();
    const event = fakeMessage({ senderId: person.accountId, seq: 3 });
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(2_000);
    await fake.restart();
    const window = await fake.openWindow();
    await fake.clock.advance(200);
    const next = fakeMessage({ senderId: person.accountId, chatId: event.chatId, seq: 4 });
    fake.server.push("sync:changes", { changes: [eventChange(event), eventChange(next)] });
    await fake.clock.advance(1_100);
    expect(window.bodiesOf("notification:show")).toMatchObject([
      { accountKey, clientId: next.clientId, title: "Grace" },
    ]);
  });
});

describe("a restored server", () => {
  test.each([
    ["the same data", false, 1],
    ["data that began anew", true, 0],
  ])("S6c: marks that waited for a connection, after it comes back with %s", async (...row) => {
    const [, isAnew, batches] = row;
    const { fake, window, accountKey } = await liveHost();
    fake.server.setUp(false);
    const marks = [{ chatId: newId(ChatId), readSeq: 7 }];
    const marked = window.call("receipt:mark", { accountKey, marks });
    await fake.clock.advance(10);
    await marked;
    if (isAnew) fake.server.dataEpoch = newId(DataEpoch);
    fake.server.setUp(true);
    await fake.clock.advance(60_000);
    expect(fake.host.session(accountKey)?.state.name).toBe("live");
    expect(fake.server.requestsOf("receipt:put")).toHaveLength(batches);
  });
});
