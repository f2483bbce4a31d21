import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, test, vi } from "vitest";
import { connectionLine } from "./connection.ts";
import { messageCommandOf, shortcutOf } from "./keys.ts";
import { keyPress as press } from "./testing/key-press.ts";
import { matchesQuery } from "./names.ts";
import { createLookStore, followLook } from "./look-store.ts";
import { DEFAULT_PREFERENCES, lookOf, Preferences } from "./preferences.ts";
import { createChatPlaces } from "./places.ts";
import { forgetfulMemory, forgetWindow, memoryOfWindow, recall, remember } from "./remembered.ts";
import { createUiStore } from "./ui-store.ts";

describe("connection line", () => {
  const live: ConnectionStatus = { state: "live" };

  test("is empty while live, also for the moment that a message takes", () => {
    expect(connectionLine(live, 0, true, false)).toBeNull();
    expect(connectionLine(live, 1, true, false)).toBeNull();
    expect(connectionLine(live, 1, true, true)).toMatchObject({ phase: "sending", waiting: 1 });
  });

  test("says connecting at first, reconnecting once it had been live", () => {
    expect(connectionLine({ state: "connecting" }, 0, false, false)?.phase).toBe("starting");
    expect(connectionLine({ state: "connecting" }, 2, true, false)).toMatchObject({
      phase: "reconnecting",
      waiting: 2,
    });
    expect(connectionLine(null, 0, false, false)?.phase).toBe("starting");
  });

  test("carries the reason of a refusal and the time of the next try", () => {
    const error = { code: "session_revoked" as const, message: "", requestId: "" };
    expect(connectionLine({ state: "refused", error }, 0, true, false)).toMatchObject({
      phase: "refused",
      code: "session_revoked",
    });
    expect(connectionLine({ state: "offline", retryAtMs: 9 }, 0, true, false)).toMatchObject({
      phase: "offline",
      retryAtMs: 9,
    });
  });
});

describe("keys", () => {
  test("the main key is Ctrl, and Cmd on a Mac", () => {
    const ctrlK = press({ key: "k", code: "KeyK", ctrlKey: true });
    const cmdK = press({ key: "k", code: "KeyK", metaKey: true });
    expect(shortcutOf(ctrlK, false, true)).toEqual({ kind: "palette" });
    expect(shortcutOf(cmdK, false, true)).toBeNull();
    expect(shortcutOf(cmdK, true, true)).toEqual({ kind: "palette" });
  });

  test("plain characters belong to the text that is being written", () => {
    const question = press({ key: "?", code: "Slash", shiftKey: true });
    expect(shortcutOf(question, false, false)).toEqual({ kind: "sheet" });
    expect(shortcutOf(question, false, true)).toBeNull();
    expect(shortcutOf(press({ key: "k", code: "KeyK" }), false, false)).toBeNull();
  });

  test("Alt and arrows step through chats, digits go to one, F6 through regions", () => {
    expect(
      shortcutOf(press({ key: "ArrowDown", code: "ArrowDown", altKey: true }), false, true),
    ).toEqual({ kind: "step-chat", step: 1 });
    expect(shortcutOf(press({ key: "3", code: "Digit3", ctrlKey: true }), false, true)).toEqual({
      kind: "nth-chat",
      index: 2,
    });
    expect(shortcutOf(press({ key: "F6", code: "F6", shiftKey: true }), false, true)).toEqual({
      kind: "region",
      step: -1,
    });
    expect(shortcutOf(press({ key: "\\", code: "Backslash", ctrlKey: true }), false, true)).toEqual(
      { kind: "split" },
    );
  });
});

describe("keys of a message", () => {
  const on = (part: Parameters<typeof press>[0], isComposing = false) =>
    messageCommandOf({ ...press(part), isComposing });

  test("are single ones", () => {
    expect(on({ key: "r", code: "KeyR" })).toBe("reply");
    expect(on({ key: "E", code: "KeyE" })).toBe("edit");
    for (const key of ["Delete", "Backspace"]) expect(on({ key, code: key })).toBe("remove");
    expect(on({ key: "x", code: "KeyX" })).toBeNull();
  });

  test("are nothing with a modifier, or while an input method composes", () => {
    for (const key of ["r", "e", "Delete", "Backspace"]) {
      for (const held of ["ctrlKey", "metaKey", "altKey", "shiftKey"] as const) {
        expect(on({ key, [held]: true })).toBeNull();
      }
      expect(on({ key }, true)).toBeNull();
    }
  });

  test("are by letter where there is one, else by place", () => {
    expect(on({ key: "r", code: "KeyP" })).toBe("reply");
    expect(on({ key: "p", code: "KeyR" })).toBeNull();
    expect(on({ key: "\u043a", code: "KeyR" })).toBe("reply");
  });
});

describe("look", () => {
  test("follows the system unless the user chose", () => {
    const system = { dark: true, moreContrast: true };
    expect(lookOf(DEFAULT_PREFERENCES, system)).toMatchObject({
      theme: "dark",
      contrast: "more",
      textScale: 1,
    });
    expect(
      lookOf(
        { ...DEFAULT_PREFERENCES, theme: "light", contrast: "normal", textPercent: 150 },
        system,
      ),
    ).toMatchObject({
      theme: "light",
      contrast: "normal",
      textScale: 1.5,
    });
  });

  test("a damaged value falls back by itself, the others stay", () => {
    expect(
      Preferences.parse({
        theme: "purple",
        contrast: "more",
        textPercent: 9_000,
        density: "compact",
      }),
    ).toEqual({
      theme: "system",
      contrast: "more",
      textPercent: 100,
      density: "compact",
      enterSends: true,
      asksAfterMove: true,
    });
  });
});

