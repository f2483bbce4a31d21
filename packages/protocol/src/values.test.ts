import { expect, test } from "vitest";
import { Changes } from "./chat.ts";
import { AccountId, ChatId, newId } from "./ids.ts";
import {
  AccountValuePut,
  isMuted,
  readValue,
  splitValueKey,
  ValueKey,
  valueKey,
  writeValue,
} from "./values.ts";

const chatId = newId(ChatId);

test("S1: a key names kind and id, and is taken apart again", () => {
  expect(splitValueKey(valueKey("mute", chatId))).toEqual({ kind: "mute", id: chatId });
  expect(splitValueKey(valueKey("block", newId(AccountId)))?.kind).toBe("block");
});

test("S1: a kind that this build does not know is a valid key that it does not read", () => {
  const key = ValueKey.parse("wallpaper:dark");
  expect(splitValueKey(key)).toBeUndefined();
  expect(splitValueKey(ValueKey.parse("mute:everything"))).toBeUndefined();
  expect(splitValueKey(ValueKey.parse("constructor:x"))).toBeUndefined();
});

test("S1: values are read as written; damaged and absent ones are undefined", () => {
  const mute = { untilMs: 1_800_000_000_000 };
  expect(readValue("mute", writeValue("mute", mute))).toEqual(mute);
  expect(readValue("mute", null)).toBeUndefined();
  expect(readValue("mute", "{")).toBeUndefined();
  expect(readValue("mute", '{"untilMs":"soon"}')).toBeUndefined();
});

test("V32: a put must be JSON, well formed and of bounded size", () => {
  const put = { key: "pin:x", baseRev: 0 };
  const messageOf = (value: string): string | undefined =>
    AccountValuePut.safeParse({ ...put, value }).error?.issues[0]?.message;
  expect(messageOf('{"atMs":1}')).toBeUndefined();
  expect(messageOf("{")).toBe("must be JSON");
  expect(messageOf('"\ud800"')).toBe("must not contain lone surrogates");
  expect(messageOf(JSON.stringify("x".repeat(300_000)))).toMatch(/at most 204800 bytes/);
  expect(AccountValuePut.safeParse({ key: "nokind", baseRev: 0, value: null }).success).toBe(false);
});

test("S1: a mute holds until its time by the server's clock, or for good", () => {
  expect(isMuted({ untilMs: 5 }, 4)).toBe(true);
  expect(isMuted({ untilMs: 5 }, 5)).toBe(false);
  expect(isMuted({ untilMs: null }, Number.MAX_SAFE_INTEGER)).toBe(true);
  expect(isMuted(undefined, 0)).toBe(false);
});

test("V32: a value travels as a change", () => {
  const change = { kind: "value", change: 3, key: `pin:${chatId}`, value: null };
  expect(Changes.parse([change])).toEqual([change]);
});
