import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SystemNotice } from "../system-notifier.ts";
import { busText, escapeMarkup, notifyArguments } from "./notify-call.ts";

const notice: SystemNotice = {
  tag: "a/b",
  group: "a",
  title: "Grace <Hopper>",
  body: '1 < 2 & "so" on',
  openLabel: "Open",
  buttons: [{ id: "mark-read", label: "Mark as read" }],
  reply: { placeholder: "Reply to Grace", label: "Reply" },
  silent: false,
  urgent: false,
};
const identity = { appName: "Parley", desktopEntry: "parley", icon: "parley" };
const asked = (can: string[], change: Partial<SystemNotice> = {}) =>
  notifyArguments({ ...notice, ...change }, { can: new Set(can), identity, replacesId: 7 });
const hint = (can: string[], name: string, change: Partial<SystemNotice> = {}): unknown =>
  asked(can, change).hints.find(([found]) => found === name)?.[2];

describe("only what the server says it can do is asked of it", () => {
  test("buttons and a reply", () => {
    expect(asked([]).actions).toEqual([]);
    expect(asked(["actions"]).actions).toEqual(["default", "Open", "mark-read", "Mark as read"]);
    expect(asked(["actions", "inline-reply"]).actions).toEqual([
      "default",
      "Open",
      "inline-reply",
      "Reply",
      "mark-read",
      "Mark as read",
    ]);
    expect(hint(["inline-reply"], "x-kde-reply-placeholder-text")).toBe("Reply to Grace");
    expect(hint(["actions"], "x-kde-reply-placeholder-text")).toBeUndefined();
  });

  test("sounds", () => {
    expect(hint([], "sound-name")).toBeUndefined();
    expect(hint(["sound"], "sound-name")).toBe("message-new-instant");
    expect(hint(["sound"], "sound-name", { sound: "bell" })).toBe("bell");
    expect(hint(["sound"], "suppress-sound", { silent: true })).toBe(true);
    expect(hint(["sound"], "sound-name", { silent: true })).toBeUndefined();
  });

  test("a body, escaped where markup is read", () => {
    expect(asked(["body"]).body).toBe('1 < 2 & "so" on');
    expect(asked(["body", "body-markup"]).body).toBe("1 &lt; 2 &amp; &quot;so&quot; on");
    expect(asked(["body", "body-markup"]).summary).toBe("Grace <Hopper>");
    expect(asked([])).toMatchObject({ body: "", summary: 'Grace <Hopper>: 1 < 2 & "so" on' });
  });
});

test("who asks, how urgent it is, and what takes whose place", () => {
  expect(asked(["body"])).toMatchObject({ appName: "Parley", appIcon: "parley", replacesId: 7 });
  expect(hint([], "desktop-entry")).toBe("parley");
  expect(hint([], "category")).toBe("im.received");
  expect([hint([], "urgency"), hint([], "urgency", { urgent: true })]).toEqual([1, 2]);
});

test("pictures by path and by pixels", () => {
  expect(hint([], "image-path", { picture: { kind: "file", path: "/a b.png" } })).toBe(
    "file:///a%20b.png",
  );
  const rgba = new Uint8Array(2 * 3 * 4).fill(9);
  const picture = { kind: "pixels", widthPx: 2, heightPx: 3, rgba } as const;
  expect(hint([], "image-data", { picture })).toEqual([2, 3, 8, true, 8, 4, Buffer.from(rgba)]);
});

const anyText = fc.string({ unit: "binary" });

test("whatever is written, the bus takes it and the server shows it as it was written", () => {
  const unescaped = (text: string): string =>
    text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&apos;", "'")
      .replaceAll("&amp;", "&");
  fc.assert(
    fc.property(anyText, (text) => {
      expect(escapeMarkup(text)).not.toMatch(/[<>]/);
      expect(unescaped(escapeMarkup(text))).toBe(text);
      // oxlint-disable-next-line no-control-regex -- these are just what must not be in it
      expect(busText(text)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]/);
      expect(busText(text).isWellFormed()).toBe(true);
    }),
  );
  expect(busText("a\0\ud800b")).toBe("a\ufffdb");
  expect(busText("one\r\ntwo\tthree\u0007\u001b[31m")).toBe("one\ntwo\tthree[31m");
});
