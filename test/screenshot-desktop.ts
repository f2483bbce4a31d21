// What only the desktop has, for screenshots.ts: drawn by the gallery, on a made-up host.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Browser, expect, type Locator, type Page } from "@playwright/test";
import { build, preview } from "vite";
import { SETTINGS_SECTIONS } from "./support/settings-sections.ts";

const GALLERY = fileURLToPath(new URL("../packages/ui/gallery", import.meta.url));
const WINDOW = { width: 1440, height: 900 };
const NARROW = { width: 480, height: 800 };

export type DesktopStage = {
  browser: Browser;
  theme: "light" | "dark";
  take: (page: Page, name: string) => Promise<void>;
};

async function openSettings(page: Page): Promise<Locator> {
  await expect(page.getByRole("log", { name: "Messages" })).toBeVisible();
  await page.keyboard.press("Control+,");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await expect(dialog.getByRole("searchbox")).toBeFocused();
  return dialog;
}

async function sections({ take }: DesktopStage, page: Page, width: string): Promise<void> {
  const dialog = await openSettings(page);
  const go = async (name: string): Promise<void> => {
    await dialog.getByRole("button", { name, exact: true }).click();
    await expect(dialog.getByRole("heading", { name, exact: true })).toBeVisible();
  };
  for (const name of [...SETTINGS_SECTIONS, "Desktop"]) {
    await go(name);
    await take(page, `desktop-settings-${name.toLowerCase()}-${width}`);
  }
  await go("Notifications");
  await dialog.getByRole("button", { name: "Try it" }).click();
  await expect(dialog.getByText(/No program on this computer/)).toBeVisible();
  await take(page, `desktop-settings-tested-${width}`);
  const quiet = dialog.getByRole("switch", { name: /^Quiet hours/ });
  await quiet.check();
  await quiet.scrollIntoViewIfNeeded();
  await dialog.getByLabel("Until, Sunday").scrollIntoViewIfNeeded();
  await take(page, `desktop-settings-quiet-${width}`);
  await go("Languages");
  await dialog.getByRole("switch", { name: /^Check spelling/ }).check();
  await take(page, `desktop-settings-spelling-${width}`);
  await go("Desktop");
  await dialog.getByRole("button", { name: "Choose…" }).click();
  await take(page, `desktop-settings-listening-${width}`);
  await dialog.getByRole("button", { name: /^Read the report/ }).click();
  await dialog.getByRole("button", { name: "Copy" }).scrollIntoViewIfNeeded();
  await take(page, `desktop-settings-crash-${width}`);
  await dialog.getByRole("searchbox").fill("mute");
  await take(page, `desktop-settings-search-${width}`);
  await dialog.getByRole("searchbox").fill("xyzzy");
  await take(page, `desktop-settings-nothing-${width}`);
  await dialog.getByRole("searchbox").fill("");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
}

/** Settings, notifications of one chat, and what stands above the chats while nothing notifies. */
export async function desktopStates(stage: DesktopStage): Promise<void> {
  const { browser, theme, take } = stage;
  // Built, not served from its files: whoever edits them meanwhile would have the page reload.
  const outDir = mkdtempSync(join(tmpdir(), "parley-gallery-"));
  const common = { configFile: join(GALLERY, "vite.config.ts"), logLevel: "error" } as const;
  await build({ ...common, build: { outDir } });
  const served = await preview({
    ...common,
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const url = served.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("the gallery has no address");
  const page = await browser.newPage({ viewport: WINDOW });
  await page.goto(`${url}?screen=one&shell=desktop&theme=${theme}`);
  await sections(stage, page, "wide");
  await page.setViewportSize(NARROW);
  await sections(stage, page, "narrow");
  await page.setViewportSize(WINDOW);
  const dialog = await openSettings(page);
  await dialog.getByRole("button", { name: "Notifications" }).click();
  await dialog.getByRole("combobox", { name: /^Pause/ }).selectOption("For 8 hours");
  await take(page, "desktop-settings-paused");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Chat menu" }).first().click();
  await page.getByRole("menuitem", { name: "Details" }).click();
  const details = page.getByRole("complementary", { name: "Details" });
  await details.getByRole("combobox", { name: "Sound" }).selectOption("Bell");
  await details.getByRole("button", { name: "Why wasn't I notified?" }).click();
  await expect(details.getByRole("list", { name: "Why wasn't I notified?" })).toBeVisible();
  await take(page, "desktop-details-alerts");
  for (const [name, look] of [
    ["text-150", "text=150"],
    ["contrast", "contrast=more"],
  ] as const) {
    await page.setViewportSize(WINDOW);
    await page.goto(`${url}?screen=one&shell=desktop&theme=${theme}&${look}`);
    const settings = await openSettings(page);
    await settings.getByRole("button", { name: "Notifications" }).click();
    await settings.getByRole("switch", { name: /^Quiet hours/ }).check();
    await settings.getByLabel("Until, Sunday").scrollIntoViewIfNeeded();
    await take(page, `desktop-settings-${name}-wide`);
    await page.setViewportSize(NARROW);
    await take(page, `desktop-settings-${name}-narrow`);
  }
  await page.close();
  await served.close();
  rmSync(outDir, { recursive: true });
}
