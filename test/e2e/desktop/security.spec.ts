import { readFileSync } from "node:fs";

import { expect, type Page, test } from "@playwright/test";

import { type Desktop, startDesktop } from "../../electron-host/driver/desktop.ts";
import { windowIdOf } from "../../support/desktop-person.ts";
import { startServer } from "../../support/server-process.ts";

/* Electron's own security guide, line by line, on the running app. */

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

let desktop: Desktop;
let page: Page;
let preferences: Record<string, unknown>;

test.beforeAll(async () => {
  desktop = await startDesktop();
  page = await desktop.firstWindow();
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
  preferences = await desktop.control.webPreferences(await windowIdOf(desktop));
});

test.afterAll(async () => {
  await desktop[Symbol.asyncDispose]();
});

async function documentHeaders(): Promise<Record<string, string>> {
  const response = await page.reload();
  return response?.headers() ?? {};
}

test("1: only secure content is loaded: the page has nothing but the app's own files", async () => {
  await using server = await startServer();
  const seen = await page.evaluate(async (serverUrl) => {
    const own = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const outside = await fetch(serverUrl).then(
      () => "answered",
      () => "refused",
    );
    const image = new Image();
    const loaded = new Promise((resolve) => {
      image.addEventListener("load", () => resolve("loaded"));
      image.addEventListener("error", () => resolve("refused"));
    });
    image.src = `${serverUrl}/icon-192.png`;
    const origins = own.map(({ protocol, host }) => `${protocol}//${host}`);
    const { protocol, host } = location;
    return {
      secure: isSecureContext,
      foreign: origins.filter((origin) => origin !== `${protocol}//${host}`),
      outside,
      image: await loaded,
    };
  }, server.url);
  expect(seen).toEqual({ secure: true, foreign: [], outside: "refused", image: "refused" });
});

test("2: pages have no Node.js", async () => {
  expect(preferences).toMatchObject({
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
  });
  const found = await page.evaluate(() =>
    ["require", "process", "module", "Buffer", "global", "__dirname"].filter(
      (name) => name in globalThis,
    ),
  );
  expect(found).toEqual([]);
});

test("3: the preload's world is isolated from the page's", async () => {
  expect(preferences).toMatchObject({ contextIsolation: true });
  // What the page changes does not reach the preload.
  const answer = await page.evaluate(async () => {
    const host = (globalThis as unknown as { parleyHost: Host }).parleyHost;
    const kept = Object.hasOwn;
    Object.hasOwn = () => true;
    try {
      return await host.call("no-such-call", {}).then(
        () => "passed",
        () => "refused",
      );
    } finally {
      Object.hasOwn = kept;
    }
  });
  expect(answer).toBe("refused");
});

test("4: pages run in the sandbox", () => {
  expect(preferences).toMatchObject({ sandbox: true });
  expect(read("apps/desktop/src/main/index.ts")).toContain("app.enableSandbox()");
});

test("5: every permission is denied but copying", async () => {
  const id = await windowIdOf(desktop);
  const permissions = [
    "media",
    "geolocation",
    "notifications",
    "midi",
    "midiSysex",
    "pointerLock",
    "fullscreen",
    "openExternal",
    "clipboard-read",
    "display-capture",
    "serial",
    "hid",
    "usb",
    "idle-detection",
    "window-management",
    "unknown",
  ];
  for (const permission of permissions) {
    expect(await desktop.control.askPermission(id, permission), permission).toEqual({
      asked: false,
      checked: false,
    });
  }
  const located = await page.evaluate(
    () =>
      new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve("found"),
          () => resolve("denied"),
        );
      }),
  );
  expect(located).toBe("denied");
});

test("6: web security is on", async () => {
  expect(preferences["webSecurity"]).toBe(true);
});

test("7: a strict Content-Security-Policy is in force", async () => {
  const policy = (await documentHeaders())["content-security-policy"] ?? "";
  const directives = new Map(
    policy.split(";").map((part) => {
      const [name = "", ...values] = part.trim().split(/\s+/);
      return [name, values.join(" ")];
    }),
  );
  expect(directives.get("default-src")).toBe("'none'");
  expect(directives.get("script-src")).toBe("'self'");
  expect(directives.get("connect-src")).toBe("'none'");
  expect(directives.get("object-src")).toBe("'none'");
  expect(directives.get("frame-src")).toBe("'none'");
  expect(policy).not.toMatch(/unsafe-|\*|http:/);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.inlineRan = true;";
    document.body.append(script);
    const button = document.createElement("button");
    button.setAttribute("onclick", "globalThis.inlineRan = true;");
    document.body.append(button);
    button.click();
    button.remove();
    script.remove();
    return "inlineRan" in globalThis;
  });
  expect(ran).toBe(false);
});

test("8, 9, 10: neither insecure content nor experimental or extra features are switched on", () => {
  expect(preferences["allowRunningInsecureContent"] ?? false).toBe(false);
  expect(preferences["experimentalFeatures"] ?? false).toBe(false);
  expect(preferences["enableBlinkFeatures"] ?? "").toBe("");
});

test("11, 12: there is no <webview>", async () => {
  expect(preferences["webviewTag"]).toBe(false);
  const made = await page.evaluate(() => document.createElement("webview").constructor.name);
  expect(made).toMatch(/^HTML(Unknown)?Element$/);
  expect(read("apps/desktop/src/main/windows/lock-down.ts")).toContain('"will-attach-webview"');
});

