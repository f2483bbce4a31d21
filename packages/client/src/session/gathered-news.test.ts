import type { Event } from "@parley/protocol/event.ts";
import { REL } from "@parley/protocol/event.ts";
import { AccountId, ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventChange, fakeMessage } from "../testing/fake-events.ts";
import { type FakeHost, liveHost } from "../testing/fake-host.ts";
import { MAX_NOTIFICATIONS } from "./backlog.ts";

const SENDER = newId(AccountId);

function push(fake: FakeHost, ...events: Event[]): void {
  fake.server.push("sync:changes", { changes: events.map((event) => eventChange(event)) });
}

/** A message that was stored so long ago. */
function ago(fake: FakeHost, byMs: number, parts: Partial<Event> & { text?: string } = {}): Event {
  return fakeMessage({ senderId: SENDER, at: fake.clock.nowMs() - byMs, ...parts });
}

test("V52: a connection that outlived a sleep gives 300 messages of 20 chats at once: five notifications", async () => {
  const { fake, window } = await liveHost();
  const chats = Array.from({ length: 20 }, () => newId(ChatId));
  for (let nth = 0; nth < 300; nth++) {
    const seq = 1 + Math.floor(nth / chats.length);
    push(fake, ago(fake, 600_000 - nth, { chatId: chats[nth % chats.length]!, seq }));
  }
  await fake.clock.advance(5_000);
  expect(window.bodiesOf("notification:show")).toHaveLength(MAX_NOTIFICATIONS);
});

test("V52: live messages of any number and pace: in a moment at most five are shown, and every chat is told of", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ chat: fc.nat({ max: 9 }), isLate: fc.boolean() }), {
        minLength: 1,
        maxLength: 40,
      }),
      async (messages) => {
        const { fake, window, accountKey } = await liveHost();
        const chats = Array.from({ length: 10 }, () => newId(ChatId));
        const events = messages.map(({ chat, isLate }, nth) =>
          ago(fake, isLate ? 60_000 : 0, { chatId: chats[chat]!, seq: nth + 1 }),
        );
        push(fake, ...events);
        await fake.clock.advance(5_000);
        const shown = window.bodiesOf("notification:show");
        const named = new Set(events.map(({ chatId }) => chatId));
        expect(shown).toHaveLength(Math.min(MAX_NOTIFICATIONS, named.size));
        const { alerts } = fake.host.session(accountKey)!;
        for (const chatId of named) {
          expect(alerts.decisions(chatId).at(-1)).toMatchObject({ act: "show" });
        }
        await fake.host.stop();
      },
    ),
    { numRuns: 40 },
  );
});

test("V51: a lone message does not wait for others", async () => {
  const { fake, window } = await liveHost();
  push(fake, ago(fake, 0, { text: "Lunch?" }));
  await fake.clock.advance(60);
  expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "Lunch?" }]);
});

test("V51: several messages of a chat in one moment are one notification, of the newest", async () => {
  const { fake, window } = await liveHost();
  const chatId = newId(ChatId);
  push(fake, ago(fake, 0, { chatId, seq: 2, text: "Lunch?" }));
  push(fake, ago(fake, 0, { chatId, seq: 3, text: "At noon" }));
  await fake.clock.advance(60);
  expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "At noon" }]);
});

test("S13: what is deleted for everyone before it was shown is never shown", async () => {
  const { fake, window } = await liveHost();
  const [gathered, waiting] = [ago(fake, 0), ago(fake, 0)];
  const chatIds = [waiting.chatId];
  const lease = { deviceId: newId(DeviceId), chatIds, forMs: LIMITS.attentionMs };
  fake.server.push("attention:changed", lease);
  push(fake, gathered, waiting);
  await fake.clock.advance(10);
  for (const { chatId, clientId } of [gathered, waiting]) {
    push(fake, ago(fake, 0, { chatId, seq: 2, rel: { kind: REL.redact, target: clientId } }));
  }
  await fake.clock.advance(LIMITS.attentionWaitMs + 2_000);
  expect(window.bodiesOf("notification:show")).toEqual([]);
});

test("V51: of two messages of which the newer is deleted at once, the older is shown", async () => {
  const { fake, window } = await liveHost();
  const chatId = newId(ChatId);
  const newer = ago(fake, 0, { chatId, seq: 3, text: "Wrong chat" });
  push(fake, ago(fake, 0, { chatId, seq: 2, text: "Lunch?" }), newer);
  const rel = { kind: REL.redact, target: newer.clientId };
  push(fake, ago(fake, 0, { chatId, seq: 4, rel }));
  await fake.clock.advance(60);
  expect(window.bodiesOf("notification:show")).toMatchObject([{ body: "Lunch?" }]);
});
