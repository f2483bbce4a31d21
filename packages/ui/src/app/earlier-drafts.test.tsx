// @vitest-environment happy-dom
import { success } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { fakeSession, type FakeWorld } from "../../gallery/fake-session.ts";
import { account, everything, NOW_MS } from "../../gallery/sample.ts";
import type { DraftRevision } from "../cache/read-models.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(cleanup);

const CHAT = "Lighthouse renovation";
const REVISIONS: readonly DraftRevision[] = [
  { rev: 4, text: "See you at eight", savedAtMs: NOW_MS - 1_000, why: "replaced" },
  { rev: 3, text: "Bring the ladder", savedAtMs: NOW_MS - 60_000, why: "elsewhere" },
  { rev: 1, text: "x\n".repeat(30), savedAtMs: NOW_MS - 3_600_000, why: null },
];

async function open(world: Partial<FakeWorld>) {
  // Copies: what is put back is written into the sample.
  const chats = everything.map((each) => ({ ...each }));
  const session = fakeSession({ chats, ...world });
  drawApp(
    { "host:hello": () => success({ build: "t", accounts: [account] }) },
    { openSession: () => Promise.resolve(session) },
  );
  await screen.findAllByText(CHAT);
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  const palette = await screen.findByRole("dialog", { name: "Command palette" });
  const field = within(palette).getByRole("combobox");
  fireEvent.change(field, { target: { value: CHAT } });
  fireEvent.keyDown(field, { key: "Enter" });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  return {
    session,
    box: () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: `Message ${CHAT}` }),
  };
}

const dialog = () => screen.findByRole("dialog", { name: "Earlier drafts" });

async function openEarlier(): Promise<HTMLElement> {
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  const palette = await screen.findByRole("dialog", { name: "Command palette" });
  const field = within(palette).getByRole("combobox");
  fireEvent.change(field, { target: { value: "Earlier drafts" } });
  fireEvent.keyDown(field, { key: "Enter" });
  return dialog();
}

test("S1: earlier drafts tell the text's beginning, why it is there, and how many are kept", async () => {
  await open({ revisions: REVISIONS });
  const texts = within(await openEarlier());
  const [first, second, third] = texts.getAllByRole("listitem");
  expect(first?.textContent).toMatch(/See you at eight.*Written over or deleted/);
  expect(second?.textContent).toMatch(/Bring the ladder.*From another device/);
  expect(third?.textContent?.match(/x/g)).toHaveLength(4);
  fireEvent.click(texts.getByRole("button", { name: "Show all" }));
  expect(third?.textContent?.match(/x/g)?.length).toBeGreaterThan(29);
  texts.getByText(new RegExp(`The last ${LIMITS.draftRevisions} texts of this chat are kept`));
});

test("S1: an earlier draft that is put back stands in the composer, which has the focus", async () => {
  const { box } = await open({ revisions: REVISIONS });
  const texts = within(await openEarlier());
  const put = texts.getAllByRole("button", { name: "Put back" })[1];
  if (put === undefined) throw new Error("a button");
  fireEvent.click(put);
  await waitFor(() => expect(box().value).toBe("Bring the ladder"));
  await waitFor(() => expect(document.activeElement).toBe(box()));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("S1: without earlier drafts the list says what would be in it", async () => {
  await open({});
  expect((await openEarlier()).textContent).toMatch(/No earlier drafts.*The last 50 texts/);
});

test("the keys of a focused message reply, edit and ask before deleting; none in a text field or with a modifier", async () => {
  const { box } = await open({});
  const own = document.querySelector<HTMLElement>("article.is-own");
  const other = document.querySelector<HTMLElement>("article:not(.is-own)");
  if (own === null || other === null) throw new Error("messages");

  fireEvent.keyDown(box(), { key: "Delete" });
  fireEvent.keyDown(box(), { key: "r" });
  own.focus();
  for (const key of ["r", "e", "Delete", "Backspace"])
    fireEvent.keyDown(own, { key, ctrlKey: true });
  const more = within(own).getByRole("button", { name: "Message menu" });
  fireEvent.keyDown(more, { key: "e" });
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.queryByText(/^Replying to|^Editing/)).toBeNull();

  fireEvent.keyDown(own, { key: "Delete", repeat: true });
  expect(screen.queryByRole("dialog")).toBeNull();
  fireEvent.keyDown(own, { key: "Backspace" });
  const asked = await screen.findByRole("dialog", { name: "Delete for everyone?" });
  fireEvent.click(within(asked).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  other.focus();
  fireEvent.keyDown(other, { key: "e" });
  await screen.findByText("That can't be done with this message.");
  fireEvent.keyDown(other, { key: "r" });
  await waitFor(() => expect(document.activeElement).toBe(box()));

  own.focus();
  fireEvent.keyDown(own, { key: "e" });
  await screen.findByText("Editing your message");
  await waitFor(() => expect(document.activeElement).toBe(box()));
  fireEvent.change(box(), { target: { value: "never saved" } });
  fireEvent.keyDown(box(), { key: "Escape" });
  await screen.findByText("Your edit was not saved. See Earlier drafts in the chat menu.");
});
