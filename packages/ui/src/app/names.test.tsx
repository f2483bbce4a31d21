// @vitest-environment happy-dom
import { failure, success } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import { account, lighthouse } from "../../gallery/sample.ts";
import { drawApp } from "./testing/draw-app.tsx";
import type { FakeAnswers } from "./testing/fake-bridge.ts";

/**
 * The names of the design's table, by which screen readers and tests find things. Drawn from made-up
 * data: nothing here needs a server.
 */
afterEach(cleanup);

const signedOut: FakeAnswers = {
  "host:hello": () => success({ build: "t", accounts: [] }),
  "server:probe": () =>
    success({
      parley: true,
      serverId: account.serverId,
      version: "1",
      protocols: [1],
      signUp: "invite",
      hasOwner: true,
    }),
};
const signedIn: FakeAnswers = { "host:hello": () => success({ build: "t", accounts: [account] }) };

describe("sign-in", () => {
  test("form, fields and buttons have their names; the server is checked as it is typed", async () => {
    drawApp(signedOut);
    const form = await screen.findByRole("form", { name: "Sign in" });
    const server = within(form).getByRole("textbox", { name: "Server" });
    expect(server).toHaveProperty("value", "https://chat.example.org");
    within(form).getByRole("textbox", { name: "Handle" });
    within(form).getByLabelText("Password");
    within(form).getByRole("button", { name: "Sign in" });
    within(form).getByRole("button", { name: "Create account" });
    await within(form).findByRole("img", { name: "Server found" });
  });

  test("V12: a wrong password is told under its field, with the tries that are left", async () => {
    drawApp({
      ...signedOut,
      "account:sign-in": () => failure("wrong_credentials", "", { triesLeft: 4 }),
    });
    const form = await screen.findByRole("form", { name: "Sign in" });
    fireEvent.change(within(form).getByRole("textbox", { name: "Handle" }), {
      target: { value: "ana" },
    });
    fireEvent.change(within(form).getByLabelText("Password"), { target: { value: "wrong wrong" } });
    fireEvent.click(within(form).getByRole("button", { name: "Sign in" }));
    await within(form).findByText(/4 tries left before a pause/);
    expect(within(form).getByLabelText("Password").getAttribute("aria-invalid")).toBe("true");
  });

  test("an account needs a name, a handle, a password, and here an invite", async () => {
    const { calls } = drawApp({
      ...signedOut,
      "account:sign-up": () => failure("handle_taken", ""),
    });
    fireEvent.click(await screen.findByRole("button", { name: "Create account" }));
    const form = await screen.findByRole("form", { name: "Create account" });
    await within(form).findByRole("textbox", { name: "Invite" });
    const fill = (element: HTMLElement, value: string): void =>
      void fireEvent.change(element, { target: { value } });
    fill(within(form).getByRole("textbox", { name: "Name" }), "Ana Ruiz");
    fill(within(form).getByRole("textbox", { name: "Handle" }), "ana");
    fill(within(form).getByLabelText("Password"), "long enough");
    fireEvent.click(within(form).getByRole("button", { name: "Create account" }));
    await within(form).findByText("Enter the invite you were given.");
    expect(calls.some((call) => call.name === "account:sign-up")).toBe(false);
    fill(within(form).getByRole("textbox", { name: "Invite" }), "abc");
    fireEvent.click(within(form).getByRole("button", { name: "Create account" }));
    await within(form).findByText("Someone already has this handle. Choose another.");
  });
});

describe("an account's screen", () => {
  test("chats, search, new chat, settings and the connection have their names", async () => {
    const { emit } = drawApp(signedIn);
    const nav = await screen.findByRole("navigation", { name: "Chats" });
    within(nav).getByRole("searchbox", { name: "Search" });
    expect(within(nav).getAllByRole("button", { name: "New chat" })).toHaveLength(1);
    screen.getByRole("button", { name: "Settings" });
    const row = await within(nav).findByRole("option", { name: /^Lighthouse renovation/ });
    expect(row.textContent).toContain("2 unread messages");
    const status = screen.getByRole("status", { name: "Connection" });
    expect(status.textContent).toContain("Connecting…");
    emit("connection:changed", { accountKey: account.accountKey, status: { state: "live" } });
    await waitFor(() => expect(status.textContent).toBe(""));
    emit("connection:changed", { accountKey: account.accountKey, status: { state: "connecting" } });
    await waitFor(() => expect(status.textContent).toContain("Reconnecting…"));
  });

  test("a conversation: region, log, articles that say sender, text, time and state, composer and buttons", async () => {
    drawApp(signedIn);
    fireEvent.click(await screen.findByRole("option", { name: /^Lighthouse renovation/ }));
    const region = await screen.findByRole("region", { name: "Lighthouse renovation" });
    within(region).getByRole("log", { name: "Messages" });
    within(region).getByRole("textbox", { name: "Message Lighthouse renovation" });
    within(region).getByRole("button", { name: "Send" });
    within(region).getByRole("button", { name: "Attach" });
    within(region).getByRole("button", { name: "Chat menu" });
    const articles = await within(region).findAllByRole("article");
    const words = articles.map((article) => article.textContent);
    expect(words.length).toBeGreaterThan(0);
    for (const item of lighthouse.items) {
      if (item.kind !== "event" || item.content?.type !== "text") continue;
      const { text } = item.content;
      const shown = articles.find(
        (article) => within(article).getByTestId("message-text").textContent === text,
      );
      if (shown === undefined) continue;
      expect(shown.textContent).toMatch(/\d\d:\d\d/);
      if (item.mine) expect(shown.textContent).toMatch(/You.*(Sent|Delivered|Read)/);
    }
  });

  test("new chat leads to people by name and on to a group", async () => {
    drawApp(signedIn);
    fireEvent.click((await screen.findAllByRole("button", { name: "New chat" }))[0]!);
    const dialog = await screen.findByRole("dialog", { name: "New chat" });
    fireEvent.change(within(dialog).getByRole("searchbox", { name: "Search people" }), {
      target: { value: "mor" },
    });
    await within(dialog).findByText("Moritz Weber");
    fireEvent.click(within(dialog).getByRole("button", { name: "New group" }));
    await within(dialog).findByRole("textbox", { name: "Group name" });
    fireEvent.click(within(dialog).getByRole("button", { name: "Create group" }));
    const missing = await within(dialog).findByText("Give the group a name.");
    expect(missing.closest(".field")?.querySelector("[aria-invalid=true]")).not.toBeNull();
  });

  test("palette and settings open by key and button", async () => {
    drawApp(signedIn);
    await screen.findByRole("navigation", { name: "Chats" });
    fireEvent.keyDown(window, { key: "k", code: "KeyK", ctrlKey: true });
    const palette = await screen.findByRole("dialog", { name: "Command palette" });
    fireEvent.keyDown(palette, { key: "Escape" });
    await waitFor(() =>
      expect(screen.queryByRole("dialog", { name: "Command palette" })).toBeNull(),
    );
    fireEvent.click(screen.getByRole("button", { name: "Settings" }));
    await screen.findByRole("dialog", { name: "Settings" });
  });

  test("the title counts unread messages", async () => {
    drawApp(signedIn);
    await screen.findByRole("navigation", { name: "Chats" });
    await waitFor(() => expect(document.title).toBe("(5) Parley"));
  });
});
