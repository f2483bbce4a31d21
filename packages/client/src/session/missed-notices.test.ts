import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import { type Event, REL } from "@parley/protocol/event.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { eventChange, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost } from "../testing/fake-host.ts";

type Shown = NoticeBody<"notification:show">;

/** A desktop on which nobody shows notifications, until `daemon.isThere`. */
async function bareDesktop() {
  const shown: Shown[] = [];
  const daemon = { isThere: false };
  const fake: FakeHost = new FakeHost({
    surface: {
      show: (notice) => {
        const { accountKey, chatId, clientId } = notice;
        const state = daemon.isThere ? "shown" : "unavailable";
        if (daemon.isThere) shown.push(notice);
        fake.host.told({ state, atMs: 1, of: { accountKey, chatId, clientId } });
        return true;
      },
      clear: () => undefined,
    },
  });
  const window = await fake.openWindow();
  const accountKey = await fake.signIn(window);
  const arrive = async (...events: Event[]): Promise<void> => {
    fake.server.push("sync:changes", { changes: events.map((event) => eventChange(event)) });
    await fake.clock.advance(1_500);
  };
  const daemonComes = async (): Promise<void> => {
    daemon.isThere = true;
    fake.host.notificationsShownAgain();
    await fake.clock.advance(100);
  };
  return { fake, window, accountKey, shown, arrive, daemonComes };
}

/** A message that the server stores now. */
function messageNow(fake: FakeHost, parts: Partial<Event> = {}): Event {
  return fakeMessage({ at: fake.clock.nowMs(), ...parts });
}

test("V52: what nobody was there to show is shown to a program that comes soon, once", async () => {
  const { fake, shown, arrive, daemonComes } = await bareDesktop();
  const chatId = newId(ChatId);
  await arrive(messageNow(fake, { chatId, seq: 1 }));
  const newest = messageNow(fake, { chatId, seq: 2 });
  await arrive(newest);
  await fake.clock.advance(60_000);
  await daemonComes();
  expect(shown).toMatchObject([{ chatId, clientId: newest.clientId }]);
  await daemonComes();
  expect(shown).toHaveLength(1);
  expect(fake.host.session(fake.accountKey)?.alerts.decisions(chatId).at(-1)).toMatchObject({
    act: "show",
    outcome: { state: "shown" },
  });
});

test("V52: of many chats that nobody was there to show at most five notifications come", async () => {
  const { fake, shown, arrive, daemonComes } = await bareDesktop();
  for (let chat = 0; chat < 12; chat++) await arrive(messageNow(fake));
  await daemonComes();
  expect(shown).toHaveLength(5);
  expect(shown.at(-1)?.body).toBe("8 unread in 8");
});

test("V52: nothing that was read, deleted, muted or is older than five minutes is shown late", async () => {
  const { fake, window, accountKey, shown, arrive, daemonComes } = await bareDesktop();
  await arrive(messageNow(fake));
  await fake.clock.advance(5 * 60_000);
  const [read, erased] = [messageNow(fake), messageNow(fake)];
  await arrive(read);
  await arrive(erased);
  void window.call("receipt:mark", { accountKey, marks: [{ chatId: read.chatId, readSeq: 1 }] });
  const { chatId, clientId } = erased;
  await arrive(
    messageNow(fake, {
      chatId,
      seq: 2,
      rel: { kind: REL.redact, target: clientId },
      notify: false,
    }),
  );
  await daemonComes();
  expect(shown).toEqual([]);
});

test("V51: what was missed is not shown while alerts are off", async () => {
  const { fake, window, shown, arrive, daemonComes } = await bareDesktop();
  await arrive(messageNow(fake));
  void window.call("alerts:configure", { doNotDisturb: true });
  await fake.clock.advance(5);
  await daemonComes();
  expect(shown).toEqual([]);
});