test("a look that is changed in one window is that of all", () => {
  const values = new Map<string, string>();
  const windows: EventTarget[] = [];
  const open = () => {
    const own = new EventTarget();
    const memory = {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => {
        if (values.get(key) === value) return;
        values.set(key, value);
        // As browsers do: every window but the one that wrote hears of it.
        for (const one of windows) {
          if (one !== own) one.dispatchEvent(Object.assign(new Event("storage"), { key }));
        }
      },
    };
    windows.push(own);
    const store = createLookStore(memory);
    return { store, stop: followLook(store, memory, own) };
  };
  const first = open();
  const second = open();
  first.store.getState().change({ theme: "dark" });
  expect(second.store.getState().preferences.theme).toBe("dark");
  second.store.getState().change({ density: "compact" });
  const both = { theme: "dark", density: "compact" };
  expect(first.store.getState().preferences).toMatchObject(both);
  first.stop();
  second.store.getState().change({ theme: "light" });
  expect(first.store.getState().preferences.theme).toBe("dark");
  expect(open().store.getState().preferences.theme).toBe("light");
});

test("S21, V56: after a crash chats are where they were left, not after a restart", () => {
  vi.useFakeTimers();
  const memory = forgetfulMemory();
  const key = "parley.places.a";
  const chatId = newId(ChatId);
  const places = createChatPlaces({ memory, key, resumes: false });
  const scroll = { key: "m1", seq: 7, offsetPx: -12.5 };
  places.set(chatId, { scroll, caret: { start: 1, end: 2 } });
  for (let nth = 0; nth < 30; nth++) places.set(newId(ChatId), { scroll });
  places.set(chatId, {});
  vi.advanceTimersByTime(1_000);
  vi.useRealTimers();
  expect(JSON.parse(memory.getItem(key) ?? "")).toHaveLength(20);
  const after = createChatPlaces({ memory, key, resumes: true });
  expect(after.get(chatId)).toEqual({ scroll, caret: { start: 1, end: 2 } });
  expect(createChatPlaces({ memory, key, resumes: false }).get(chatId).scroll).toBeNull();
  memory.setItem(key, "[[1]]");
  expect(createChatPlaces({ memory, key, resumes: true }).get(chatId).scroll).toBeNull();
});

test("each window has its own panes, and one look with the others; the main one can forget its panes", () => {
  const values = new Map<string, string>();
  const shared = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    key: (nth: number) => [...values.keys()][nth] ?? null,
    get length() {
      return values.size;
    },
  };
  const beside = memoryOfWindow(shared, "extra-1");
  beside.setItem("parley.view.a", "beside");
  beside.setItem("parley.look", "dark");
  shared.setItem("parley.view.a", "main");
  expect(beside.getItem("parley.view.a")).toBe("beside");
  expect(shared.getItem("parley.look")).toBe("dark");
  forgetWindow(shared);
  expect(recall(shared, "parley.view.a", Preferences, null as never)).toBeNull();
  expect(beside.getItem("parley.view.a")).toBe("beside");
});

describe("what is remembered", () => {
  test("panes, widths and filter survive a reload", () => {
    const memory = forgetfulMemory();
    const [first, second] = [newId(ChatId), newId(ChatId)];
    const before = createUiStore(memory, "view");
    before.getState().openChat(first, false);
    before.getState().openChat(second, true);
    before.getState().setListWidth(9_999);
    before.getState().setFilter("groups");
    const after = createUiStore(memory, "view").getState();
    expect(after.layout.panes.map((pane) => pane.chatId)).toEqual([first, second]);
    expect(after.layout.focused).toBe(1);
    expect(after.listWidth).toBe(420);
    expect(after.filter).toBe("groups");
  });

  test("what is damaged or of another version is forgotten, not fatal", () => {
    const memory = forgetfulMemory();
    memory.setItem("view", "{not json");
    expect(createUiStore(memory, "view").getState().layout.panes).toEqual([]);
    memory.setItem("view", JSON.stringify({ panes: [{ chatId: "../x" }] }));
    expect(createUiStore(memory, "view").getState().layout.panes).toEqual([]);
  });

  test("a full storage costs the memory, nothing else", () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    expect(() => remember(full, "k", 1)).not.toThrow();
    expect(recall(full, "k", Preferences, DEFAULT_PREFERENCES)).toBe(DEFAULT_PREFERENCES);
  });

  test("a move of the focus that the user did not ask for is marked for the mis-send guard", () => {
    let nowMs = 5_000;
    const store = createUiStore(forgetfulMemory(), "view", () => nowMs);
    store.getState().openChat(newId(ChatId), false);
    store.getState().openChat(newId(ChatId), true);
    nowMs = 6_000;
    store.getState().panes({ kind: "focus", paneId: "pane-1" }, false);
    expect(store.getState().focusMove).toEqual({ paneId: "pane-1", atMs: 6_000, byUser: false });
  });
});

test("search finds words anywhere, without case and accents", () => {
  expect(matchesQuery("Tomás Ferreira @tomas", "tomas fer")).toBe(true);
  expect(matchesQuery("Tomás Ferreira", "ferrara")).toBe(false);
});
