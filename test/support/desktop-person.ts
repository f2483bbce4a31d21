import type { Page } from "@playwright/test";

import type { Desktop } from "../electron-host/driver/desktop.ts";
import { expect } from "./expect.ts";
import { chatList, expectOnline } from "./person.ts";

const PASSWORD = "correct horse battery";

/** Fills in the form of a fresh desktop window, the server first, and sends it. */
export async function sendSignUp(
  page: Page,
  serverUrl: string,
  name: string,
  handle: string,
): Promise<void> {
  await page.getByRole("form", { name: "Sign in" }).getByText("Create account").click();
  const form = page.getByRole("form", { name: "Create account" });
  await form.getByRole("textbox", { name: "Server" }).fill(serverUrl);
  await expect(form.getByRole("img", { name: "Server found" })).toBeVisible();
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  await form.getByRole("textbox", { name: "Handle" }).fill(handle);
  await form.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await form.getByRole("button", { name: "Create account" }).click();
}

/** Makes a new account in a fresh desktop window and waits until it is connected. */
export async function signUpInWindow(
  page: Page,
  serverUrl: string,
  name: string,
  handle: string,
): Promise<void> {
  await sendSignUp(page, serverUrl, name, handle);
  await signedIn(page);
}

/** Signs in to an account that exists, in a fresh desktop window, and waits until it is connected. */
export async function signInInWindow(
  page: Page,
  serverUrl: string,
  handle: string,
  password = PASSWORD,
): Promise<void> {
  const form = page.getByRole("form", { name: "Sign in" });
  await form.getByRole("textbox", { name: "Server" }).fill(serverUrl);
  await expect(form.getByRole("img", { name: "Server found" })).toBeVisible();
  await form.getByRole("textbox", { name: "Handle" }).fill(handle);
  await form.getByRole("textbox", { name: "Password" }).fill(password);
  await form.getByRole("button", { name: "Sign in" }).click();
  await signedIn(page);
}

async function signedIn(page: Page): Promise<void> {
  // Machines for tests often have no keyring; a test about that looks at the warning itself.
  const warning = page.getByRole("dialog", { name: "No keyring on this computer" });
  await page.addLocatorHandler(warning, () =>
    warning.getByRole("button", { name: "Understood" }).click(),
  );
  await expect(chatList(page)).toBeVisible();
  await expectOnline(page);
}

/** The id of the app's one window. */
export async function windowIdOf(desktop: Desktop): Promise<number> {
  const [window] = await desktop.control.windows();
  if (!window) throw new Error("the app has no window");
  return window.id;
}

/** The state of the app's one window. */
export async function windowOf(desktop: Desktop) {
  const [window] = await desktop.control.windows();
  if (!window) throw new Error("the app has no window");
  return window;
}
