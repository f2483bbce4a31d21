import { MemoryHostStore } from "@parley/client/testing/memory-ports.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideClose, decideToggle, startsHidden } from "./close-decision.ts";
import { afterCrash, NO_CRASHES } from "./crash-policy.ts";
import { externalLink } from "./external-links.ts";
import { type Display, displaySetKey, MIN_SIZE, type Place, placeWindow } from "./placement.ts";
import { WindowPlaces } from "./window-places.ts";

const areaOf = fc.record({
  x: fc.integer({ min: -4_000, max: 4_000 }),
  y: fc.integer({ min: -3_000, max: 3_000 }),
  width: fc.integer({ min: 320, max: 3_840 }),
  height: fc.integer({ min: 240, max: 2_160 }),
});
const displaysOf = fc
  .tuple(areaOf, fc.array(areaOf, { maxLength: 3 }))
  .map(([first, rest]): [Display, ...Display[]] => [
    { workArea: first },
    ...rest.map((workArea) => ({ workArea })),
  ]);
const placeOf = fc.record({
  bounds: fc.record({
    x: fc.integer({ min: -20_000, max: 20_000 }),
    y: fc.integer({ min: -20_000, max: 20_000 }),
    width: fc.integer({ min: 1, max: 10_000 }),
    height: fc.integer({ min: 1, max: 10_000 }),
  }),
  isMaximized: fc.boolean(),
});

/** Made larger on the display it overlaps most, a window overlaps another one more. */
const OVERLAPPING: [Place, [Display, ...Display[]]] = [
  { bounds: { x: 0, y: 0, width: 1, height: 241 }, isMaximized: false },
  [
    { workArea: { x: 0, y: 0, width: 320, height: 240 } },
    { workArea: { x: -1, y: 0, width: 320, height: 241 } },
    { workArea: { x: 0, y: 0, width: 320, height: 242 } },
  ],
];

describe("the window's place", () => {
  test("wherever it was and whatever displays there are now, its bar can be grabbed", () => {
    fc.assert(
      fc.property(fc.option(placeOf, { nil: undefined }), displaysOf, (kept, displays) => {
        const { bounds } = placeWindow(kept, displays);
        const isOn = displays.some(({ workArea: area }) => {
          const width =
            Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
          const isHigh =
            bounds.y >= area.y && bounds.y + Math.min(40, area.height) <= area.y + area.height;
          const fits = bounds.width <= area.width && bounds.height <= area.height;
          return isHigh && fits && width >= Math.min(120, bounds.width);
        });
        expect(isOn).toBe(true);
        for (const value of Object.values(bounds)) expect(Number.isInteger(value)).toBe(true);
      }),
    );
  });

  test("a window for one chat is small, and none lies on another that has no place yet", () => {
    const display: [Display] = [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }];
    const slots = ["main", "chat-1", "chat-2", "chat-12", "extra-1"];
    const placed = slots.map((slot) => placeWindow(undefined, display, slot).bounds);
    expect(placed[1]).toMatchObject({ width: 480, height: 720 });
    expect(placed[4]).toMatchObject({ width: placed[0]?.width, height: placed[0]?.height });
    expect(new Set(placed.map(({ x, y, width }) => `${x},${y},${width}`)).size).toBe(slots.length);
  });

  test("placing it again changes nothing", () => {
    fc.assert(
      fc.property(placeOf, displaysOf, (kept, displays) => {
        const once = placeWindow(kept, displays);
        expect(placeWindow(once, displays)).toEqual(once);
      }),
      { examples: [OVERLAPPING] },
    );
  });

  test("a place that can be reached stays, also half outside", () => {
    const displays: [Display] = [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }];
    const kept: Place = {
      bounds: { x: 1_500, y: 700, width: 800, height: 600 },
      isMaximized: true,
    };
    expect(placeWindow(kept, displays)).toEqual(kept);
  });

  test("of a monitor that is gone, it comes back to the one that is there", () => {
    const displays: [Display] = [{ workArea: { x: 0, y: 0, width: 1_280, height: 720 } }];
    const kept = { bounds: { x: 3_000, y: 200, width: 900, height: 600 }, isMaximized: false };
    expect(placeWindow(kept, displays).bounds).toEqual({ x: 380, y: 120, width: 900, height: 600 });
  });

  test("each set of displays has its own place, whatever their order; damaged ones are passed over", async () => {
    const one: Display = { workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } };
    const two: Display = { workArea: { x: 1_920, y: 0, width: 1_920, height: 1_080 } };
    expect(displaySetKey([one, two])).toBe(displaySetKey([two, one]));
    const store = new MemoryHostStore();
    const places = new WindowPlaces(store);
    const away = { bounds: { x: 2_000, y: 100, width: 900, height: 700 }, isMaximized: false };
    await places.keep([one, two], away);
    expect(await places.find([two, one])).toEqual(away);
    expect((await places.find([one])).bounds.x).toBeLessThan(1_920);
    for (const key of store.entries.keys()) store.entries.set(key, { bounds: "?" });
    expect((await places.find([one, two])).bounds.width).toBeGreaterThanOrEqual(MIN_SIZE.width);
  });
});

