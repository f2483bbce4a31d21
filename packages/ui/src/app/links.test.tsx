// @vitest-environment happy-dom
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import { ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import { account, lighthouse } from "../../gallery/sample.ts";
import { answerLink } from "../state/link-rules.ts";
import { drawApp } from "./testing/draw-app.tsx";
import type { FakeAnswers } from "./testing/fake-bridge.ts";

afterEach(cleanup);

const desktop = { platform: { shell: "desktop", os: "linux", build: "t" } } as const;
const { origin } = new URL(account.serverUrl);
const elsewhere = "https://other.example.net";
const answers = (accounts: HostedAccount[]): FakeAnswers => ({
  "host:hello": () => success({ build: "t", accounts }),
  "server:probe": () => failure("server_unreachable", ""),
});

describe("what a link opens", () => {
  const chatId = newId(ChatId);
  test("a chat or message: in the account on the screen, else in another one of that server", () => {
    const second = { ...account, accountKey: "second" as typeof account.accountKey };
    const link = { kind: "chat", server: origin, chatId } as const;
    expect(answerLink(link, [account, second], second.accountKey)).toEqual({
      kind: "target",
      accountKey: second.accountKey,
      chatId,
    });
    const clientId = newId(ClientId);
    expect(
      answerLink({ kind: "message", server: origin, chatId, clientId }, [account], undefined),
    ).toEqual({ kind: "target", accountKey: account.accountKey, chatId, clientId });
  });

  test("of a server where nobody is signed in: nothing, and says so", () => {
    const link = { kind: "chat", server: elsewhere, chatId } as const;
    expect(answerLink(link, [account], account.accountKey)).toEqual({
      kind: "no-account",
      server: elsewhere,
    });
  });

  test("signing in as somebody who is signed in shows that account", () => {
    const link = { kind: "sign-in", server: origin, handle: account.me.handle } as const;
    expect(answerLink(link, [account], undefined).kind).toBe("account");
    expect(answerLink({ ...link, server: elsewhere }, [account], undefined).kind).toBe("sign-in");
  });
});

test("an invite opens sign-up with server and code filled in, also beside an account", async () => {
  const { emit } = drawApp(answers([account]), desktop);
  await screen.findByRole("navigation", { name: "Chats" });
  emit("link:open", { link: { kind: "invite", server: elsewhere, code: "moss-1234" } });
  await screen.findByRole("form", { name: "Create account" });
  expect(screen.getByRole("textbox", { name: "Server" })).toHaveProperty("value", elsewhere);
  expect(screen.getByRole("textbox", { name: /Invite/ })).toHaveProperty("value", "moss-1234");
  fireEvent.click(screen.getByRole("button", { name: /^Back to/ }));
  expect(await screen.findByRole("navigation", { name: "Chats" })).toBeTruthy();
});

test("a link that starts the app waits until it is known who is signed in", async () => {
  const { emit } = drawApp(answers([account]), desktop);
  emit("link:open", { link: { kind: "chat", server: origin, chatId: lighthouse.row.chatId } });
  expect(await screen.findByRole("region", { name: "Lighthouse renovation" })).toBeTruthy();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a sign-in link fills in server and handle", async () => {
  const { emit } = drawApp(answers([]), desktop);
  await screen.findByRole("form", { name: "Sign in" });
  emit("link:open", { link: { kind: "sign-in", server: elsewhere, handle: "mina" } });
  const handle = await screen.findByDisplayValue("mina");
  expect(handle).toHaveProperty("name", "handle");
  // Who made the link is not known: its server is named, until another one is typed.
  const note = screen.getByText(/^A link named other\.example\.net/);
  fireEvent.change(screen.getByRole("textbox", { name: "Server" }), { target: { value: origin } });
  expect(note.isConnected).toBe(false);
  fireEvent.change(screen.getByRole("textbox", { name: "Server" }), {
    target: { value: elsewhere },
  });
  expect(screen.getByRole("textbox", { name: "Server" })).toHaveProperty("value", elsewhere);
});

test("a link to a chat opens it; one that nobody here has is told as such", async () => {
  const { emit } = drawApp(answers([account]), desktop);
  await screen.findByRole("option", { name: /^Lighthouse renovation/ });
  emit("link:open", { link: { kind: "chat", server: origin, chatId: lighthouse.row.chatId } });
  await screen.findByRole("region", { name: "Lighthouse renovation" });
  emit("link:open", { link: { kind: "chat", server: origin, chatId: newId(ChatId) } });
  expect(await screen.findByText(/chat/i, { selector: ".pane-empty *" })).toBeTruthy();
});

test("a link that is none is told as such, and changes nothing", async () => {
  const { emit } = drawApp(answers([account]), desktop);
  await screen.findByRole("option", { name: /^Lighthouse renovation/ });
  emit("link:open", { link: null });
  const dialog = await screen.findByRole("dialog", { name: "This link can't be opened" });
  expect(dialog.textContent).toContain("damaged");
  fireEvent.click(screen.getByRole("button", { name: "Understood" }));
  expect(screen.queryByRole("region", { name: "Lighthouse renovation" })).toBeNull();
  expect(screen.queryByRole("form")).toBeNull();
});

test("a link to another server says so and leads to signing in there", async () => {
  const { emit } = drawApp(answers([account]), desktop);
  await screen.findByRole("option", { name: /^Lighthouse renovation/ });
  emit("link:open", { link: { kind: "chat", server: elsewhere, chatId: newId(ChatId) } });
  const dialog = await screen.findByRole("dialog", { name: "This link leads to another server" });
  expect(dialog.textContent).toContain("other.example.net");
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("form", { name: "Sign in" });
  expect(screen.getByRole("textbox", { name: "Server" })).toHaveProperty("value", elsewhere);
});
