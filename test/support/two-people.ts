import { type Browser, expect, type Page } from "@playwright/test";
import {
  chatRow,
  messageWithText,
  type Person,
  say,
  signIn,
  signUp,
  startDirectChat,
} from "./person.ts";
import type { TcpProxy } from "./tcp-proxy.ts";

/** The two whom most end-to-end tests are about, by the names others see. */
export const ANA = "Ana Ribeiro";
export const JONAS = "Jonas Okafor";

/** Signs both up, each with a profile of their own. `anaUrl` is another way to the same server. */
export async function signUpTwo(
  browser: Browser,
  url: string,
  anaUrl = url,
): Promise<{ ana: Person; jonas: Person }> {
  const ana = await signUp(browser, anaUrl, ANA, "ana");
  const jonas = await signUp(browser, url, JONAS, "jonas");
  return { ana, jonas };
}

/** Opens the direct chat of two people on both sides, by a first message of one to the other. */
export async function openDirectChat(from: Person, to: Person, firstText: string): Promise<void> {
  await startDirectChat(from.page, to.name);
  await say(from.page, to.name, firstText);
  await chatRow(to.page, from.name).click();
  await expect(messageWithText(to.page, from.name, firstText)).toBeVisible();
}

/** Another device of the same person, with one chat open. */
export async function secondDevice(
  browser: Browser,
  url: string,
  who: Person,
  chatTitle: string,
): Promise<Person> {
  const device = await signIn(browser, url, who);
  await chatRow(device.page, chatTitle).click();
  return device;
}

/** Takes the network away from a page behind a proxy; resolves when the page has noticed. */
export async function cutOff(page: Page, proxy: TcpProxy): Promise<void> {
  await proxy.cut();
  await expect(page.getByRole("status", { name: "Connection" })).not.toHaveText("");
}
