import { expect, test } from "vitest";
import { installSource } from "./install.ts";

function offerOf(prompt: () => Promise<unknown>): Event {
  return Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt });
}

test("the browser's offer to install is kept, used once by a click, and over when it is done", () => {
  const page = new EventTarget();
  const source = installSource(page, false);
  const seen: string[] = [];
  source.subscribe(() => seen.push(source.get()));
  expect(source.get()).toBe("by-menu");
  let prompted = 0;
  const offer = offerOf(async () => (prompted += 1));
  page.dispatchEvent(offer);
  expect(offer.defaultPrevented).toBe(true);
  expect(prompted).toBe(0);
  source.install();
  source.install();
  expect(prompted).toBe(1);
  page.dispatchEvent(new Event("appinstalled"));
  expect(seen).toEqual(["offered", "by-menu", "by-menu", "installed"]);
  expect(installSource(page, true).get()).toBe("installed");
});

test("what is no offer is passed over", () => {
  const page = new EventTarget();
  const source = installSource(page, false);
  page.dispatchEvent(new Event("beforeinstallprompt"));
  expect(source.get()).toBe("by-menu");
});
