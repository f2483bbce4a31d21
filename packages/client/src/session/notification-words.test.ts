import fc from "fast-check";
import { expect, test } from "vitest";
import { wordsOf } from "./notification-words.ts";

const texts = {
  someone: "Parley",
  newMessage: "New message",
  unread: (messages: number) => `${messages} unread`,
  unreadIn: () => "",
};
const told = {
  preview: "all",
  text: "Lunch?",
  sender: "Ben",
  groupTitle: null,
  unread: 1,
} as const;

test("V51: a name turns nothing round that stands after it on its line", () => {
  const sender = "Ben\u202e\u2067";
  expect(wordsOf({ ...told, sender, unread: 3 }, texts).title).toBe("Ben · 3 unread");
  expect(wordsOf({ ...told, sender, groupTitle: "Team\u202e" }, texts)).toEqual({
    title: "Team",
    body: "Ben: Lunch?",
  });
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "\u202e", "\u2066", "ש", " ") }), (name) => {
      const { title, body } = wordsOf({ ...told, sender: name, groupTitle: name }, texts);
      expect(title + body).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test("V51: who has a name of nothing that could be seen is named as somebody unknown is", () => {
  for (const sender of [undefined, "", " ", "\u200b\u2060", "\u202e"]) {
    expect(wordsOf({ ...told, sender }, texts)).toEqual({ title: "Parley", body: "Lunch?" });
  }
});

test("V51: a long text is cut between characters", () => {
  for (const text of ["😀".repeat(200), `x${"😀".repeat(200)}`]) {
    const { body } = wordsOf({ ...told, text }, texts);
    expect(body).toMatch(/^x?(?:😀)+…$/u);
    expect(body.length).toBeLessThanOrEqual(241);
  }
});
