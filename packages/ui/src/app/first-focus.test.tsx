// @vitest-environment happy-dom
import { failure, success } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { account, everything } from "../../gallery/sample.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(cleanup);

function signedIn(archivedFirst = false) {
  const chats = everything.map((chat, at) => ({
    ...chat,
    row: { ...chat.row, archived: archivedFirst && at === 0 },
  }));
  const session = fakeSession({ chats });
  drawApp(
    { "host:hello": () => success({ build: "t", accounts: [account] }) },
    { openSession: () => Promise.resolve(session) },
  );
}

test("one can write at once: the handle has the focus, then the name of a new account", async () => {
  drawApp({
    "host:hello": () => success({ build: "t", accounts: [] }),
    "server:probe": () => failure("server_unreachable", "nobody answers"),
  });
  const form = await screen.findByRole("form", { name: "Sign in" });
  await waitFor(() =>
    expect(document.activeElement).toBe(within(form).getByRole("textbox", { name: "Handle" })),
  );
  fireEvent.click(within(form).getByRole("button", { name: "Create account" }));
  const next = await screen.findByRole("form", { name: "Create account" });
  await waitFor(() =>
    expect(document.activeElement).toBe(within(next).getByRole("textbox", { name: "Name" })),
  );
});

test("what is typed after New chat goes into the search; a group without a name leads back to it", async () => {
  signedIn();
  fireEvent.click((await screen.findAllByRole("button", { name: "New chat" }))[0]!);
  const dialog = await screen.findByRole("dialog", { name: "New chat" });
  await waitFor(() =>
    expect(document.activeElement).toBe(
      within(dialog).getByRole("searchbox", { name: "Search people" }),
    ),
  );
  fireEvent.click(within(dialog).getByRole("button", { name: "New group" }));
  const name = within(dialog).getByRole("textbox", { name: "Group name" });
  await waitFor(() => expect(document.activeElement).toBe(name));
  const create = within(dialog).getByRole("button", { name: "Create group" });
  create.focus();
  fireEvent.click(create);
  await waitFor(() => expect(document.activeElement).toBe(name));
});

test("the archive takes the focus from the button that opened it, and gives it back", async () => {
  signedIn(true);
  const entry = await screen.findByRole("button", { name: /^1 archived chat/ });
  entry.focus();
  fireEvent.click(entry);
  const back = await screen.findByRole("button", { name: "Back to all chats" });
  await waitFor(() => expect(document.activeElement).toBe(back));
  fireEvent.click(back);
  const again = await screen.findByRole("button", { name: /^1 archived chat/ });
  await waitFor(() => expect(document.activeElement).toBe(again));
});
