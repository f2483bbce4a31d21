import { AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { expect, test } from "vitest";
import { interestOf, isInView, type View } from "./interest.ts";

const view = (parts: Partial<View>): View => ({
  focused: false,
  visible: true,
  openChatIds: [],
  watchAccountIds: [],
  ...parts,
});

test("S10: what is watched is the union over windows, each once", () => {
  const [a, b, c] = [newId(AccountId), newId(AccountId), newId(AccountId)];
  const [chat, other] = [newId(ChatId), newId(ChatId)];
  const interest = interestOf([
    view({ watchAccountIds: [a, b], openChatIds: [chat] }),
    view({ watchAccountIds: [b, c], openChatIds: [chat, other] }),
  ]);
  expect(interest).toEqual({
    watchAccountIds: [a, b, c],
    openChatIds: [chat, other],
    active: true,
  });
});

test("S10: where the limit bites, the focused window comes first", () => {
  const many = Array.from({ length: LIMITS.openChats }, () => newId(ChatId));
  const mine = newId(ChatId);
  const interest = interestOf([
    view({ openChatIds: many }),
    view({ openChatIds: [mine], focused: true }),
  ]);
  expect(interest.openChatIds).toHaveLength(LIMITS.openChats);
  expect(interest.openChatIds[0]).toBe(mine);
});

test("S10: nobody is there when no window is visible", () => {
  expect(interestOf([view({ visible: false })]).active).toBe(false);
  expect(interestOf([]).active).toBe(false);
});

test("a chat is in view only in a window that has the focus", () => {
  const chat = newId(ChatId);
  expect(isInView([view({ openChatIds: [chat] })], chat)).toBe(false);
  expect(isInView([view({ openChatIds: [chat], focused: true })], chat)).toBe(true);
  expect(isInView([view({ focused: true }), view({ openChatIds: [chat] })], chat)).toBe(false);
});
