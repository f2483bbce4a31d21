import { type Event } from "@parley/protocol/event.ts";
import { openPayload } from "@parley/protocol/content.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { isMuted, readValue, valueKey, type ValueOf } from "@parley/protocol/values.ts";
import { expect, type Page, test } from "@playwright/test";

import { windowIdOf, windowOf } from "../../support/desktop-person.ts";
import { GRACE, NotifiedAda } from "../../support/notified-ada.ts";
import { chatRow, conversation, expectOnline, messageWithText } from "../../support/person.ts";

const HOUR_MS = 3_600_000;

/** All texts that Ada has written in her chat with Grace, as Grace's device is told. */
async function writtenByAda({ grace, phone, chatId }: NotifiedAda): Promise<string[]> {
  const { parts } = await grace.ask("sync:pull", { chats: [{ chatId, after: 0 }] });
  const events: Event[] = parts.flatMap((part) => part.events);
  return events
    .filter(({ senderId, system }) => senderId === phone.accountId && system === undefined)
    .map(({ alg, payload }) => {
      const content = openPayload(alg, payload ?? "");
      return content.type === "text" ? content.text : content.type;
    });
}

/** The mute of Ada's chat with Grace, as the server has it. */
async function muteOf({ phone, chatId }: NotifiedAda): Promise<ValueOf<"mute"> | undefined> {
  const { changes } = await phone.ask("sync:hello", { dataEpoch: null, since: 0 });
  const key = valueKey("mute", chatId);
  const put = changes.find((change) => change.kind === "value" && change.key === key);
  return put?.kind === "value" ? readValue("mute", put.value) : undefined;
}

/** Reads all of a chat on Ada's other device. */
async function readElsewhere({ phone }: NotifiedAda, chatId: ChatId): Promise<void> {
  const { parts } = await phone.ask("sync:pull", { chats: [{ chatId, after: 0 }] });
  const [part] = parts;
  if (!part) throw new Error("there is no such chat");
  await phone.ask("receipt:put", { marks: [{ chatId, readSeq: part.headSeq }] });
}

/** Sixty messages that nothing is notified of push the ones before out of sight. */
async function buryUnderSilence(ada: NotifiedAda): Promise<void> {
  await ada.configure({ doNotDisturb: true, wakeDigest: false });
  const later = Array.from({ length: 60 }, (_, nth) => `Later ${nth}`);
  await ada.grace.say(ada.chatId, later);
  await expect(chatRow(ada.page, GRACE)).toHaveAccessibleName(/Later 59/);
}

test("V51: previews, per device and per chat: sender and text, the sender only, neither; sounds too", async () => {
  await using ada = await NotifiedAda.start();
  const { notifications, chatId } = ada;
  const last = () => notifications.arrived.at(-1);
  const arrives = async (text: string) => {
    const before = notifications.arrivedCount;
    await ada.hears(text);
    await expect.poll(() => notifications.arrivedCount).toBe(before + 1);
    // So that the next one stands for itself alone, however late it is.
    await readElsewhere(ada, chatId);
    return last();
  };
  const all = await arrives("All of it");
  expect(all).toMatchObject({ summary: GRACE, body: "All of it" });
  expect(all?.hints).toMatchObject({ "sound-name": "message-new-instant", urgency: 1 });
  expect(all?.actions.map(([, label]) => label)).toEqual([
    "Open",
    "Reply",
    "Mark as read",
    "Mute for 1 hour",
  ]);
  await ada.configure({ preview: "name" });
  expect(await arrives("Half of it")).toMatchObject({ summary: GRACE, body: "New message" });
  await ada.configure({ preview: "none", sound: false });
  const none = await arrives("None of it");
  expect(none).toMatchObject({ summary: "Parley", body: "New message" });
  expect(none?.hints).toMatchObject({ "suppress-sound": true });
  // Whoever sees nothing of it is not asked for an answer to it.
  expect(none?.actions.map(([key]) => key)).not.toContain("inline-reply");

  await ada.configure({ sound: true });
  await ada.set("alert", chatId, { preview: "all", sound: "bell" });
  const own = await arrives("This chat is open");
  expect(own).toMatchObject({ summary: GRACE, body: "This chat is open" });
  expect(own?.hints).toMatchObject({ "sound-name": "bell" });
  // Chosen on a computer that has other sounds: the usual one.
  await ada.set("alert", chatId, { preview: null, sound: "Glass" });
  expect((await arrives("Elsewhere"))?.hints).toMatchObject({
    "sound-name": "message-new-instant",
  });
  await ada.set("alert", chatId, { preview: null, sound: "none" });
  const silent = await arrives("Silently");
  expect(silent?.hints).toMatchObject({ "suppress-sound": true });
  expect(silent?.hints).not.toHaveProperty("sound-name");
  expect(JSON.stringify(notifications.arrived)).not.toMatch(/Half|None of it|Silently|Elsewhere/);
});

