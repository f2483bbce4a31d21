// @vitest-environment happy-dom
import { ClientId, newId } from "@parley/protocol/ids.ts";
import { act, cleanup, renderHook } from "@testing-library/react";
import type { PropsWithChildren } from "react";
import { afterEach, expect, test } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { lighthouse } from "../../gallery/sample.ts";
import { createValue } from "../cache/live-value.ts";
import type { DraftView } from "../cache/read-models.ts";
import { AccountContext, type AccountScope } from "./context.ts";
import { useReply } from "./use-reply.ts";

afterEach(cleanup);

const { chatId } = lighthouse.row;
const [ours, theirs] = [newId(ClientId), newId(ClientId)];

function draftOf(replyTo: ClientId | null, takenRev: number): DraftView {
  return { chatId, text: "half a thought", replyTo, rev: 1, takenRev, updatedAtMs: 1 };
}

function replying(first: DraftView | null | undefined) {
  const draft = createValue<DraftView | null | undefined>(first);
  const made = fakeSession({ chats: [] });
  const session = { ...made, reads: { ...made.reads, draft: () => draft } };
  const wrapper = ({ children }: PropsWithChildren) => (
    <AccountContext value={{ session } as unknown as AccountScope}>{children}</AccountContext>
  );
  const composer = { current: null };
  const hook = renderHook(() => useReply(chatId, composer), { wrapper });
  const answers = (): ClientId | null => hook.result.current.clientId;
  return { ...hook, answers, set: (next: DraftView | null) => act(() => draft.set(next)) };
}

test("S1, V41: a draft that another device put in place brings its answered message, whatever was chosen here before", () => {
  const { result, answers, set } = replying(null);
  act(() => result.current.choose(ours));
  expect(answers()).toBe(ours);
  act(() => result.current.choose(null));
  expect(answers()).toBeNull();
  set(draftOf(theirs, 1));
  expect(answers()).toBe(theirs);
  // It was sent there: nothing of this is left.
  set(null);
  expect(answers()).toBeNull();
});

test("S1: what was chosen here holds while its draft is being kept, and ends with the sending", () => {
  const { result, answers, set } = replying(draftOf(theirs, 3));
  expect(answers()).toBe(theirs);
  act(() => result.current.choose(ours));
  set(draftOf(theirs, 3));
  expect(answers()).toBe(ours);
  set(draftOf(ours, 3));
  act(() => result.current.sent());
  expect(answers()).toBeNull();
  set(null);
  expect(answers()).toBeNull();
  set(draftOf(theirs, 1));
  expect(answers()).toBe(theirs);
});

test("S1: what was chosen before the draft was read holds", () => {
  const { result, answers, set } = replying(undefined);
  act(() => result.current.choose(ours));
  set(draftOf(theirs, 5));
  expect(answers()).toBe(ours);
  set(draftOf(theirs, 6));
  expect(answers()).toBe(theirs);
});
