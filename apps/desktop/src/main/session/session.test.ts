import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import { FakeHints, MemoryHostStore, MemoryLog } from "@parley/client/testing/memory-ports.ts";
import { DeviceInfo } from "@parley/protocol/http/accounts.ts";
import { AccountId, accountKeyOf, ChatId, newId, ServerId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { readArguments } from "../arguments.ts";
import { ScreenLock } from "../power/screen-lock.ts";
import { systemNetwork, systemPower } from "../power/system-events.ts";
import { KeptSettings } from "../settings/shell-settings.ts";
import { FileStore } from "./file-store.ts";
import { JsonFile } from "./json-file.ts";
import { asksBeforeQuit } from "./quit-decision.ts";
import { Reports } from "./reports.ts";
import { describeDevice } from "./session-ports.ts";

const key = () => accountKeyOf(newId(ServerId), newId(AccountId));

test("quitting asks only while messages wait, and only once", () => {
  expect(asksBeforeQuit({ waiting: 2, isDecided: false })).toBe(true);
  expect(asksBeforeQuit({ waiting: 2, isDecided: true })).toBe(false);
  expect(asksBeforeQuit({ waiting: 0, isDecided: false })).toBe(false);
});

test("S9: the badge is the sum over all accounts, and an account that goes takes its share", () => {
  const heard: number[] = [];
  const reports = new Reports(({ unread }) => void heard.push(unread));
  const [ada, grace] = [key(), key()];
  reports.set(ada, { unread: 2, mentions: 1, waiting: 3 });
  reports.set(grace, { unread: 5, mentions: 0, waiting: 0 });
  // The host counts what is unread; what waits is known from the window before.
  reports.count(ada, { unread: 4, mentions: 1 });
  expect(reports.total).toEqual({ unread: 9, mentions: 1, waiting: 3 });
  reports.set(ada, undefined);
  reports.set(ada, undefined);
  expect(heard).toEqual([2, 7, 9, 5]);
});

test("V28: what a window said holds again when it counts again, though it says nothing anew", () => {
  const reports = new Reports(() => undefined);
  const ada = key();
  reports.count(ada, { unread: 7, mentions: 0 });
  // No window has said anything yet: what the host knows from its disk stays.
  reports.count(ada, undefined);
  expect(reports.total.unread).toBe(7);
  reports.set(ada, { unread: 5, mentions: 0, waiting: 0 });
  expect(reports.total.unread).toBe(5);
  reports.count(ada, { unread: 6, mentions: 0 });
  expect(reports.total.unread).toBe(6);
  reports.count(ada, undefined);
  expect(reports.total.unread).toBe(5);
});

test("S19: the tray lists chats of all accounts, however many the first one has", () => {
  const reports = new Reports(() => undefined);
  const chats = (name: string, count: number) =>
    Array.from({ length: count }, (_, nth) => ({
      chatId: newId(ChatId),
      title: `${name} ${nth}`,
      unread: 0,
    }));
  const none = { unread: 0, mentions: 0, waiting: 0 };
  reports.set(key(), { ...none, recent: chats("Home", 5) });
  reports.set(key(), { ...none, recent: chats("Work", 2) });
  expect(reports.recent.map(({ title }) => title)).toEqual([
    "Home 0",
    "Work 0",
    "Home 1",
    "Work 1",
    "Home 2",
  ]);
});

test("settings are kept on this device; damaged ones are the usual ones", async () => {
  const store = new MemoryHostStore();
  const settings = await KeptSettings.load(store, new MemoryLog());
  expect(settings.current).toMatchObject({ closeToTray: true, startHidden: false, spellcheck: [] });
  await settings.change({ closeToTray: false });
  expect((await KeptSettings.load(store, new MemoryLog())).current).toMatchObject({
    closeToTray: false,
    startHidden: false,
  });
  store.entries.set("shell:settings", { closeToTray: "maybe" });
  expect((await KeptSettings.load(store, new MemoryLog())).current.closeToTray).toBe(true);
});

test("settings hold on a disk that takes nothing; the log says that they will not last", async () => {
  const log = new MemoryLog();
  const store = new FileStore(new JsonFile("/dev/null/parley/host.json", log));
  const settings = await KeptSettings.load(store, log);
  const heard: boolean[] = [];
  settings.onChange(({ flash }) => void heard.push(flash));
  const before = log.lines.length;
  await expect(settings.change({ flash: false })).resolves.toBeUndefined();
  expect(settings.current.flash).toBe(false);
  expect(heard).toEqual([false]);
  expect(log.lines.length).toBe(before + 1);
});

test("S16: whatever the machine is called, its name is one that the server takes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("linux", "darwin", "win32", "freebsd" as const),
      fc.string(),
      (platform, host) => {
        expect(DeviceInfo.safeParse(describeDevice(platform, host)).success).toBe(true);
      },
    ),
  );
  expect(describeDevice("darwin", "ada.local")).toEqual({
    name: "Parley on macOS (ada)",
    platform: "macos",
  });
});

test("arguments: hidden start and server, among those of others", () => {
  const argv = ["electron", ".", "--hidden", "--user-data-dir=/x", "--server=https://a.example"];
  expect(readArguments(argv)).toEqual({ hidden: true, serverUrl: "https://a.example" });
  expect(readArguments([])).toEqual({ hidden: false, serverUrl: "" });
});

test("waking is heard from the system and from the clock, until nobody listens", () => {
  const monitor = new EventEmitter();
  const jumps = new FakeHints();
  let woke = 0;
  const cancel = systemPower(monitor, jumps).onWake(() => {
    woke += 1;
  });
  monitor.emit("resume");
  monitor.emit("unlock-screen");
  jumps.wake();
  expect(woke).toBe(3);
  cancel();
  expect(jumps.listenerCount + monitor.listenerCount("resume")).toBe(0);
});

test("the network is looked at while somebody listens", async () => {
  const clock = new FakeClock();
  let online = true;
  const heard: boolean[] = [];
  const cancel = systemNetwork(() => online, clock).onChange((now) => void heard.push(now));
  await clock.advance(10_000);
  online = false;
  await clock.advance(4_000);
  online = true;
  await clock.advance(4_000);
  expect(heard).toEqual([false, true]);
  cancel();
  expect(clock.timerCount).toBe(0);
});

test("S18: a screen is locked until the system says otherwise, or somebody is there", () => {
  const monitor = new EventEmitter();
  const heard: boolean[] = [];
  const lock: ScreenLock = new ScreenLock(monitor, () => void heard.push(lock.isLocked));
  monitor.emit("lock-screen");
  monitor.emit("lock-screen");
  monitor.emit("unlock-screen");
  monitor.emit("lock-screen");
  lock.userIsThere();
  lock.userIsThere();
  expect(heard).toEqual([true, false, true, false]);
});
