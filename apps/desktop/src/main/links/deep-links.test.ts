import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { appLink, type DeepLink } from "@parley/protocol/links.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decideLink, linkAmong } from "./deep-links.ts";

const serverId = newId(ServerId);
const accountId = newId(AccountId);
const account: HostedAccount = {
  accountKey: accountKeyOf(serverId, accountId),
  serverId,
  serverUrl: "https://chat.example.org",
  me: { accountId, handle: "ada", name: "Ada", role: "user" },
  deviceName: "Desk",
};
const chatId = newId(ChatId);
const clientId = newId(ClientId);
const chat: DeepLink = { kind: "chat", server: account.serverUrl, chatId };

test("a chat opens in the account of its server; elsewhere the page asks", () => {
  const { accountKey } = account;
  expect(decideLink(chat, [account])).toEqual({ act: "target", target: { accountKey, chatId } });
  const message: DeepLink = { ...chat, kind: "message", clientId };
  expect(decideLink(message, [account])).toEqual({
    act: "target",
    target: { accountKey, chatId, clientId },
  });
  expect(decideLink({ ...chat, server: "https://other.example" }, [account]).act).toBe("ask");
  expect(decideLink(chat, [])).toEqual({ act: "ask", link: chat });
});

test("an invite and a sign-in are asked about, whoever is signed in", () => {
  const server = account.serverUrl;
  expect(decideLink({ kind: "invite", server, code: "abcd" }, [account]).act).toBe("ask");
  expect(decideLink({ kind: "sign-in", server }, [account]).act).toBe("ask");
});

test("among the arguments of a start the link is found, whatever else is there", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (before, after) => {
      expect(linkAmong([...before, appLink(chat), ...after])).toEqual(chat);
    }),
  );
  expect(linkAmong(["parley", "--hidden", "https://example.org", "javascript:x"])).toBeUndefined();
});

test.each([
  "parley://nonsense",
  "PARLEY:chat",
  `parley://chat/${chatId}?server=${"x".repeat(9_999)}`,
  "parley://chat/../../etc/passwd?server=https://chat.example.org",
  "parley://chat/%00?server=https://chat.example.org",
  "parley://sign-in?server=javascript:alert(1)",
  "parley://sign-in?server=https://ada:secret@chat.example.org",
  "parley://sign-in?server=http://chat.example.org",
])("a damaged or hostile link is told of, and never taken for another one: %s", (wrong) => {
  expect(linkAmong(["parley", wrong])).toBeNull();
  expect(linkAmong(["parley", wrong, appLink(chat)])).toEqual(chat);
  expect(decideLink(null, [account])).toEqual({ act: "ask", link: null });
});

test("with several accounts on a server the page decides, which knows the one on the screen", () => {
  const second = { ...account, accountKey: accountKeyOf(serverId, newId(AccountId)) };
  expect(decideLink(chat, [account, second])).toEqual({ act: "ask", link: chat });
  const elsewhere = { ...second, serverUrl: "https://other.example" };
  expect(decideLink(chat, [elsewhere, account])).toMatchObject({ act: "target" });
});
