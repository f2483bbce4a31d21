import { expect, type Locator, type Page, test } from "@playwright/test";

import { expectAccessibleInBoth, tabTo } from "../support/access.ts";
import {
  chatList,
  chatRow,
  composer,
  expectOnline,
  messageWithText,
  type Person,
  say,
  signIn,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import {
  ANA,
  cutOff,
  JONAS,
  openDirectChat,
  secondDevice,
  signUpTwo,
} from "../support/two-people.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

/** Opens the settings of the devices; answers their list. */
async function openDevices(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Devices", exact: true }).click();
  return dialog.getByRole("list", { name: "Signed in on" });
}

/** Gives this device another name. */
async function nameThis(list: Locator, name: string): Promise<void> {
  const line = list.getByRole("listitem").filter({ hasText: "This device" });
  await line.getByRole("button", { name: /^Rename/ }).click();
  const field = line.getByRole("textbox", { name: "Name of the device" });
  await expect(field).toBeFocused();
  await field.fill(name);
  await field.press("Enter");
  await expect(line.getByText(name, { exact: true })).toBeVisible();
}

/** Looks for the settings of the devices by what people call them; answers their list. */
async function seekDevices(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("searchbox", { name: "Search settings" }).fill("sessions");
  await expect(dialog.getByRole("button", { name: /^Signed in on/ })).toBeVisible();
  await page.keyboard.press("Enter");
  return dialog.getByRole("list", { name: "Signed in on" });
}

/** Asks to sign out the device that is not this one, by keys alone; answers what it is asked. */
async function askSignOut(page: Page, list: Locator): Promise<Locator> {
  const line = list.getByRole("listitem").nth(1);
  await tabTo(page, line.getByRole("button", { name: /^Sign out/ }));
  await page.keyboard.press("Enter");
  const ask = line.getByRole("group", { name: /^Sign out “/ });
  await expect(ask.getByRole("button", { name: "Cancel" })).toBeFocused();
  return ask;
}

/** Agrees to it. */
async function confirm(page: Page, ask: Locator): Promise<void> {
  await tabTo(page, ask.getByRole("button", { name: "Sign out", exact: true }));
  await page.keyboard.press("Enter");
}

function noteOf(page: Page): Locator {
  return page.getByRole("alert").filter({ hasText: `${ANA} was signed out on this device` });
}

/** Signs in again in the form that is filled in already. */
async function signInAgain({ page, password }: Person): Promise<void> {
  const form = page.getByRole("form", { name: "Sign in" });
  await expect(form.getByRole("textbox", { name: "Handle" })).toHaveValue("ana");
  await form.getByRole("textbox", { name: "Password" }).fill(password);
  await form.getByRole("button", { name: "Sign in" }).click();
  await expect(chatList(page)).toBeVisible();
  await expectOnline(page);
}

test("V57: one device signs the other out: that says so and from where, keeps its draft, and is gone from the list", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await openDirectChat(ana, jonas, "Hello");
  const phone = await secondDevice(browser, server.url, ana, JONAS);
  await composer(phone.page, JONAS).fill("Half a thought");

  const list = await seekDevices(ana.page);
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expect(list.getByText("Connected now")).toHaveCount(2);
  await nameThis(list, "Study");
  // What another device changes shows here at once.
  const phoneList = await openDevices(phone.page);
  await expect(phoneList.getByText("Study", { exact: true })).toBeVisible();
  await nameThis(phoneList, "Kitchen");
  await expect(list.getByText("Kitchen", { exact: true })).toBeVisible();
  await phone.page.keyboard.press("Escape");

  await askSignOut(ana.page, list);
  await expectAccessibleInBoth(ana.page, "settings, Devices, signing one out");
  await ana.page.keyboard.press("Escape");
  await expect(list.getByRole("button", { name: "Sign out Kitchen" })).toBeFocused();
  await ana.page.keyboard.press("Enter");
  await confirm(ana.page, list.getByRole("group"));
  await expect(list.getByRole("listitem")).toHaveCount(1);
  const outcome = "“Kitchen” is signed out. You are signed in nowhere else.";
  await expect(ana.page.getByText(outcome)).toBeVisible();
  await expect(noteOf(phone.page)).toContainText("It was done from “Study”");
  await expectAccessibleInBoth(phone.page, "signed out here");
  // It is said after a reload too.
  await phone.page.reload();
  await expect(noteOf(phone.page)).toContainText("It was done from “Study”");

  await signInAgain(phone);
  await expect(noteOf(phone.page)).toHaveCount(0);
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await chatRow(phone.page, JONAS).click();
  await expect(composer(phone.page, JONAS)).toHaveValue("Half a thought");
  await expect(messageWithText(phone.page, JONAS, "Hello")).toBeVisible();
});

test("V57: a device that was signed out while it had no network hears it later, and what it had not sent goes out after the next sign-in", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const { ana, jonas } = await signUpTwo(browser, server.url, proxy.url);
  await openDirectChat(ana, jonas, "Hello");
  await chatRow(jonas.page, ANA).click();
  await cutOff(ana.page, proxy);
  await say(ana.page, JONAS, "Written without a network");
  await expect(messageWithText(ana.page, JONAS, "Written without a network")).toHaveAccessibleName(
    /Sending/,
  );

  const other = await signIn(browser, server.url, ana);
  const list = await openDevices(other.page);
  await expect(list.getByText(/^Last there/)).toHaveCount(1);
  await confirm(other.page, await askSignOut(other.page, list));
  await expect(list.getByRole("listitem")).toHaveCount(1);

  await proxy.restore();
  await expect(noteOf(ana.page)).toContainText(/It was done from “/);
  await expect(messageWithText(jonas.page, ANA, "Written without a network")).toHaveCount(0);
  await signInAgain(ana);
  await expect(messageWithText(jonas.page, ANA, "Written without a network")).toHaveCount(1);
});