test("S11: an inline reply is sent once, over crash and restart too; the buttons mark read and mute for an hour", async () => {
  await using ada = await NotifiedAda.start();
  const { notifications, phone } = ada;
  notifications.reply((await ada.isNotified("Lunch?")).id, "Yes!");
  await expect.poll(() => writtenByAda(ada)).toEqual(["Yes!"]);
  // Whoever answers has read.
  await expect.poll(() => phone.counts()).toEqual({ unread: 0, mentions: 0 });
  await expect.poll(() => ada.screen).toEqual([]);

  const { id } = await ada.isNotified("And tomorrow?");
  const window = await windowIdOf(ada.desktop);
  const { control } = ada.desktop;
  await control.killRenderer(window);
  notifications.reply(id, "Tomorrow too");
  await expect.poll(() => writtenByAda(ada)).toEqual(["Yes!", "Tomorrow too"]);
  ada.page = await ada.desktop.pageOf(window);
  await expectOnline(ada.page);

  notifications.act((await ada.isNotified("Good")).id, "mark-read");
  await expect.poll(() => phone.counts()).toEqual({ unread: 0, mentions: 0 });
  await expect.poll(() => ada.screen).toEqual([]);

  notifications.act((await ada.isNotified("One more thing")).id, "mute-hour");
  await expect(chatRow(ada.page, GRACE)).toHaveAccessibleName(/muted/i);
  await expect.poll(() => muteOf(ada)).toBeDefined();
  const mute = await muteOf(ada);
  expect(isMuted(mute, Date.now() + HOUR_MS - 120_000)).toBe(true);
  expect(isMuted(mute, Date.now() + HOUR_MS + 120_000)).toBe(false);
  const quiet = await ada.hears("Quietly");
  expect(await ada.reasonFor(quiet)).toBe("muted");

  await ada.desktop.quit();
  await ada.relaunch();
  // V52: what was decided before is still known.
  expect(await ada.reasonFor(quiet)).toBe("muted");
  expect(await writtenByAda(ada)).toEqual(["Yes!", "Tomorrow too"]);
});

test("S19: one notification a chat, the newest; withdrawn when deleted, and when read on another device", async () => {
  await using ada = await NotifiedAda.start();
  const { grace, phone, chatId } = ada;
  const groupId = await grace.createGroup("Regatta", [phone]);
  const first = await ada.isNotified("First");
  await ada.isNotified("Start at nine", groupId);
  const second = await ada.isNotified("Second");
  // In the place of the one before.
  expect(second.id).toBe(first.id);
  expect(ada.screen).toEqual(["Regatta: Grace Lindqvist: Start at nine", `${GRACE}: Second`]);

  const third = await ada.hears("Third");
  await expect.poll(() => ada.screen).toContain(`${GRACE}: Third`);
  await grace.erase(chatId, third);
  await expect.poll(() => ada.screen).toEqual(["Regatta: Grace Lindqvist: Start at nine"]);
  await ada.isNotified("Fourth");
  await readElsewhere(ada, groupId);
  await expect.poll(() => ada.screen).toEqual([`${GRACE}: Fourth`]);
  await readElsewhere(ada, chatId);
  await expect.poll(() => ada.screen).toEqual([]);

  // S21: read while the app was not there to hear of it.
  await ada.isNotified("Fifth");
  await ada.desktop.quit();
  await readElsewhere(ada, chatId);
  await ada.relaunch();
  await expect.poll(() => ada.screen).toEqual([]);
});

