import { failure } from "@parley/protocol/errors.ts";
import { AccountId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { describe, expect, test } from "vitest";
import { hueOf, HUES, initialsOf } from "../kit/hue.ts";
import { mergePeople } from "../kit/use-people-search.ts";
import { groupRights, memberRights } from "./chat-details/details-rules.ts";
import { checkText, isSendKey, takesDraft, unitsLeft } from "./composer/composer-rules.ts";
import { headerLine, typingLine } from "./conversation/presence-line.ts";
import { findEntries, type PaletteEntry } from "./palette/palette-rules.ts";
import { checkSignUp, errorsOf, serverUrlOf } from "./sign-in/sign-in-rules.ts";

const region = { locale: "en-GB", timeZone: "UTC" };
const NOW = Date.UTC(2026, 5, 1, 12);

describe("sign-in", () => {
  test("X1: a server without a scheme means https, and http on this machine only", () => {
    expect(serverUrlOf("chat.example.org")).toBe("https://chat.example.org");
    expect(serverUrlOf(" localhost:7447/ ")).toBe("http://localhost:7447");
    expect(serverUrlOf("127.0.0.1:7447")).toBe("http://127.0.0.1:7447");
    expect(serverUrlOf("http://chat.example.org/x")).toBe("http://chat.example.org");
    expect(serverUrlOf("")).toBeNull();
    expect(serverUrlOf("ftp://a")).toBeNull();
    expect(serverUrlOf("not a server")).toBeNull();
  });

  test("a failure stands under the field that it is about", () => {
    expect(Object.keys(errorsOf(failure("handle_taken", "").error))).toEqual(["handle"]);
    expect(Object.keys(errorsOf(failure("not_a_parley_server", "").error))).toEqual(["server"]);
    expect(
      Object.keys(errorsOf(failure("invalid_request", "", { field: "body.name" }).error)),
    ).toEqual(["name"]);
    expect(Object.keys(errorsOf(failure("internal", "").error))).toEqual(["form"]);
  });

  test("V12: says how many tries the server leaves, and nothing where it does not say", () => {
    const textFor = (extra: { triesLeft?: number }) =>
      errorsOf(failure("wrong_credentials", "", extra).error).password;
    expect(textFor({ triesLeft: 3 })).toContain("3 tries left");
    expect(textFor({ triesLeft: 1 })).toContain("1 try left");
    expect(textFor({ triesLeft: 0 })).toContain("last try");
    expect(textFor({})).not.toMatch(/left|last/);
  });

  test("an account is asked for only with what the server takes", () => {
    const fine = {
      server: "https://a.example",
      name: "Ana",
      handle: "ana",
      password: "long enough",
      invite: "",
    };
    expect(checkSignUp(fine, false)).toEqual({});
    expect(Object.keys(checkSignUp(fine, true))).toEqual(["invite"]);
    expect(
      Object.keys(
        checkSignUp({ ...fine, name: " ", handle: "-a", password: "short" }, false),
      ).sort(),
    ).toEqual(["handle", "name", "password"]);
  });
});

describe("composer", () => {
  test("E4: text of at most 65,536 units and 204,800 bytes of payload", () => {
    expect(checkText(" \n").kind).toBe("empty");
    expect(checkText("x".repeat(LIMITS.textUnits)).kind).toBe("ok");
    expect(checkText("x".repeat(LIMITS.textUnits + 3))).toEqual({
      kind: "too-long",
      count: LIMITS.textUnits + 3,
      over: 3,
    });
    expect(checkText("\u0001".repeat(LIMITS.textUnits)).kind).toBe("too-many-bytes");
    expect(checkText("漢".repeat(LIMITS.textUnits)).kind).toBe("ok");
    expect(unitsLeft("x".repeat(LIMITS.textUnits - 10))).toBe(10);
    expect(unitsLeft("short")).toBeNull();
  });

  test("Enter sends, Shift+Enter does not, and never while an input method composes", () => {
    const enter = {
      key: "Enter",
      shiftKey: false,
      altKey: false,
      ctrlKey: false,
      metaKey: false,
      isComposing: false,
    };
    expect(isSendKey(enter, 13, true)).toBe(true);
    expect(isSendKey({ ...enter, shiftKey: true }, 13, true)).toBe(false);
    expect(isSendKey({ ...enter, ctrlKey: true }, 13, true)).toBe(false);
    expect(isSendKey({ ...enter, isComposing: true }, 13, true)).toBe(false);
    expect(isSendKey(enter, 229, true)).toBe(false);
  });

  test("where Enter makes a new line, Ctrl or Cmd with it sends", () => {
    const enter = {
      key: "Enter",
      shiftKey: false,
      altKey: false,
      ctrlKey: false,
      metaKey: false,
      isComposing: false,
    };
    expect(isSendKey(enter, 13, false)).toBe(false);
    expect(isSendKey({ ...enter, shiftKey: true }, 13, false)).toBe(false);
    expect(isSendKey({ ...enter, ctrlKey: true }, 13, false)).toBe(true);
    expect(isSendKey({ ...enter, metaKey: true }, 13, false)).toBe(true);
    expect(isSendKey({ ...enter, ctrlKey: true, shiftKey: true }, 13, false)).toBe(false);
    expect(isSendKey({ ...enter, ctrlKey: true, isComposing: true }, 13, false)).toBe(false);
    expect(isSendKey({ ...enter, ctrlKey: true }, 229, false)).toBe(false);
  });
});

describe("conversation", () => {
  const group = {
    kind: "group" as const,
    left: false,
    memberCount: 12,
    otherNames: ["Mina Park", "Jonas Okafor", "Elif Hansen", "Moritz"],
    presence: null,
    onlineCount: 4,
  };

  test("the line under the title names members, presence, or neither", () => {
    expect(headerLine(group, NOW, region)).toBe("Mina, Jonas, Elif and 8 more · 4 online");
    expect(headerLine({ ...group, onlineCount: 1 }, NOW, region)).toBe(
      "Mina, Jonas, Elif and 8 more",
    );
    expect(
      headerLine(
        { ...group, memberCount: 2, otherNames: ["Mina Park"], onlineCount: null },
        NOW,
        region,
      ),
    ).toBe("Mina and you");
    const accountId = newId(AccountId);
    const direct = { ...group, kind: "direct" as const };
    expect(
      headerLine(
        { ...direct, presence: { accountId, online: true, lastSeenAt: NOW } },
        NOW,
        region,
      ),
    ).toBe("online");
    expect(
      headerLine(
        { ...direct, presence: { accountId, online: false, lastSeenAt: NOW - 60_000 } },
        NOW,
        region,
      ),
    ).toBe("last seen 11:59");
    expect(headerLine(direct, NOW, region)).toBe("");
  });

  test("typing names up to two people", () => {
    expect(typingLine([])).toBe("");
    expect(typingLine(["Mina Park"])).toBe("Mina is typing…");
    expect(typingLine(["Mina Park", "Jonas"])).toBe("Mina and Jonas are typing…");
    expect(typingLine(["a", "b", "c"])).toBe("3 people are typing…");
  });
});

describe("groups", () => {
  test("V7: owners do everything, admins remove members, members leave", () => {
    expect(groupRights("member", false)).toEqual({ rename: false, add: false, leave: true });
    expect(groupRights("owner", true)).toEqual({ rename: false, add: false, leave: false });
    expect(memberRights("owner", "admin", false, false)).toEqual({
      remove: true,
      makeAdmin: false,
      makeMember: true,
      makeOwner: true,
    });
    expect(memberRights("admin", "member", false, false)).toMatchObject({
      remove: true,
      makeAdmin: false,
    });
    expect(memberRights("admin", "admin", false, false).remove).toBe(false);
    expect(memberRights("owner", "member", true, false).remove).toBe(false);
  });
});

describe("palette", () => {
  const entry = (section: PaletteEntry["section"], title: string, note?: string): PaletteEntry => ({
    key: `${section}-${title}`,
    section,
    title,
    run: () => undefined,
    ...(note !== undefined && { note }),
  });
  const all = [
    entry("commands", "New chat"),
    entry("chats", "Harmony"),
    entry("chats", "Moritz Weber", "@mo"),
    entry("people", "Morten"),
  ];

  test("best first within a section, handles count, sections keep their order", () => {
    expect(findEntries(all, "mo").map((each) => each.title)).toEqual([
      "Moritz Weber",
      "Harmony",
      "Morten",
    ]);
    expect(findEntries(all, "").map((each) => each.title)).toEqual([
      "Harmony",
      "Moritz Weber",
      "New chat",
    ]);
    expect(findEntries(all, "zzz")).toEqual([]);
  });
});

describe("avatars", () => {
  test("up to two letters, whole characters, ornaments only where nothing else is", () => {
    expect(initialsOf("Mina Park")).toBe("MP");
    expect(initialsOf("ana")).toBe("A");
    expect(initialsOf("Friday lunch 🍜")).toBe("FL");
    expect(initialsOf("Mill Lane 14")).toBe("ML");
    expect(initialsOf("Kenji Sato 佐藤")).toBe("KS");
    expect(initialsOf("2026")).toBe("2");
    expect(initialsOf("👩🏽‍🚀")).toBe("👩🏽‍🚀");
    expect(initialsOf("نورة الحربي")).toHaveLength(2);
    expect(initialsOf("")).toBe("");
  });

  test("a stable colour, and all colours in use", () => {
    const id = newId(AccountId);
    expect(hueOf(id)).toBe(hueOf(id));
    const seen = new Set(Array.from({ length: 300 }, () => hueOf(newId(AccountId))));
    expect(seen.size).toBe(HUES);
  });
});

test("people found twice are listed once, those known here first", () => {
  const person = (handle: string) => ({ accountId: newId(AccountId), handle, name: handle });
  const [a, b] = [person("a"), person("b")];
  expect(mergePeople([b], [a, b]).map((each) => each.handle)).toEqual(["b", "a"]);
});

test("S1: a stored draft starts the field, and later ones never touch a field that one is in", () => {
  const here = { told: false, untouched: true };
  expect(takesDraft({ ...here, first: true, typed: false, focused: true })).toBe(true);
  expect(takesDraft({ ...here, first: true, typed: true, focused: true })).toBe(false);
  // The late echo of a text that was just sent must not come back into the field.
  expect(takesDraft({ ...here, first: false, typed: true, focused: true })).toBe(false);
  expect(takesDraft({ ...here, first: false, typed: true, focused: false })).toBe(true);
});

test("S1: a draft of another device is taken where nothing was typed since, and only there", () => {
  const later = { first: false, typed: true, focused: true, told: true };
  expect(takesDraft({ ...later, untouched: true })).toBe(true);
  expect(takesDraft({ ...later, untouched: false })).toBe(false);
});

test("S1: what was typed since is not replaced by the echo of an earlier text, left field or not", () => {
  const left = { first: false, typed: true, focused: false, told: false };
  expect(takesDraft({ ...left, untouched: false })).toBe(false);
  expect(takesDraft({ ...left, untouched: true })).toBe(true);
});
