import fc from "fast-check";
import { expect, test } from "vitest";
import { type Facts, flashAfter, lookOf } from "./look.ts";
import { trayMenu } from "./tray-menu.ts";

const quiet: Facts = {
  total: { unread: 0, mentions: 0 },
  connection: "online",
  doNotDisturb: false,
  mutedUntilMs: null,
  nowMs: 1_000_000,
  platform: "linux",
  isDark: true,
};
const state = (change: Partial<Facts>) => lookOf({ ...quiet, ...change }).tray.state;
const UNREAD = { total: { unread: 3, mentions: 0 } };
const MENTION = { total: { unread: 3, mentions: 1 } };
const MUTED = { mutedUntilMs: 2_000_000 };

test.each<[Partial<Facts>, string]>([
  [{}, "none"],
  [UNREAD, "unread"],
  [MENTION, "mention"],
  [MUTED, "muted"],
  [{ ...MENTION, ...MUTED }, "muted"],
  [{ ...MENTION, doNotDisturb: true }, "muted"],
  [{ ...MENTION, mutedUntilMs: 1_000_000 }, "mention"],
  [{ ...MENTION, mutedUntilMs: 500_000 }, "mention"],
  [{ ...MENTION, ...MUTED, connection: "offline" }, "offline"],
  [{ connection: "signed-out" }, "none"],
])("the tray with %j shows %s", (change, expected) => {
  expect(state(change)).toBe(expected);
});

test("S9: what alerts flashes although its count comes later, until it is read or a window has the focus", () => {
  expect(flashAfter("alerted", 0, false)).toBe("alerted");
  expect(flashAfter("alerted", 1, false)).toBe("counted");
  expect(flashAfter("counted", 2, false)).toBe("counted");
  expect(flashAfter("counted", 0, false)).toBe("off");
  expect(flashAfter("alerted", 1, true)).toBe("off");
  expect(flashAfter("off", 3, false)).toBe("off");
});

test("S9: badge, title, tool tip and overlay say one number", () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(50), (unread, mentions) => {
      const { badge, title, tray, overlay } = lookOf({ ...quiet, total: { unread, mentions } });
      expect(badge).toBe(unread);
      expect(title).toBe(unread === 0 ? "Parley" : `(${unread}) Parley`);
      expect(/(\d+) unread/.exec(tray.toolTip)?.[1] ?? "0").toBe(String(unread));
      expect(/(\d+) unread/.exec(overlay?.description ?? "")?.[1] ?? "0").toBe(String(unread));
    }),
  );
});

test("the icon fits the bar: a template on macOS, light or dark on Windows", () => {
  expect(lookOf({ ...quiet, platform: "darwin" }).tray.icon).toBe("tray-none-Template.png");
  expect(lookOf({ ...quiet, platform: "win32", isDark: false }).tray.icon).toBe(
    "tray-none-light.png",
  );
  expect(lookOf({ ...quiet, platform: "win32" }).tray.icon).toBe("tray-none-dark.png");
});

test("the menu says how things stand, has the chats, and mutes", () => {
  const done: string[] = [];
  const acts = {
    open: () => void done.push("open"),
    openChat: ({ title }: { title: string }) => void done.push(title),
    mute: (choice?: string) => void done.push(choice ?? "unmute"),
    quit: () => void done.push("quit"),
  };
  const recent = [{ accountKey: "a", chatId: "b", title: "Research & Development", unread: 2 }];
  // Ids of accounts and chats are handed through.
  const menu = trayMenu(quiet, recent as unknown as Parameters<typeof trayMenu>[1], acts);
  expect(menu.map(({ label, type }) => label ?? type)).toEqual([
    "Connected",
    "separator",
    "Open Parley",
    "Research && Development (2)",
    "separator",
    "Pause notifications",
    "separator",
    "Quit Parley",
  ]);
  const turning = [
    { ...recent[0], title: "Team\u202e", unread: 1 },
    { ...recent[0], title: "\u202e" },
  ];
  const named = trayMenu(quiet, turning as unknown as Parameters<typeof trayMenu>[1], acts);
  expect(named.map(({ label }) => label).slice(3, 5)).toEqual([
    "Team (1)",
    "Chat without a name (2)",
  ]);
  const muted = trayMenu({ ...quiet, ...MUTED, connection: "offline" }, [], acts);
  expect(muted[0]).toMatchObject({ label: "Not connected", enabled: false });
  expect(muted[1]?.label).toMatch(/^Notifications paused until/);
  expect(muted.some(({ label }) => label === "Resume notifications")).toBe(true);
  const undisturbed = trayMenu({ ...quiet, ...MUTED, doNotDisturb: true }, [], acts);
  expect(undisturbed[1]).toMatchObject({ label: "Do not disturb", enabled: false });
  expect(undisturbed.some(({ label }) => label === "Resume notifications")).toBe(true);
});
