import { AccountId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mentionOptions, mentionQuery, mentionSpans, withMention } from "./mention-rules.ts";

const jonas = { accountId: newId(AccountId), name: "Jonas Okafor" };
const jo = { accountId: newId(AccountId), name: "Jo" };
const mina = { accountId: newId(AccountId), name: "Mina Park" };
const joana = { accountId: newId(AccountId), name: "Joana" };
const people = [jonas, jo, mina, joana];
const none = new Map<string, AccountId>();

describe("the list of names", () => {
  test("opens behind an @ at the start or after a space, not inside of an address", () => {
    expect(mentionQuery("@", 1)).toEqual({ at: 0, query: "" });
    expect(mentionQuery("hello @Mi", 9)).toEqual({ at: 6, query: "Mi" });
    expect(mentionQuery("(@Mi", 4)).toEqual({ at: 1, query: "Mi" });
    expect(mentionQuery("mail@Mi", 7)).toBeNull();
    expect(mentionQuery("hello @ Mi", 10)).toBeNull();
    expect(mentionQuery("@Mina\nPark", 10)).toBeNull();
    expect(mentionQuery("", 0)).toBeNull();
  });

  test("asks for the name at the caret, whatever stands behind it", () => {
    expect(mentionQuery("@Jo and @Mi too", 3)).toEqual({ at: 0, query: "Jo" });
    expect(mentionQuery("@Jo and @Mi too", 11)).toEqual({ at: 8, query: "Mi" });
  });

  test("is filtered as one types; whose name begins with it comes first", () => {
    expect(mentionOptions(people, "").map(({ name }) => name)).toEqual([
      "Jo",
      "Joana",
      "Jonas Okafor",
      "Mina Park",
    ]);
    expect(mentionOptions(people, "oka").map(({ name }) => name)).toEqual(["Jonas Okafor"]);
    expect(mentionOptions(people, "Jonas O").map(({ name }) => name)).toEqual(["Jonas Okafor"]);
    expect(mentionOptions(people, "Jonas and")).toEqual([]);
  });

  test("closes behind a whole name", () => {
    const { text, caret } = withMention("see @Min", { at: 4, query: "Min" }, mina.name);
    expect(text).toBe("see @Mina Park ");
    expect(mentionOptions(people, mentionQuery(text, caret)?.query ?? "")).toEqual([]);
  });

  test("a name is put where its beginning stood, with one space behind it", () => {
    expect(withMention("a @Mi b", { at: 2, query: "Mi" }, mina.name)).toEqual({
      text: "a @Mina Park b",
      caret: 13,
    });
  });
});

describe("S2b: whom a text mentions", () => {
  const names = (text: string, picked = none): string[] =>
    mentionSpans(text, people, picked).map(({ at, length }) => text.slice(at, at + length));

  test("whole names behind an @, the longest that fits", () => {
    expect(names("@Jonas Okafor and @Jo")).toEqual(["@Jonas Okafor", "@Jo"]);
    expect(names("@Jonas Okaforx, @Joana!")).toEqual(["@Joana"]);
    expect(names("mail@Jo, Jo")).toEqual([]);
  });

  test("of two with one name the one that was picked; without a pick neither", () => {
    const other = { accountId: newId(AccountId), name: mina.name };
    const twins = [mina, other];
    expect(mentionSpans("@Mina Park", twins, none)).toEqual([]);
    const picked = new Map([[mina.name, other.accountId]]);
    expect(mentionSpans("@Mina Park", twins, picked)).toEqual([
      { kind: "mention", at: 0, length: 10, accountId: other.accountId },
    ]);
  });

  test("spans lie within the text and never over one another", () => {
    const piece = fc.constantFrom("@", "Jo", "Jonas Okafor", "Joana", "Mina Park", " ", "x", "\n");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        let end = 0;
        for (const { at, length } of mentionSpans(text, people, none)) {
          expect(at).toBeGreaterThanOrEqual(end);
          end = at + length;
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});
