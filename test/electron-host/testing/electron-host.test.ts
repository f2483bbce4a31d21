import { fileURLToPath } from "node:url";

import type { Page } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Desktop } from "../driver/desktop.ts";
import { startInStandIn } from "../driver/stand-in-driver.ts";

type Small = {
  version: number;
  nested: { list: unknown[] };
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  send(channel: string, ...args: unknown[]): void;
  heard(): unknown[];
  apply(call: (value: number) => number, value: number): number;
  fail(): void;
  onTold(listener: (value: unknown) => void): void;
  argv(): string[];
};
declare global {
  var small: Small;
}

const appDir = fileURLToPath(new URL("./small-app", import.meta.url));
const FIRST = 1;
let desktop: Desktop;
let page: Page;

const invoke = (channel: string, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(([name, rest]) => small.invoke(name, ...rest), [channel, args] as const);

beforeAll(async () => {
  desktop = await startInStandIn({ appDir });
  page = await desktop.firstWindow();
});

afterAll(async () => {
  await desktop[Symbol.asyncDispose]();
});

test("a page of an app scheme is answered by its handler, with its policy", async () => {
  expect(await page.title()).toBe("Small");
  expect(await page.evaluate(() => "ran" in globalThis)).toBe(true);
  const blocked = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.inline = true;";
    document.body.append(script);
    return !("inline" in globalThis);
  });
  expect(blocked).toBe(true);
  expect(await page.evaluate(() => isSecureContext)).toBe(true);
});

test("the preload lives in a world of its own: the page has only what was exposed", async () => {
  const seen = await page.evaluate(() => ({
    names: Object.keys(globalThis).filter((name) => /standIn|require|process|ipc/i.test(name)),
    frozen: Object.isFrozen(small) && Object.isFrozen(small.nested.list),
    writable: Reflect.set(globalThis, "small", null),
    version: small.version,
    date: small.nested.list[1] instanceof Date,
    argv: small.argv().includes("--extra"),
  }));
  expect(seen).toEqual({
    names: [],
    frozen: true,
    writable: false,
    version: 1,
    date: true,
    argv: true,
  });
});

test("functions cross the bridge both ways, errors with their message alone", async () => {
  expect(await page.evaluate(() => small.apply((value) => value * 2, 21))).toBe(42);
  const message = await page.evaluate(() => {
    try {
      small.fail();
      return "";
    } catch (error) {
      return String(error);
    }
  });
  expect(message).toBe("Error: this one fails");
});

test("values are cloned: what structured clone keeps arrives, the rest is refused", async () => {
  const same = await page.evaluate(async () => {
    const cycle: { self?: object; big: bigint; nothing: undefined } = {
      big: 7n,
      nothing: undefined,
    };
    cycle.self = cycle;
    const value = {
      map: new Map([["k", new Set([1])]]),
      bytes: new Uint8Array([1, 255]),
      zero: -0,
    };
    const back = (await small.invoke("echo", value)) as typeof value;
    const round = (await small.invoke("echo", cycle)) as typeof cycle;
    return [
      back.map.get("k")?.has(1),
      back.bytes instanceof Uint8Array && back.bytes[1],
      Object.is(back.zero, -0),
      round.self === round,
      round.big === 7n && "nothing" in round,
      ((await small.invoke("echo", "\ud800")) as string).charCodeAt(0),
    ];
  });
  expect(same).toEqual([true, 255, true, true, true, 0xd800]);
  const refused = (kind: string): Promise<string> =>
    page.evaluate(async (what) => {
      const value = what === "symbol" ? Symbol("s") : document;
      try {
        return String(await small.invoke("echo", value));
      } catch (error) {
        return String(error);
      }
    }, kind);
  expect(await refused("element")).toMatch(/could not be cloned/);
  expect(await refused("symbol")).toMatch(/symbol/);
});