describe("a page that crashed", () => {
  test("S21: three crashes before it was ready drop the cache once, then only texts are rescued", () => {
    let history = NO_CRASHES;
    const next = (nowMs: number, wasReady = false): string => {
      const after = afterCrash(history, { nowMs, wasReady });
      history = after.history;
      return after.next;
    };
    expect([next(0), next(1_000), next(2_000)]).toEqual([
      "reload",
      "reload",
      "reload-without-cache",
    ]);
    expect([next(3_000), next(4_000), next(5_000)]).toEqual(["reload", "reload", "rescue"]);
  });

  test("S21, V56: one that works and crashes again and again comes back with nothing open, then only rescues", () => {
    let history = NO_CRASHES;
    const followed = Array.from({ length: 8 }, (_, nth) => {
      const after = afterCrash(history, { nowMs: nth * 5_000, wasReady: true });
      history = after.history;
      return after.next;
    });
    const again = ["reload", "reload", "reload"];
    expect(followed).toEqual([...again, "reload-without-panes", ...again, "rescue"]);
  });

  test("S21: crashes far apart, or of a page that worked, say nothing about the cache", () => {
    const crash = fc.record({
      gapMs: fc.integer({ min: 0, max: 300_000 }),
      wasReady: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(crash), (crashes) => {
        let history = NO_CRASHES;
        let nowMs = 0;
        let drops = 0;
        for (const { gapMs, wasReady } of crashes) {
          nowMs += gapMs;
          const after = afterCrash(history, { nowMs, wasReady });
          if (wasReady) expect(after.next).not.toBe("reload-without-cache");
          if (after.next === "reload-without-cache") drops += 1;
          if (after.next === "rescue" && !wasReady) expect(drops).toBe(1);
          history = after.history;
        }
        expect(drops).toBeLessThanOrEqual(1);
      }),
    );
    let working = NO_CRASHES;
    for (let nowMs = 0; nowMs < 2_000_000; nowMs += 41_000) {
      const after = afterCrash(working, { nowMs, wasReady: true });
      expect(after.next).toBe("reload");
      working = after.history;
    }
    let apart = NO_CRASHES;
    for (let nowMs = 0; nowMs < 1_000_000; nowMs += 61_000) {
      const after = afterCrash(apart, { nowMs, wasReady: false });
      expect(after.next).toBe("reload");
      apart = after.history;
    }
  });
});

describe("closing", () => {
  test("hides only where the window is found again", () => {
    const base = { isQuitting: false, closeToTray: true, hasTray: true };
    expect(decideClose({ ...base, platform: "linux" })).toBe("hide");
    expect(decideClose({ ...base, platform: "linux", hasTray: false })).toBe("quit");
    expect(decideClose({ ...base, platform: "win32", closeToTray: false })).toBe("quit");
    expect(decideClose({ ...base, platform: "darwin", closeToTray: false })).toBe("hide");
    expect(decideClose({ ...base, platform: "linux", isQuitting: true })).toBe("close");
  });

  test("without a tray the app does not start hidden, whoever asks", () => {
    expect(startsHidden({ isAsked: true, platform: "linux", hasTray: true })).toBe(true);
    expect(startsHidden({ isAsked: true, platform: "linux", hasTray: false })).toBe(false);
    expect(startsHidden({ isAsked: true, platform: "darwin", hasTray: false })).toBe(true);
    expect(startsHidden({ isAsked: false, platform: "win32", hasTray: true })).toBe(false);
  });
});

describe("links", () => {
  test.each(["https://example.org/a?b=c#d", "http://127.0.0.1:8080/", "mailto:ada@example.org"])(
    "opens %s",
    (url) => {
      expect(externalLink(url)).toBe(url);
    },
  );

  test.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "app://parley/index.html",
    "parley://chat/1",
    "smb://host/share",
    "ms-msdt:/id",
    "data:text/html,x",
    "https://user:secret@example.org/",
    "https://example.org@evil.example/",
    " https://example.org/",
    "https://example.org/\u202egpj.exe",
    "https://exam\nple.org/",
    "mailto:",
    "//example.org",
    "",
    `https://example.org/${"a".repeat(3_000)}`,
  ])("refuses %j", (url) => {
    expect(externalLink(url)).toBeUndefined();
  });

  test("whatever is typed, only web and mail leave the app", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
        expect(externalLink(text) ?? "https:").toMatch(/^(https?|mailto):/);
      }),
    );
  });
});

test("the shortcut brings the app, and sends it where it is found again", () => {
  const main = { isFocused: true, kind: "main", platform: "linux", hasTray: true } as const;
  expect(decideToggle({ ...main, isFocused: false })).toBe("show");
  expect(decideToggle(main)).toBe("hide");
  expect(decideToggle({ ...main, hasTray: false })).toBe("minimize");
  expect(decideToggle({ ...main, hasTray: false, platform: "darwin" })).toBe("hide");
  expect(decideToggle({ ...main, kind: "chat" })).toBe("minimize");
});
