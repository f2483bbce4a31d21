import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { carryOut } from "./use-notification-acts.ts";

const target = {
  accountKey: accountKeyOf(newId(ServerId), newId(AccountId)),
  chatId: newId(ChatId),
  clientId: newId(ClientId),
};

type What = NoticeBody<"notification:acted">["what"];

/** A session that knows one message, but only after a moment. */
async function doneBy(what: What): Promise<unknown[]> {
  const done: unknown[] = [];
  let message: { kind: "event"; seq: number } | null | undefined;
  const session = {
    reads: {
      message: () => ({
        get: () => message,
        subscribe: (listener: () => void) => {
          queueMicrotask(() => {
            // Notified before this window had it.
            message = null;
            listener();
            message = { kind: "event", seq: 7 };
            listener();
          });
          return () => done.push("unsubscribed");
        },
      }),
    },
    markRead: async (_chatId: ChatId, seq: number) => {
      done.push(["read", seq]);
      return success(undefined);
    },
    muteChat: async (_chatId: ChatId, forMs: number | null) => {
      done.push(["mute", forMs]);
      return success(undefined);
    },
    sendText: async (_chatId: ChatId, input: { text: string }, draft: string) => {
      done.push(["send", input.text, draft]);
      return success({ clientId: target.clientId });
    },
  };
  await carryOut(session as never, { ...target, what });
  return done;
}

test("S8: mark as read from a notification reads through its message", async () => {
  expect(await doneBy({ act: "mark-read" })).toEqual(["unsubscribed", ["read", 7]]);
});

test("S11: a reply from a notification is journaled, and what it answers is read", async () => {
  const done = await doneBy({ act: "reply", text: "On my way" });
  expect(done).toEqual([["send", "On my way", "stays"], "unsubscribed", ["read", 7]]);
});

test("V42: mute from a notification lasts an hour", async () => {
  expect(await doneBy({ act: "mute-hour" })).toEqual([["mute", 3_600_000]]);
});

test("S11: a reply that cannot be journaled is handed back, and sent once when it is tried again", async () => {
  const sent: string[] = [];
  let full = true;
  const session = {
    reads: {
      message: () => ({ get: () => ({ kind: "event", seq: 7 }), subscribe: () => () => undefined }),
    },
    markRead: async () => success(undefined),
    sendText: async (_chatId: ChatId, input: { text: string }) => {
      if (full) return failure("internal", "The disk is full.");
      sent.push(input.text);
      return success({ clientId: target.clientId });
    },
  };
  const acted = { ...target, what: { act: "reply", text: "On my way" } } as const;
  const undone = await carryOut(session as never, acted);
  expect(undone).toMatchObject({ acted, failure: { code: "internal" } });
  full = false;
  expect(await undone?.again()).toBeNull();
  expect(sent).toEqual(["On my way"]);
});
