import { expect, type Locator, type Page, test } from "@playwright/test";

import { appLink, type DeepLink } from "@parley/protocol/links.ts";
import { type ChatId, ClientId, ChatId as AnyChatId, newId } from "@parley/protocol/ids.ts";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { signUpInWindow, windowIdOf, windowOf } from "../../support/desktop-person.ts";
import {
  composer,
  conversation,
  expectOnline,
  messageWithText,
  startDirectChat,
} from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";
import { Talker } from "../../support/talkers.ts";

const GRACE = "Grace Lindqvist";

/** The dialog that says why a link opens nothing. */
function problem(page: Page, title: string): Locator {
  return page.getByRole("dialog", { name: title });
}

test("links to a chat and a message open it: from a second start, from the system, and at the start", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const grace = await Talker.signUp(server.url, GRACE, "grace");
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, server.url, "Ada Adeyemi", "ada");
  const [adaId] = (await grace.ask("people:search", { query: "ada" })).people;
  if (!adaId) throw new Error("Ada is not found");
  const chatId: ChatId = await grace.createDirect(adaId);
  const texts = Array.from({ length: 260 }, (_, nth) => `Line ${nth + 1}`);
  const names = await grace.say(chatId, texts);
  const link = (clientId?: ClientId): string => {
    const chat = { server: server.url, chatId };
    const deep: DeepLink = clientId
      ? { kind: "message", ...chat, clientId }
      : { kind: "chat", ...chat };
    return appLink(deep);
  };
  const { control } = desktop;
  const id = await windowIdOf(desktop);

  await control.actOnWindow(id, "hide");
  await using second = await desktop.relaunch({ args: ["--hidden", link()] });
  expect(await second.ended).toBe(0);
  await expect.poll(() => windowOf(desktop)).toMatchObject({ visible: true, focused: true });
  await expect(conversation(ada, GRACE)).toBeVisible();

  // The system's way on macOS. This message was never on the device.
  await control.actOnWindow(id, "minimize");
  await control.openUrl(link(names[9]));
  await expect.poll(() => windowOf(desktop)).toMatchObject({ minimized: false, focused: true });
  await expect(messageWithText(ada, GRACE, "Line 10")).toBeInViewport();

  // A chat that has a window of its own opens there.
  await ada.keyboard.press("Alt+o");
  await expect.poll(() => control.windows()).toHaveLength(2);
  const small = (await control.windows())[1]?.id ?? 0;
  const popped = await desktop.pageOf(small);
  await expect(conversation(popped, GRACE)).toBeVisible();
  await control.openUrl(link(names[29]));
  await expect(messageWithText(popped, GRACE, "Line 30")).toBeInViewport();
  await control.actOnWindow(small, "close");
  await expect.poll(() => control.windows()).toHaveLength(1);

  await desktop.quit();
  await using again = await desktop.relaunch({ args: [link(names[99])] });
  const page = await again.firstWindow();
  await expect(messageWithText(page, GRACE, "Line 100")).toBeInViewport();
  grace.close();
});

test("links that lead nowhere, are damaged or hostile say so and change nothing", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, server.url, "Ada Adeyemi", "ada");
  const grace = await Talker.signUp(server.url, GRACE, "grace");
  await startDirectChat(ada, GRACE);
  await composer(ada, GRACE).fill("Mine");
  const { control } = desktop;

  const elsewhere = "https://other.example.net";
  const chatId = newId(AnyChatId);
  await control.openUrl(appLink({ kind: "chat", server: elsewhere, chatId }));
  const other = problem(ada, "This link leads to another server");
  await expect(other).toContainText("other.example.net");
  await other.getByRole("button", { name: "Cancel" }).click();

  const origin = encodeURIComponent(server.url);
  const unreadable = problem(ada, "This link can't be opened");
  const wrong = [
    "parley://",
    "parley://chat/1?server=x",
    `parley://chat/${chatId}/../../x?server=${origin}`,
    `parley://chat/${chatId}?server=${origin}&server=${encodeURIComponent(elsewhere)}`,
    `parley://sign-in?server=${encodeURIComponent("javascript:alert(1)")}`,
    `parley://sign-in?server=${encodeURIComponent("https://ada:secret@other.example.net")}`,
    `parley://invite/%00%1b[2J?server=${origin}`,
    `parley://invite/<script>alert(1)</script>?server=${origin}`,
    `parley://chat/${"x".repeat(9_999)}?server=${origin}`,
    "file:///etc/passwd",
    "javascript:alert(1)",
  ];
  for (const url of wrong) {
    await control.openUrl(url);
    await expect(unreadable).toBeVisible();
    await ada.keyboard.press("Escape");
    await expect(unreadable).toBeHidden();
  }
  // The same by a second start, where a shell may have quoted anything.
  await control.actOnWindow(await windowIdOf(desktop), "hide");
  await using second = await desktop.relaunch({ args: ["PARLEY://chat/1\u001b[2J?server=x"] });
  expect(await second.ended).toBe(0);
  await expect.poll(() => windowOf(desktop)).toMatchObject({ visible: true });
  await expect(unreadable).toBeVisible();
  await unreadable.getByRole("button", { name: "Understood" }).click();

  await expect(composer(ada, GRACE)).toHaveValue("Mine");
  await expectOnline(ada);
  expect(await control.openedExternally()).toEqual([]);
  expect(await control.windows()).toHaveLength(1);

  // A message that is nowhere in its chat; then a chat that is not ours.
  const mine = await grace.ask("people:search", { query: "ada" });
  const [me] = mine.people;
  if (!me) throw new Error("Ada is not found");
  const theirs = await grace.createDirect(me);
  const lost = { kind: "message", server: server.url, chatId: theirs, clientId: newId(ClientId) };
  await control.openUrl(appLink(lost as DeepLink));
  await expect(conversation(ada, GRACE).getByText("was not found")).toBeVisible();
  await expect(composer(ada, GRACE)).toHaveValue("Mine");
  await control.openUrl(appLink({ kind: "chat", server: server.url, chatId }));
  await expect(ada.getByText("This chat is not on this device.")).toBeVisible();
  grace.close();
});

test("an invite fills in sign-up, a sign-in link the server; neither sends anything", async () => {
  await using server = await startServer();
  const invite = appLink({ kind: "invite", server: server.url, code: "7H2QK-0ZD4W" });
  await using desktop = await startDesktop({ hasTray: true, args: [invite] });
  const page = await desktop.firstWindow();
  const create = page.getByRole("form", { name: "Create account" });
  await expect(create.getByRole("textbox", { name: "Server" })).toHaveValue(server.url);
  await expect(create.getByRole("textbox", { name: /Invite/ })).toHaveValue("7H2QK-0ZD4W");
  await expect(create.getByRole("textbox", { name: "Name" })).toHaveValue("");

  const signIn = appLink({ kind: "sign-in", server: server.url, handle: "ada" });
  await using second = await desktop.relaunch({ args: [signIn] });
  expect(await second.ended).toBe(0);
  const form = page.getByRole("form", { name: "Sign in" });
  await expect(form.getByRole("textbox", { name: "Server" })).toHaveValue(server.url);
  await expect(form.getByRole("textbox", { name: "Handle" })).toHaveValue("ada");
  await expect(form.getByRole("textbox", { name: "Password" })).toHaveValue("");
  await expect(form.getByRole("img", { name: "Server found" })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Chats" })).toHaveCount(0);
});