/** Keeps the names of the messages that are lit from now on; answers those so far. */
async function watchLit(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const lit: string[] = [];
    Object.assign(globalThis, { lit });
    const look = (): void => {
      for (const one of document.querySelectorAll<HTMLElement>("article.is-highlighted")) {
        lit.push(one.dataset["key"] ?? "");
      }
    };
    const changes = { subtree: true, childList: true, attributes: true };
    new MutationObserver(look).observe(document.body, changes);
  });
  return () => page.evaluate<string[]>("lit");
}

test("a click opens account, chat and message: after a restart of the app, and after it left the screen", async () => {
  await using ada = await NotifiedAda.start();
  const clicked = async (id: number, text: string) => {
    const lit = await watchLit(ada.page);
    ada.notifications.act(id, "default");
    await expect.poll(() => windowOf(ada.desktop)).toMatchObject({ visible: true, focused: true });
    await expect(conversation(ada.page, GRACE)).toBeVisible();
    const message = messageWithText(ada.page, GRACE, text);
    await expect(message).toBeInViewport();
    // It goes out by itself after a moment.
    await expect.poll(lit).toContain(await message.getAttribute("data-key"));
  };
  const early = await ada.isNotified("Early");
  await buryUnderSilence(ada);
  await ada.desktop.quit();
  await ada.relaunch();
  await clicked(early.id, "Early");

  await ada.hide();
  await ada.configure({ doNotDisturb: false });
  const late = await ada.isNotified("Late");
  await buryUnderSilence(ada);
  ada.notifications.close(late.id, 1);
  await clicked(late.id, "Late");
});

test("V51: do not disturb, snooze, quiet hours, mute, block, focus: nothing shows, and it is said why", async () => {
  await using ada = await NotifiedAda.start();
  const { grace, phone, chatId, page } = ada;
  await ada.configure({ wakeDigest: false });
  const why = async (text: string, isForAda = false) =>
    ada.reasonFor(await ada.hears(text, chatId, isForAda));
  await ada.configure({ doNotDisturb: true });
  expect(await why("Disturbing")).toBe("do-not-disturb");
  await ada.configure({ doNotDisturb: false, snoozedUntilMs: Date.now() + HOUR_MS });
  expect(await why("Snoozed")).toBe("snoozed");
  const wholeDays = [0, 1, 2, 3, 4, 5, 6].map(() => ({ fromMinute: 0, toMinute: 0 }));
  await ada.configure({ snoozedUntilMs: null, quietHours: { enabled: true, days: wholeDays } });
  expect(await why("At night")).toBe("quiet-hours");
  await ada.configure({ quietHours: { enabled: false, days: wholeDays } });
  await ada.set("mute", chatId, { untilMs: null });
  // V42: a mention does not break a mute.
  expect(await why("Ada, are you there?", true)).toBe("muted");
  await ada.set("mute", chatId, null);

  const groupId = await grace.createGroup("Regatta", [phone]);
  await ada.set("block", grace.accountId, { atMs: Date.now() });
  expect(await ada.reasonFor(await ada.hears("From one blocked", groupId), groupId)).toBe(
    "blocked",
  );
  await ada.set("block", grace.accountId, null);
  expect(ada.notifications.arrived).toEqual([]);

  await ada.desktop.control.actOnWindow(await windowIdOf(ada.desktop), "show");
  await chatRow(page, GRACE).click();
  await expect(messageWithText(page, GRACE, "At night")).toBeVisible();
  await expect(async () => expect(await why("In view")).toBe("chat-in-view")).toPass();
  await ada.hide();
  // The page tells the host a moment later.
  await expect(async () => expect(await why("Seen at last")).toBe("new-message")).toPass();
  await expect.poll(() => ada.screen).toEqual([`${GRACE}: Seen at last`]);

  await ada.desktop.control.actOnWindow(await windowIdOf(ada.desktop), "show");
  const said = await whyNot(page, GRACE);
  await expect(said.first()).toContainText("The system showed it.");
  await expect(async () => {
    const lines = await said.allInnerTexts();
    expect(lines).toEqual([
      expect.stringContaining("Notified: a new message."),
      ...Array.from({ length: lines.length - 5 }, () =>
        expect.stringContaining("Not notified: the chat was before your eyes."),
      ),
      expect.stringContaining("Not notified: the chat is muted."),
      expect.stringContaining("Not notified: it was within your quiet hours."),
      expect.stringContaining("Not notified: alerts were paused."),
      expect.stringContaining("Not notified: “Do not disturb” was on."),
    ]);
  }).toPass({ timeout: 60_000 });
});

