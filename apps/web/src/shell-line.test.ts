import type { HostLine } from "@parley/client/sync/bridge-over.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { withShell } from "./shell-line.ts";

function setUp() {
  const posted: unknown[] = [];
  const heard: unknown[] = [];
  const told: unknown[] = [];
  let fromHost: (frame: unknown) => void = () => undefined;
  const line: HostLine = {
    post: (frame) => posted.push(frame),
    listen: (received) => {
      fromHost = received;
    },
  };
  const shell = withShell(line, {
    testNotification: () => Promise.resolve({ state: "shown", atMs: 7 }),
    reported: ({ unread }) => told.push(["reported", unread]),
    viewed: ({ openChatIds }) => told.push(["viewed", openChatIds]),
    greeted: (accountKeys) => told.push(["greeted", accountKeys]),
  });
  shell.listen((frame) => heard.push(frame));
  return { shell, posted, heard, told, fromHost: (frame: unknown) => fromHost(frame) };
}

const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
const [chatId, clientId] = [newId(ChatId), newId(ClientId)];
const acted = { accountKey, chatId, clientId, what: { act: "mark-read" } } as const;
const notice = { kind: "notice", name: "notification:acted", body: acted };
const hello = { bridgeVersion: 1, build: "x", windowId: crypto.randomUUID() };

test("V54: what the user did to a notification waits until the app listens, and is told once", () => {
  const { shell, heard, told, fromHost } = setUp();
  shell.act(acted);
  shell.post({ kind: "call", id: 3, name: "host:hello", body: hello });
  fromHost({ kind: "notice", name: "host:outdated", body: {} });
  fromHost({ kind: "failure", id: 3, error: { code: "offline", message: "", requestId: "" } });
  expect(heard).toHaveLength(2);
  shell.post({ kind: "call", id: 4, name: "host:hello", body: hello });
  fromHost({ kind: "answer", id: 4, data: { build: "x", accounts: [] } });
  expect(heard.slice(3)).toEqual([notice]);
  expect(told).toEqual([["greeted", []]]);
  // A host that takes over answers the hello once more.
  fromHost({ kind: "answer", id: 4, data: { build: "x", accounts: [] } });
  expect(heard.slice(4)).toHaveLength(1);
  shell.act(acted);
  expect(heard.slice(5)).toEqual([notice]);
});

test("V54: the page answers the test notification itself and hears what the app reports and shows", async () => {
  const { shell, posted, heard, told } = setUp();
  shell.post({ kind: "call", id: 1, name: "shell:notification-test", body: {} });
  await expect.poll(() => heard).toHaveLength(1);
  expect(heard).toEqual([{ kind: "answer", id: 1, data: { state: "shown", atMs: 7 } }]);
  expect(posted).toEqual([]);
  const report = { accountKey, unread: 3, mentions: 0, waiting: 0 };
  const view = { accountKey, focused: true, visible: true, openChatIds: [chatId] };
  shell.post({ kind: "call", id: 2, name: "account:report", body: report });
  shell.post({ kind: "call", id: 3, name: "view:set", body: { ...view, watchAccountIds: [] } });
  shell.post({ kind: "call", id: 4, name: "view:set", body: { accountKey } });
  expect(told).toEqual([
    ["reported", 3],
    ["viewed", [chatId]],
  ]);
  expect(posted).toHaveLength(3);
});
