import { Accelerator } from "@parley/protocol/bridge/shell.ts";
import { DEFAULT_ALERTS } from "@parley/protocol/bridge/alerts.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { t } from "../../i18n/i18n.ts";
import { keyPress as key } from "../../state/testing/key-press.ts";
import { acceleratorOf, acceleratorText } from "./accelerator.ts";
import { clockOf, endsNextDay, minuteOf, switched, withDay, withSpan } from "./quiet-hours.ts";
import { findSettings, settingsOf } from "./settings-index.ts";
import { usualLanguage } from "./spellcheck-rules.ts";
import { zoomStep } from "./zoom-rules.ts";

describe("the search", () => {
  test("finds by title and description, in any case, without accents", () => {
    expect(findSettings("QUIET", "web")[0]?.id).toBe("quietHours");
    expect(findSettings("tray goes", "desktop").map((each) => each.id)).toEqual(["closeToTray"]);
    expect(findSettings("thémé", "web")[0]?.id).toBe("theme");
  });

  test.each([
    ["dark mode", "theme"],
    ["logout", "signOut"],
    ["sessions", "devices"],
    ["dnd", "doNotDisturb"],
    ["mute", "sound"],
    ["snooze", "snooze"],
    ["night", "quietHours"],
    ["font", "textSize"],
    ["autostart", "startAtLogin"],
    ["hotkey", "shortcut"],
    ["dictionary", "spellcheck"],
    ["keychain", "secrets"],
    ["bug", "crashes"],
    ["username", "handle"],
    ["bell", "sound"],
    ["another account", "addAccount"],
    ["shift enter", "enterSends"],
    ["wrong chat", "asksAfterMove"],
    ["block list", "blocked"],
    ["lock screen", "preview"],
    ["clear cache", "rebuild"],
    ["disk", "space"],
    ["outbox", "unsent"],
    ["translation", "appLanguage"],
    ["am pm", "timeFormat"],
  ] as const)("finds what people call “%s”", (query, id) => {
    expect(findSettings(query, "desktop")[0]?.id).toBe(id);
  });

  test("V57: who looks for a way to log out finds the devices as well", () => {
    for (const query of ["log out", "logout", "Sessions", "signed in"]) {
      expect(findSettings(query, "web").map((each) => each.id)).toContain("devices");
    }
  });

  test("every setting is found by each of its other words", () => {
    for (const id of settingsOf("desktop")) {
      for (const words of t(`settings.words.${id}`).split(", ")) {
        expect(findSettings(words, "desktop").map((each) => each.id)).toContain(id);
      }
    }
  });

  test("has titles before descriptions", () => {
    const ids = findSettings("window", "desktop").map((each) => each.id);
    expect(ids.indexOf("closeToTray")).toBeLessThan(ids.indexOf("zoom"));
  });

  test("finds nothing that this shell does not have", () => {
    expect(findSettings("tray", "web")).toEqual([]);
    expect(settingsOf("web")).not.toContain("shortcut");
    expect(settingsOf("desktop")).toContain("shortcut");
  });

  test("an empty query finds nothing, and every setting is found by its own title", () => {
    expect(findSettings("  ", "desktop")).toEqual([]);
    for (const id of settingsOf("desktop")) {
      const all = findSettings("e", "desktop").find((each) => each.id === id);
      if (all) expect(findSettings(all.title, "desktop").map((each) => each.id)).toContain(id);
    }
  });
});

