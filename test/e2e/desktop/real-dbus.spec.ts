import { expect, type Page, test } from "@playwright/test";

import { NotificationServer } from "../../electron-host/bus/notification-server.ts";
import { TrayWatcher } from "../../electron-host/bus/tray-watcher.ts";
import { windowIdOf, windowOf } from "../../support/desktop-person.ts";
import { GRACE, startAdaAndGrace } from "../../support/notified-ada.ts";
import { chatRow, conversation, messageWithText, say } from "../../support/person.ts";
import { startRealBus, startRealDesktop, whyNoRealDesktop } from "../../support/real-desktop.ts";

const CHATS = 10;
const MESSAGES = 50;

test.beforeEach(async () => {
  const reason = await whyNoRealDesktop();
  test.skip(reason !== undefined, reason);
});

/** How often a text occurs. */
function occurrences(text: string, of: string): number {
  return text.split(of).length - 1;
}

async function expectUnread(page: Page, count: number): Promise<void> {
  await expect(page).toHaveTitle(count === 0 ? "Parley" : `(${count}) Parley`);
}

test("real D-Bus: what main asks to show is what a daemon gets; click, action, dismissal come back", async () => {
  await using real = await startRealDesktop();
  const watcher = await TrayWatcher.start(await real.connect());
  await using people = await startAdaAndGrace(real.env);
  const { desktop, page, grace, chatId, phone } = people;
  expect(await desktop.control.tray()).not.toBeNull();

  await grace.say(chatId, ["Is 1 < 2 & 3?"]);
  // It prints line by line.
  await expect.poll(() => real.told()).toContain('"mute-hour": "Mute for 1 hour"');
  const told = await real.told();
  expect(told).toContain("appname: 'Parley'");
  expect(told).toContain(`summary: '${GRACE}'`);
  expect(told).toContain("body: 'Is 1 &lt; 2 &amp; 3?'");
  expect(told).toContain("desktop_entry: 'parley'");
  expect(told).toContain("category: im.received");
  expect(told).toContain("urgency: NORMAL");
  expect(told).toContain('"default": "Open"');
  expect(told).toContain('"mark-read": "Mark as read"');
  // It has no field for an answer: none is offered.
  expect(told).not.toContain("inline-reply");

  await expect.poll(() => real.displayedCount()).toBe(1);
  await real.choose("Mark as read");
  await expect.poll(() => phone.counts()).toEqual({ unread: 0, mentions: 0 });
  await expect.poll(() => real.displayedCount()).toBe(0);

  await grace.say(chatId, ["Another one"], [phone.accountId]);
  await expect.poll(() => real.told()).toContain("body: 'Another one'");
  await expect.poll(() => real.told()).toContain("urgency: CRITICAL");
  await grace.say(chatId, ["In its place"]);
  await expect.poll(() => real.told()).toContain("body: 'In its place'");
  await expect.poll(() => real.displayedCount()).toBe(1);
  await real.dismiss();
  await expect.poll(() => real.displayedCount()).toBe(0);
  expect(await windowOf(desktop)).toMatchObject({ visible: false });
  await expectUnread(page, 2);

  await grace.say(chatId, ["Click me"]);
  await expect.poll(() => real.told()).toContain("body: 'Click me'");
  await expect.poll(() => real.displayedCount()).toBe(1);
  await real.click();
  await expect.poll(() => windowOf(desktop)).toMatchObject({ visible: true, focused: true });
  await expect(conversation(page, GRACE)).toBeVisible();
  await expect(messageWithText(page, GRACE, "Click me")).toBeVisible();
  // Read now: it is no news any more.
  await expect.poll(() => real.displayedCount()).toBe(0);
  await watcher.stop();
});

test("real D-Bus: a daemon that hangs keeps neither main nor messages; what waits is shown when it goes on, once", async () => {
  await using real = await startRealDesktop();
  await using people = await startAdaAndGrace(real.env);
  const { desktop, page, grace, phone, chatId } = people;
  test.skip(desktop.kind !== "stand-in", "the main loop is measured in the stand-in");
  const groups: (typeof chatId)[] = [];
  for (let nth = 0; nth < CHATS; nth++) groups.push(await grace.createGroup(`G${nth}`, [phone]));
  await grace.say(chatId, ["Before"]);
  await expect.poll(() => real.told()).toContain("body: 'Before'");

  real.hang();
  try {
    await desktop.control.loopLag();
    // One by one: each is an arrival of its own.
    for (let nth = 0; nth < MESSAGES; nth++) {
      await grace.say(groups[nth % CHATS]!, [`Hung ${nth}`]);
    }
    await expectUnread(page, MESSAGES + 1);
    // Acks come as ever: what Ada writes meanwhile is with Grace while the daemon hangs.
    await desktop.control.actOnWindow(await windowIdOf(desktop), "show");
    await chatRow(page, GRACE).click();
    await say(page, GRACE, "And back");
    const sent = async () => {
      const { parts } = await grace.ask("sync:pull", { chats: [{ chatId, after: 0 }] });
      return parts.flatMap(({ events }) => events).some(({ payload }) => payload?.includes("back"));
    };
    await expect.poll(sent).toBe(true);
    const lag = await desktop.control.loopLag();
    test.info().annotations.push({ type: "lag", description: JSON.stringify(lag) });
    await desktop.control.actOnWindow(await windowIdOf(desktop), "hide");
    expect(await real.told()).not.toContain("Hung");
  } finally {
    real.resume();
  }
  // What waited is shown: of each chat the newest at that time, or fewer where the machine was so slow that
  // they are news of a time away (V52).
  await expect.poll(() => real.told()).toContain("Hung");
  await grace.say(groups[0]!, ["After"]);
  await expect.poll(() => real.told()).toContain(`body: '${GRACE}: After'`);
  const told = await real.told();
  expect(occurrences(told, `body: '${GRACE}: Hung`)).toBeLessThanOrEqual(CHATS + 1);
  for (let nth = 0; nth < MESSAGES; nth++) {
    const asked = occurrences(told, `body: '${GRACE}: Hung ${nth}'`);
    expect(asked, `Hung ${nth}`).toBeLessThanOrEqual(1);
  }
});

test("real D-Bus: a reply comes back by a bus of Debian's; a server that is started anew is spoken to", async () => {
  await using bus = await startRealBus();
  const first = await NotificationServer.start(await bus.connect());
  await using people = await startAdaAndGrace(bus.env);
  const { grace, phone, chatId } = people;
  await grace.say(chatId, ["Coming?"]);
  await expect.poll(() => first.shown).toHaveLength(1);
  first.reply(first.shown[0]!.id, "On my way");
  const answered = async () => {
    const { parts } = await grace.ask("sync:pull", { chats: [{ chatId, after: 0 }] });
    const events = parts.flatMap((part) => part.events);
    return events.filter(({ senderId }) => senderId === phone.accountId).length;
  };
  await expect.poll(answered).toBe(1);
  await expect.poll(() => first.shown).toEqual([]);

  await grace.say(chatId, ["Still there?"]);
  await expect.poll(() => first.shown).toHaveLength(1);
  await first.stop();
  const next = await NotificationServer.start(await bus.connect(), { capabilities: ["body"] });
  await grace.say(chatId, ["Here again"]);
  await expect
    .poll(() => next.shown)
    .toMatchObject([{ summary: GRACE, body: "Here again", actions: [] }]);
  expect(await answered()).toBe(1);
});
