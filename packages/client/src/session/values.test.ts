import type { Change } from "@parley/protocol/chat.ts";
import { DataEpoch, newId } from "@parley/protocol/ids.ts";
import { isMuted, valueKey, writeValue } from "@parley/protocol/values.ts";
import { expect, test } from "vitest";
import { eventChange, fakeGroup, fakeMessage } from "../testing/fake-events.ts";
import { liveHost } from "../testing/fake-host.ts";

const first = fakeMessage({ seq: 3 });
const { chatId, senderId, at } = first;

const muteChange = (change: number, untilMs: number | null): Change => ({
  kind: "value",
  change,
  key: valueKey("mute", chatId),
  value: writeValue("mute", { untilMs }),
});
const blockChange = (change: number, isOn: boolean): Change => ({
  kind: "value",
  change,
  key: valueKey("block", senderId),
  value: isOn ? writeValue("block", { atMs: 1 }) : null,
});

const largeGroup = fakeGroup(
  first,
  { deliveredSeq: 1, readSeq: 1 },
  {
    title: "Everyone",
    memberCount: 1_000,
    othersMin: { deliveredSeq: 1, readSeq: 1 },
    last: null,
  },
);

async function live() {
  const { fake, window, accountKey } = await liveHost();
  let seq = 3;
  return {
    fake,
    window,
    accountKey,
    push: async (...changes: Change[]) => {
      fake.server.push("sync:changes", { changes });
      await fake.clock.advance(50);
    },
    /** The next message of the chat; answers why it alerted or not. */
    arrives: async (parts: Parameters<typeof fakeMessage>[0] = {}) => {
      seq += 1;
      const change = eventChange(fakeMessage({ chatId, senderId, seq, ...parts }));
      fake.server.push("sync:changes", { changes: [change] });
      await fake.clock.advance(50);
      return fake.host.session(accountKey)?.alerts.decisions(chatId).at(-1)?.reason;
    },
  };
}

test("V42: a muted chat alerts of nothing, by the server's clock, until the mute is over", async () => {
  const { push, arrives } = await live();
  expect(await arrives()).toBe("new-message");
  await push(muteChange(10, null));
  expect(await arrives()).toBe("muted");
  await push(muteChange(11, at + 5));
  expect(await arrives({ at: at + 4 })).toBe("muted");
  expect(await arrives({ at: at + 5 })).toBe("new-message");
  await push(muteChange(9, null));
  expect(await arrives({ at: at + 6 })).toBe("new-message");
  expect(isMuted({ untilMs: at + 5 }, at + 4)).toBe(true);
});

test("V33, V42: a blocked account alerts of nothing, wherever it writes", async () => {
  const { push, arrives } = await live();
  await push(blockChange(10, true));
  expect(await arrives()).toBe("blocked");
  expect(await arrives({ chatId: fakeMessage().chatId })).toBe("blocked");
  await push(blockChange(11, false));
  expect(await arrives()).toBe("new-message");
});

test("V32: what a window of this device puts is known here by its outcome", async () => {
  const { fake, window, accountKey, arrives } = await live();
  const key = valueKey("mute", chatId);
  const value = writeValue("mute", { untilMs: null });
  fake.server.answers["values:put"] = () => ({
    data: { outcomes: [{ written: { key, value, change: 7 } }] },
  });
  const body = { puts: [{ key, value, baseRev: 0 }] };
  const put = window.call("server:request", { accountKey, name: "values:put", body });
  await fake.clock.advance(10);
  expect(await put).toMatchObject({ ok: true });
  expect(await arrives()).toBe("muted");
});

test("S21: mute and block are kept over a restart, for a host without windows; another epoch says them anew", async () => {
  const { fake, accountKey, push } = await live();
  await push(muteChange(10, null), blockChange(11, true));
  await fake.restart();
  await fake.clock.advance(5_000);
  const reason = async (seq: number) => {
    const change = eventChange(fakeMessage({ chatId, senderId, seq }));
    fake.server.push("sync:changes", { changes: [change] });
    // Nobody here asks for what was missed: it waits for that as long as it may.
    await fake.clock.advance(11_000);
    return fake.host.session(accountKey)?.alerts.decisions(chatId).at(-1)?.reason;
  };
  expect(await reason(20)).toBe("blocked");
  fake.server.setUp(false);
  fake.server.dataEpoch = newId(DataEpoch);
  fake.server.setUp(true);
  await fake.clock.advance(60_000);
  expect(await reason(21)).toBe("new-message");
});

test("V34: the numbers that answer a receipt batch reach the writer and the host", async () => {
  const { fake, window, accountKey, push } = await live();
  const counts = {
    kind: "counts" as const,
    change: 12,
    chatId,
    deliveredSeq: 3,
    readSeq: 3,
    unread: 0,
    mentions: 0,
    countedThroughSeq: 3,
  };
  await push(eventChange(first));
  fake.server.answers["receipt:put"] = () => ({ data: { counts: [counts] } });
  void window.call("receipt:mark", { accountKey, marks: [{ chatId, readSeq: 3 }] });
  await fake.clock.advance(1_000);
  const told = window.bodiesOf("sync:changes").flatMap((body) => body.changes);
  expect(told).toContainEqual(counts);
});

test("V43: receipts of a large group wait, until the user turns away or another device comes", async () => {
  const { fake, window, accountKey, push } = await live();
  const view = { focused: true, visible: true, openChatIds: [chatId], watchAccountIds: [] };
  const look = async (visible: boolean) => {
    void window.call("view:set", { accountKey, ...view, visible, focused: visible });
    await fake.clock.advance(100);
  };
  const mark = async (readSeq: number) => {
    void window.call("receipt:mark", { accountKey, marks: [{ chatId, readSeq }] });
    await fake.clock.advance(1_500);
    return fake.server.requestsOf("receipt:put").length;
  };
  await look(true);
  await push({ kind: "chat", change: 1, chat: largeGroup, people: [] });
  expect(await mark(1)).toBe(0);
  await look(false);
  expect(fake.server.requestsOf("receipt:put")).toHaveLength(1);
  await look(true);
  expect(await mark(2)).toBe(1);
  fake.server.push("session:others", { others: 1 });
  await fake.clock.advance(100);
  expect(fake.server.requestsOf("receipt:put")).toHaveLength(2);
  expect(await mark(3)).toBe(3);
});

test("S1: windows learn how far the server's clock is ahead", async () => {
  const { fake, window } = await live();
  const status = window.bodiesOf("connection:changed").at(-1)?.status;
  expect(status?.serverAheadMs).toBeTypeOf("number");
  expect(Math.abs(status?.serverAheadMs ?? 1e9)).toBeLessThan(1e12);
  await fake.host.stop();
});
