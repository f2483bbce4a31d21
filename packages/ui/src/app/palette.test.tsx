// @vitest-environment happy-dom
import { success } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { account, everything } from "../../gallery/sample.ts";
import type { AccountSession } from "../cache/account-session.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(cleanup);

/** The sample account, with one chat that is only read from the cache when `arrive` is called. */
function sessionWithSlowChat(title: string): { session: AccountSession; arrive: () => void } {
  const all = fakeSession({ chats: everything });
  const slow = everything.find((each) => each.row.title === title)?.row.chatId;
  if (slow === undefined) throw new Error(`The sample has no chat ${title}.`);
  let isThere = false;
  const chat: AccountSession["reads"]["chat"] = (chatId) => {
    const known = all.reads.chat(chatId);
    return { ...known, get: () => (chatId === slow && !isThere ? undefined : known.get()) };
  };
  return {
    session: { ...all, reads: { ...all.reads, chat } },
    arrive: () => all.poke(() => (isThere = true)),
  };
}

const box = (name: string) => screen.getByRole("textbox", { name: `Message ${name}` });

async function jumpTo(title: string, beside: boolean): Promise<void> {
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  const palette = await screen.findByRole("dialog", { name: "Command palette" });
  const field = within(palette).getByRole("combobox");
  fireEvent.change(field, { target: { value: title } });
  fireEvent.keyDown(field, { key: "Enter", ctrlKey: beside });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
}

test("a chat opened beside from the palette has the focus, however long it takes to be read", async () => {
  const first = "Lighthouse renovation";
  const second = "Saturday climbers";
  const { session, arrive } = sessionWithSlowChat(second);
  drawApp(
    { "host:hello": () => success({ build: "t", accounts: [account] }) },
    { openSession: () => Promise.resolve(session) },
  );
  await screen.findAllByText(first);
  await jumpTo(first, false);
  await waitFor(() => expect(document.activeElement).toBe(box(first)));

  await jumpTo(second, true);
  expect(document.activeElement).not.toBe(box(first));
  arrive();
  await waitFor(() => expect(document.activeElement).toBe(box(second)));
});