describe("the shortcut from anywhere", () => {
  test.each([
    [{ key: "p", code: "KeyP", ctrlKey: true, shiftKey: true }, "Control+Shift+P"],
    [{ key: "!", code: "Digit1", ctrlKey: true, shiftKey: true }, "Control+Shift+1"],
    [{ key: "π", code: "KeyP", altKey: true }, "Alt+P"],
    [{ key: " ", code: "Space", metaKey: true }, "Super+Space"],
    [{ key: "F9", code: "F9", ctrlKey: true }, "Control+F9"],
    [{ key: "Control", code: "ControlLeft", ctrlKey: true }, null],
    [{ key: "p", code: "KeyP" }, null],
    [{ key: "P", code: "KeyP", shiftKey: true }, null],
    [{ key: "-", code: "Minus", ctrlKey: true }, null],
  ] as const)("%o is %s", (press, expected) => {
    expect(acceleratorOf(key(press), false)).toBe(expected);
  });

  test("on a Mac the key is Command, and is written with signs", () => {
    const press = key({ key: "k", code: "KeyK", metaKey: true, shiftKey: true });
    expect(acceleratorOf(press, true)).toBe("Shift+Command+K");
    expect(acceleratorText("Shift+Command+K", true)).toBe("⇧⌘K");
    expect(acceleratorText("Control+Shift+P", false)).toBe("Ctrl Shift P");
  });

  test("whatever is pressed, what comes out is one the desktop takes", () => {
    const press = fc.record({
      key: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("a", "7", "Tab")),
      code: fc.constantFrom("KeyA", "Digit7", "F24", "ArrowUp", "Slash", "Space", "IntlYen"),
      ctrlKey: fc.boolean(),
      metaKey: fc.boolean(),
      altKey: fc.boolean(),
      shiftKey: fc.boolean(),
    });
    fc.assert(
      fc.property(press, fc.boolean(), (each, mac) => {
        const accelerator = acceleratorOf(each, mac);
        expect(accelerator === null || Accelerator.safeParse(accelerator).success).toBe(true);
      }),
    );
  });
});

describe("V51: quiet hours", () => {
  const off = DEFAULT_ALERTS.quietHours;

  test("the first time they are turned on every night is quiet; later they are as they were", () => {
    const on = switched(off, true);
    expect(on.days).toHaveLength(7);
    expect(on.days.every((day) => day?.fromMinute === 1_320 && day.toMinute === 420)).toBe(true);
    const changed = withSpan(withDay(on, 0, false), 5, { fromMinute: 1_380 });
    const again = switched(switched(changed, false), true);
    expect(again).toEqual(changed);
    expect(again.days[0]).toBeNull();
    expect(again.days[5]?.fromMinute).toBe(1_380);
  });

  test("a day that is added gets the hours of the others", () => {
    const one = withSpan(withDay({ enabled: true, days: off.days }, 2, true), 2, { toMinute: 360 });
    expect(withDay(one, 3, true).days[3]).toEqual({ fromMinute: 1_320, toMinute: 360 });
  });

  test("an end at or before the beginning is on the next day", () => {
    expect(endsNextDay({ fromMinute: 1_320, toMinute: 420 })).toBe(true);
    expect(endsNextDay({ fromMinute: 420, toMinute: 420 })).toBe(true);
    expect(endsNextDay({ fromMinute: 60, toMinute: 420 })).toBe(false);
  });

  test("a minute of the day and the text of a time field are the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_439 }), (minute) => {
        expect(minuteOf(clockOf(minute))).toBe(minute);
      }),
    );
    expect(minuteOf("")).toBeUndefined();
    expect(minuteOf("24:00")).toBeUndefined();
  });
});

test("spelling begins with the first language of the user's that there is a dictionary for", () => {
  const dictionaries = ["de", "en-GB", "en-US", "pt-BR"];
  expect(usualLanguage(dictionaries, ["fr", "pt-PT"])).toEqual(["pt-BR"]);
  expect(usualLanguage(dictionaries, ["en-GB"])).toEqual(["en-GB"]);
  expect(usualLanguage(dictionaries, ["fi"])).toEqual(["en-US"]);
  expect(usualLanguage([], ["fi"])).toEqual([]);
});

test("zoom goes by steps and stops at the ends", () => {
  expect(zoomStep(100, 1)).toBe(110);
  expect(zoomStep(100, -1)).toBe(90);
  expect(zoomStep(300, 1)).toBe(300);
  expect(zoomStep(50, -1)).toBe(50);
});