test("13: a page navigates nowhere; a link of the web goes to the system's browser", async () => {
  const before = page.url();
  const opened = async (): Promise<string[]> => desktop.control.openedExternally();
  const count = (await opened()).length;
  await page.evaluate(() => {
    location.href = "https://example.invalid/navigated";
  });
  await expect.poll(opened).toHaveLength(count + 1);
  expect((await opened()).at(-1)).toBe("https://example.invalid/navigated");
  expect(page.url()).toBe(before);
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
});

test("14: a page opens no window", async () => {
  await page.evaluate(() => {
    window.open("https://example.invalid/opened");
  });
  await expect
    .poll(() => desktop.control.openedExternally())
    .toContain("https://example.invalid/opened");
  expect(await desktop.control.windows()).toHaveLength(1);
});

test("15: only checked links reach the system", async () => {
  const refused = [
    "file:///etc/passwd",
    "javascript:alert(1)",
    "smb://server/share",
    "ms-msdt:/id",
    "parley://x",
    "https://user:pass@example.invalid/",
    `https://example.invalid/${"a".repeat(3_000)}`,
  ];
  const before = await desktop.control.openedExternally();
  await page.evaluate((urls) => {
    for (const url of urls) window.open(url);
    window.open("https://example.invalid/last");
  }, refused);
  await expect
    .poll(async () => (await desktop.control.openedExternally()).slice(before.length))
    .toEqual(["https://example.invalid/last"]);
  expect(await desktop.control.windows()).toHaveLength(1);
});

test("16: the version of Electron is named exactly, and it is a current one", () => {
  const manifest = JSON.parse(read("apps/desktop/package.json")) as {
    devDependencies: { electron: string };
  };
  const { electron } = manifest.devDependencies;
  expect(electron).toMatch(/^\d+\.\d+\.\d+$/);
  // The oldest line that gets security fixes; raised with each release of the app.
  const oldestSupportedMajor = 43;
  expect(Number(electron.split(".")[0])).toBeGreaterThanOrEqual(oldestSupportedMajor);
});

test("17: the sender of each message is checked", async () => {
  test.skip(desktop.kind !== "stand-in", "a real frame has no preload and so no IPC at all");
  await page.evaluate(() => document.body.append(document.createElement("iframe")));
  const id = await windowIdOf(desktop);
  const channel = "parley:shell:state";
  const answer = await desktop.control.invokeFromFrame(id, "about:blank", channel, [{}]);
  expect(JSON.parse(answer)).toMatchObject({
    answer: { ok: false, error: { code: "not_allowed" } },
  });
});

test("18: pages come by a scheme of the app's own, never by file:", async () => {
  const [window] = await desktop.control.windows();
  expect(window?.url).toMatch(/^app:\/\/parley\//);
  const outside = await page.evaluate(async () => {
    const paths = ["/../../package.json", "/%2e%2e/main/index.cjs", "/..%2fmain%2findex.cjs"];
    return Promise.all(
      paths.map(async (path) => {
        const frame = document.createElement("link");
        frame.rel = "stylesheet";
        frame.href = path;
        const outcome = new Promise((resolve) => {
          frame.addEventListener("load", () => resolve("loaded"));
          frame.addEventListener("error", () => resolve("refused"));
        });
        document.head.append(frame);
        return outcome;
      }),
    );
  });
  expect(outside).toEqual(["refused", "refused", "refused"]);
});

test("19: the fuses are set", () => {
  const config = read("electron-builder.yml");
  for (const [fuse, value] of [
    ["runAsNode", false],
    ["enableCookieEncryption", true],
    ["enableNodeOptionsEnvironmentVariable", false],
    ["enableNodeCliInspectArguments", false],
    ["enableEmbeddedAsarIntegrityValidation", true],
    ["onlyLoadAppFromAsar", true],
    ["grantFileProtocolExtraPrivileges", false],
  ] as const) {
    expect(config).toMatch(new RegExp(`^ +${fuse}: ${value}$`, "m"));
  }
});

type Host = {
  call(name: string, body: unknown): Promise<unknown>;
  on(name: string, listener: (...given: unknown[]) => void): void;
};

test("20: a page gets no API of Electron's, only the names of the contract", async () => {
  const exposed = await page.evaluate(() => {
    const host = (globalThis as unknown as { parleyHost: Host }).parleyHost;
    return { keys: Object.keys(host).toSorted(), frozen: Object.isFrozen(host) };
  });
  expect(exposed).toEqual({ keys: ["call", "on"], frozen: true });
  // What main tells comes without Electron's event, by which a page could reach IPC itself.
  await page.evaluate(() => {
    const host = (globalThis as unknown as { parleyHost: Host }).parleyHost;
    host.on("window:changed", (...given) => Object.assign(globalThis, { heard: given }));
  });
  const id = await windowIdOf(desktop);
  await desktop.control.actOnWindow(id, "hide");
  const heard = (): Promise<unknown> =>
    page.evaluate(() => (globalThis as unknown as { heard?: unknown }).heard);
  await expect.poll(heard).toEqual([{ focused: false, visible: false }]);
});
