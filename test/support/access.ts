import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

/** Nothing at all: neither rules of a standard nor of good practice. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  // What fades in or out has for a moment the contrast of neither: people see it when it stands.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState, effect }) => {
      const { iterations } = effect?.getTiming() ?? {};
      return playState !== "running" || iterations === Infinity;
    }),
  );
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map(({ id, nodes }) => ({
    rule: id,
    where: nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary ?? ""}`),
  }));
  expect(found, screen).toEqual([]);
}

/** The same in the light and in the dark. */
export async function expectAccessibleInBoth(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    await expectAccessible(page, `${screen}, ${colorScheme}`);
  }
}

/** What has the focus, in words; and whether it, or what it stands in, is drawn so that one sees it. */
function focused(page: Page): Promise<{ what: string; isSeen: boolean }> {
  return page.evaluate(() => {
    const active = document.activeElement;
    if (active === null || active === document.body) return { what: "nothing", isSeen: false };
    const what = active.getAttribute("aria-label") ?? active.textContent ?? active.tagName;
    let isSeen = false;
    for (let at: Element | null = active, up = 0; at !== null && up < 3; up += 1) {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      isSeen ||= (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
      at = at.parentElement;
    }
    return { what: `${active.tagName.toLowerCase()} “${what.slice(0, 60)}”`, isSeen };
  });
}

/** Presses Tab (or another key) until `target` has the focus. On the way the focus is always seen. */
export async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  const passed: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press(key);
    const { what, isSeen } = await focused(page);
    passed.push(what);
    expect(isSeen, `the focus is seen on ${what}`).toBe(true);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${key} does not lead there, but to ${passed.join(", ")}`);
}
