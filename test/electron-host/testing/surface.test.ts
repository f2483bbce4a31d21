import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, test } from "vitest";

import { makeStandIn } from "../electron.ts";
import { BrowserWindow } from "../modules/browser-window.ts";
import { CommandLine } from "../modules/command-line.ts";
import { Menu, MenuItem } from "../modules/menu.ts";
import { NativeImage } from "../modules/native-image.ts";
import { Notification } from "../modules/notification.ts";
import { Session } from "../modules/session.ts";
import { displayAt } from "../modules/system.ts";
import { Tray } from "../modules/tray.ts";
import { WebContents } from "../modules/web-contents.ts";
import { WebFrameMain } from "../modules/web-frame-main.ts";
import { WebRequest } from "../modules/web-request.ts";
import { OFFERED_EVENTS } from "../offered-events.ts";
import { original } from "../strict.ts";
import { moduleNames, typeSurface } from "./electron-types.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-surface-"));
afterAll(() => rmSync(folder, { recursive: true }));

const standIn = makeStandIn({
  appPath: fileURLToPath(new URL("./small-app", import.meta.url)),
  argv: [`--user-data-dir=${folder}`],
  keyringDir: folder,
});
const { shown } = standIn;

/** Own and inherited names of an object, but for those that every emitter and object has. */
function namesOf(value: object): string[] {
  const names = new Set<string>();
  const ends: unknown[] = [Object.prototype, EventEmitter.prototype];
  for (let at: unknown = value; at && !ends.includes(at); at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  const common = new Set<string>([
    "constructor",
    ...Object.getOwnPropertyNames(new EventEmitter()),
    ...Object.getOwnPropertyNames(EventEmitter.prototype),
  ]);
  return [...names].filter((name) => !common.has(name));
}

/** Statics that the stand-in's own parts call by. Main does not see them: they take its own objects. */
const INTERNAL: Record<string, readonly string[]> = {
  BrowserWindow: ["allow"],
  WebContents: ["of", "windowOf", "setView", "linkOf", "openedLink", "preferencesOf", "destroy"],
  Session: ["askedFor", "checked", "hasVerifyProc"],
  Tray: ["looks"],
  WebRequest: ["isBlocked", "headers"],
};

function staticsOf(Class: object, name: string): string[] {
  const builtIn = new Set(["length", "name", "prototype", ...(INTERNAL[name] ?? [])]);
  return Object.getOwnPropertyNames(Class).filter((own) => !builtIn.has(own));
}

const OBJECTS: Record<string, object> = {
  App: shown.app,
  CommandLine: new CommandLine([]),
  IpcMain: shown.ipcMain,
  SafeStorage: shown.safeStorage,
  PowerMonitor: shown.powerMonitor,
  NativeTheme: shown.nativeTheme,
  Screen: shown.screen,
  Display: displayAt(1, { x: 0, y: 0, width: 1, height: 1 }),
  Shell: shown.shell,
  Dialog: shown.dialog,
  Session: shown.session.defaultSession,
  Protocol: shown.protocol,
  Net: shown.net,
  Clipboard: shown.clipboard,
  GlobalShortcut: shown.globalShortcut,
  CrashReporter: shown.crashReporter,
  WebRequest: new WebRequest(),
  NativeImage: NativeImage.createEmpty(),
  Tray: new Tray(""),
  Menu: new Menu(),
  MenuItem: new MenuItem({}),
  Notification: new Notification(),
};

describe("the stand-in invents nothing: all it offers is in Electron's own types", () => {
  test("modules", () => {
    const names = moduleNames();
    for (const name of namesOf(original(shown))) expect(names).toContain(name);
  });

  test.each(Object.keys(OBJECTS))("%s", (name) => {
    const { members } = typeSurface(name);
    const value = OBJECTS[name] ?? {};
    for (const offered of namesOf(original(value))) {
      expect(members, `${name}.${offered}`).toContain(offered);
    }
  });

  test.each([
    ["BrowserWindow", BrowserWindow.prototype, ["webContents", "id"]],
    ["WebContents", WebContents.prototype, ["id", "ipc", "session", "backgroundThrottling"]],
    ["WebFrameMain", WebFrameMain.prototype, ["url", "origin", "parent", "routingId"]],
  ] as const)("%s, which needs a browser to be made", (name, prototype, fields) => {
    const { members } = typeSurface(name);
    for (const offered of [...namesOf(prototype), ...fields]) {
      expect(members, `${name}.${offered}`).toContain(offered);
    }
  });

  test.each([
    ["BrowserWindow", BrowserWindow],
    ["Menu", Menu],
    ["MenuItem", MenuItem],
    ["Notification", Notification],
    ["Tray", Tray],
    ["Session", Session],
    ["WebRequest", WebRequest],
    ["NativeImage", NativeImage],
  ] as const)("statics of %s", (name, Class) => {
    const { statics } = typeSurface(name);
    for (const offered of staticsOf(Class, name)) {
      expect(statics, `${name}.${offered}`).toContain(offered);
    }
  });

  test.each([
    ["Session", shown.session],
    ["WebContents", shown.webContents],
    ["NativeImage", shown.nativeImage],
  ] as const)("the module that has the statics of %s", (name, module) => {
    const { statics } = typeSurface(name);
    for (const offered of namesOf(original(module))) {
      expect(statics, `${name}.${offered}`).toContain(offered);
    }
  });

  test.each(Object.entries(OFFERED_EVENTS))("events of %s", (name, offered) => {
    const { events } = typeSurface(name);
    for (const event of offered) expect(events, `${name}: ${event}`).toContain(event);
  });
});

test("the reader of types finds what is there, and misses what is not", () => {
  const app = typeSurface("App");
  expect(app.members).toContain("requestSingleInstanceLock");
  expect(app.members).not.toContain("thisIsNoApi");
  expect(app.events).toContain("second-instance");
  const window = typeSurface("BrowserWindow");
  expect(window.members).toContain("setBounds");
  expect(window.statics).toContain("fromWebContents");
  expect(() => typeSurface("NoSuchType")).toThrow("electron.d.ts has no NoSuchType");
});

test("main sees none of the stand-in's own statics", () => {
  for (const [name, hidden] of Object.entries(INTERNAL)) {
    const Class: unknown = Reflect.has(original(shown), name)
      ? Reflect.get(shown, name)
      : undefined;
    if (typeof Class !== "function") continue;
    for (const own of hidden) {
      expect(() => Reflect.get(Class, own) as unknown).toThrow(
        `the stand-in has no ${name}.${own}`,
      );
    }
  }
});