/** Asks in a chat's details why one was not notified; the decisions, newest first. */
async function whyNot(page: Page, title: string) {
  await chatRow(page, title).click();
  await conversation(page, title).getByRole("button", { name: "Chat menu" }).click();
  await page.getByRole("menuitem", { name: /details/i }).click();
  await page.getByRole("button", { name: "Why wasn't I notified?" }).click();
  return page.getByRole("list", { name: "Why wasn't I notified?" }).getByRole("listitem");
}

/** Sends a test notification from the settings; what they say then. */
async function tryOut(page: Page) {
  await page.keyboard.press("Control+,");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Notifications" }).click();
  await dialog.getByRole("button", { name: "Try it" }).click();
  return dialog;
}

test("V52: the test button says what the system did: shown, then nobody there to show it; who comes soon shows what is unread", async () => {
  await using ada = await NotifiedAda.start();
  const { desktop, page, notifications } = ada;
  await desktop.control.actOnWindow(await windowIdOf(desktop), "show");
  const dialog = await tryOut(page);
  await expect(dialog.getByText("The system showed it.")).toBeVisible();
  expect(ada.screen).toEqual(["Parley can notify you: This is what a new message looks like."]);
  await notifications.stop();
  await dialog.getByRole("button", { name: "Try it" }).click();
  await expect(
    dialog.getByText("No program on this computer shows notifications.").last(),
  ).toBeVisible();
  await page.keyboard.press("Escape");
  await ada.hide();
  const read = await ada.grace.createGroup("Regatta", [ada.phone]);
  await ada.reasonFor(await ada.hears("Read elsewhere", read), read);
  await readElsewhere(ada, read);
  await ada.reasonFor(await ada.hears("Nobody shows this"));
  const screen = await ada.daemonComes();
  await expect.poll(screen).toEqual([expect.stringContaining("Nobody shows this")]);
});

test("V51: a system that does not let the app is told of, with the test and with the chat, after a restart too", async () => {
  const refusal = { name: "org.freedesktop.DBus.Error.AccessDenied", message: "Not this one" };
  await using ada = await NotifiedAda.start({ refusal });
  const { desktop, page } = ada;
  await ada.reasonFor(await ada.hears("Nobody sees this"));
  await desktop.control.actOnWindow(await windowIdOf(desktop), "show");
  const dialog = await tryOut(page);
  await expect(dialog.getByText(/Not this one/)).toBeVisible();
  await expect(dialog.getByText(/does not let|doesn't let|not allow/i).last()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect((await whyNot(page, GRACE)).first()).toContainText("Not this one");
  await ada.desktop.quit();
  await ada.relaunch();
  await ada.desktop.control.actOnWindow(await windowIdOf(ada.desktop), "show");
  const later = await whyNot(ada.page, GRACE);
  await expect(later).toHaveCount(1);
  await expect(later).toContainText("Not this one");
});
