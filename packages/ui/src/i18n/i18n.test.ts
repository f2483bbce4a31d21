import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { ERRORS } from "@parley/protocol/errors.ts";
import { describe, expect, test } from "vitest";
import { en } from "./en.ts";
import { dayLabel, listTime, moment } from "./format.ts";
import { errorCodeText, t } from "./i18n.ts";

test.each(Object.entries(en))("%s is a message that can be read", (_key, text) => {
  expect(() => compileMessageOrThrow(text)).not.toThrow();
  expect(text.trim()).not.toBe("");
});

test.each(Object.keys(ERRORS) as (keyof typeof ERRORS)[])(
  "E1: the user is told something for %s, and nothing of the inside",
  (code) => {
    const text = errorCodeText(code);
    expect(text).toMatch(/[.]$/);
    expect(text).not.toContain("error.");
    expect(text).not.toMatch(/_/);
  },
);

test("plurals and placeholders", () => {
  expect(t("timeline.newMessages", { count: 1 })).toBe("1 new message");
  expect(t("timeline.newMessages", { count: 1_200 })).toBe("1,200 new messages");
  expect(t("connection.waiting", { state: "Offline.", count: 2 })).toBe(
    "Offline. 2 messages waiting",
  );
  expect(t("app.titleUnread", { unread: 3 })).toBe("(3) Parley");
});

describe("times follow the reader's day", () => {
  const region = { locale: "en-GB", timeZone: "Europe/Berlin" };
  const nowMs = Date.parse("2026-03-10T00:30:00+01:00");
  const at = (iso: string): number => Date.parse(iso);

  test("the chat list: time, yesterday, weekday, date", () => {
    expect(listTime(at("2026-03-10T00:10:00+01:00"), nowMs, region)).toBe("00:10");
    expect(listTime(at("2026-03-09T23:59:00+01:00"), nowMs, region)).toBe("Yesterday");
    expect(listTime(at("2026-03-05T12:00:00+01:00"), nowMs, region)).toBe("Thu");
    expect(listTime(at("2026-02-01T12:00:00+01:00"), nowMs, region)).toBe("01/02/26");
  });

  test("a clock that runs ahead shows a time, not a day of the future", () => {
    expect(listTime(nowMs + 3_600_000, nowMs, region)).toBe("01:30");
  });

  test("dividers: today, yesterday, weekday, date with the year only if it is another", () => {
    expect(dayLabel(nowMs, nowMs, region)).toBe("Today");
    expect(dayLabel(at("2026-03-09T12:00:00+01:00"), nowMs, region)).toBe("Yesterday");
    expect(dayLabel(at("2026-03-06T12:00:00+01:00"), nowMs, region)).toBe("Friday");
    expect(dayLabel(at("2026-01-06T12:00:00+01:00"), nowMs, region)).not.toContain("2026");
    expect(dayLabel(at("2025-12-31T12:00:00+01:00"), nowMs, region)).toContain("2025");
  });

  test("what ends tomorrow says so", () => {
    expect(moment(at("2026-03-11T08:00:00+01:00"), nowMs, region)).toBe("tomorrow 08:00");
    expect(moment(at("2026-03-10T08:00:00+01:00"), nowMs, region)).toBe("08:00");
  });

  test("summer time does not shift a day", () => {
    const after = at("2026-03-30T00:30:00+02:00");
    expect(moment(at("2026-03-29T00:30:00+01:00"), after, region)).toBe("Yesterday 00:30");
  });
});
