import { MemoryLog } from "@parley/client/testing/memory-ports.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { NativeNotifications } from "./native-notifications.ts";

type Notice = NoticeBody<"notification:show">;
const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
const notice = (chatId: ChatId, body: string): Notice => ({
  accountKey,
  chatId,
  clientId: newId(ClientId),
  title: "Ada",
  body,
});

function setUp(options: { isSupported?: boolean; fails?: boolean } = {}) {
  const log = new MemoryLog();
  const made: { body: string; state: "new" | "shown" | "closed"; click: () => void }[] = [];
  const clicked: Notice[] = [];
  const notifications = new NativeNotifications(
    {
      isSupported: () => options.isSupported ?? true,
      create: ({ body }, click) => {
        const one: (typeof made)[number] = { body, state: "new", click };
        made.push(one);
        return {
          show: () => {
            if (options.fails) throw new Error("the daemon is gone");
            one.state = "shown";
          },
          close: () => {
            one.state = "closed";
          },
        };
      },
    },
    log,
    (which) => void clicked.push(which),
  );
  return { notifications, made, clicked, log };
}

test("S19: one a chat: the newest takes the place of the one before", () => {
  const { notifications, made } = setUp();
  const chatId = newId(ChatId);
  notifications.show(notice(chatId, "one"));
  notifications.show(notice(newId(ChatId), "other"));
  notifications.show(notice(chatId, "two"));
  expect(made.map(({ body, state }) => `${body} ${state}`)).toEqual([
    "one closed",
    "other shown",
    "two shown",
  ]);
});

test("a click opens account, chat and message, however late it comes", () => {
  const { notifications, made, clicked } = setUp();
  const shown = notice(newId(ChatId), "one");
  notifications.show(shown);
  made[0]?.click();
  expect(clicked).toEqual([shown]);
});

test("a chat that was read anywhere takes its notification with it", () => {
  const { notifications, made } = setUp();
  const chatId = newId(ChatId);
  notifications.show(notice(chatId, "one"));
  notifications.clear(accountKey, newId(ChatId));
  expect(made[0]?.state).toBe("shown");
  notifications.clear(accountKey, chatId);
  expect(made[0]?.state).toBe("closed");
});

test("a system that cannot show is no reason to fail", () => {
  expect(setUp({ isSupported: false }).notifications.show(notice(newId(ChatId), "x"))).toBe(false);
  const failing = setUp({ fails: true });
  expect(failing.notifications.show(notice(newId(ChatId), "x"))).toBe(false);
  expect(failing.log.lines).toHaveLength(1);
});