test("errors of invoke are worded as Electron words them", async () => {
  const failure = async (channel: string): Promise<string> =>
    invoke(channel).then(String, (error: unknown) => String(error));
  expect(await failure("fail")).toContain(
    "Error invoking remote method 'fail': TypeError: not like this",
  );
  expect(await failure("nowhere")).toContain(
    "Error invoking remote method 'nowhere': Error: No handler registered for 'nowhere'",
  );
  expect(await failure("function")).toContain("An object could not be cloned.");
});

test("main learns who sent, by the frame's own address", async () => {
  expect(await invoke("where")).toEqual({
    senderId: 1,
    url: "small://app/",
    origin: "small://app",
    isTop: true,
  });
  await page.evaluate(() => document.body.append(document.createElement("iframe")));
  const answer = await desktop.control.invokeFromFrame(FIRST, "about:blank", "where", []);
  expect(JSON.parse(answer)).toMatchObject({ answer: { url: "about:blank", isTop: false } });
});

test("main sends to the page", async () => {
  await page.evaluate(() => small.send("tell-me", { n: 1 }));
  await expect.poll(() => page.evaluate(() => small.heard())).toEqual([{ n: 1 }]);
});

test("what the stand-in does not have says so, by name", async () => {
  await expect(invoke("unknown-api")).rejects.toThrow("the stand-in has no app.thisIsNoApi");
  await expect(invoke("unknown-event")).rejects.toThrow(
    'the stand-in has no event "this-is-no-event" of App',
  );
});

test("safeStorage seals with a key that is not in the data folder", async () => {
  const { sealed, opened } = await page.evaluate(async () => {
    const made = (await small.invoke("secret", "hush")) as { sealed: Uint8Array; opened: string };
    return { sealed: [...made.sealed], opened: made.opened };
  });
  expect(opened).toBe("hush");
  expect(Buffer.from(sealed).includes("hush")).toBe(false);
});

test("navigation and window.open come to main's handlers first", async () => {
  await page.evaluate(() => {
    location.href = "https://example.invalid/elsewhere";
  });
  await expect
    .poll(() => invoke("events"))
    .toContainEqual("navigate https://example.invalid/elsewhere");
  await page.evaluate(() => void window.open("https://example.invalid/opened"));
  await expect
    .poll(() => desktop.control.openedExternally())
    .toEqual(["https://example.invalid/opened"]);
  expect(page.url()).toContain("small.stand-in.invalid");
});

test("a test clicks what the system shows", async () => {
  await invoke("notify", "Ada");
  expect(await desktop.control.notifications()).toMatchObject([{ title: "Ada", body: "body" }]);
  await desktop.control.clickNotification("Ada");
  await desktop.control.clickMenu(["App", "Mark"]);
  expect(await invoke("events")).toEqual(expect.arrayContaining(["clicked Ada", "menu Mark"]));
});

test("a window that hides instead of closing, and what its page believes", async () => {
  const looks = () => page.evaluate(() => [document.visibilityState, document.hasFocus()]);
  expect(await looks()).toEqual(["visible", true]);
  await desktop.control.actOnWindow(FIRST, "close");
  expect(await desktop.control.windows()).toMatchObject([{ visible: false, focused: false }]);
  await expect.poll(looks).toEqual(["hidden", false]);
  await desktop.control.actOnWindow(FIRST, "show");
  await expect.poll(looks).toEqual(["visible", true]);
});

test("a second instance on the same data tells the first and ends", async () => {
  const second = await desktop.relaunch({ args: ["--hello"] });
  expect(await second.ended).toBe(0);
  await expect.poll(() => invoke("events")).toContainEqual("second --hello small");
});

test("a killed renderer is told of, and comes back in the same window", async () => {
  await desktop.control.killRenderer(FIRST);
  page = await desktop.pageOf(FIRST);
  await expect.poll(() => invoke("events")).toContainEqual("gone crashed");
});

test("quitting closes the windows and ends the process", async () => {
  expect(await desktop.quit()).toBe(0);
});
