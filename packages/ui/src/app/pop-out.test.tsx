// @vitest-environment happy-dom
import { failure, success } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { account, lighthouse } from "../../gallery/sample.ts";
import { settingsHost } from "../../gallery/settings-host.ts";
import { readSolo, soloAddress } from "./solo.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const desktop = { platform: { shell: "desktop", os: "linux", build: "t" } } as const;
const chat = { accountKey: account.accountKey, chatId: lighthouse.row.chatId };
const TITLE = "Lighthouse renovation";

test("the address of a window for one chat names it, and nothing else does", () => {
  expect(readSolo(soloAddress(chat))).toEqual({ target: chat });
  // The desktop tells the chat by itself.
  expect(readSolo("?kind=chat&window=w1")).toEqual({ target: null });
  expect(readSolo("?kind=chat&account=x&chat=../y")).toEqual({ target: null });
  expect(readSolo("?kind=extra")).toBeNull();
  expect(readSolo("")).toBeNull();
});

async function openMenu(): Promise<void> {
  fireEvent.click(await screen.findByRole("option", { name: new RegExp(`^${TITLE}`) }));
  const pane = await screen.findByRole("region", { name: TITLE });
  fireEvent.click(within(pane).getByRole("button", { name: "Chat menu" }));
}

describe("popping out", () => {
  test("from the menu: the desktop opens the window", async () => {
    const { calls } = drawApp({ ...settingsHost(), "window:open": () => success({}) }, desktop);
    await openMenu();
    fireEvent.click(await screen.findByRole("menuitem", { name: /^Open in a window/ }));
    await waitFor(() =>
      expect(calls.find((call) => call.name === "window:open")?.body).toEqual({ chat }),
    );
  });

  test("by the key: the browser opens one of this app", async () => {
    const open = vi.spyOn(window, "open").mockReturnValue(null);
    drawApp(settingsHost());
    fireEvent.click(await screen.findByRole("option", { name: new RegExp(`^${TITLE}`) }));
    await screen.findByRole("region", { name: TITLE });
    fireEvent.keyDown(window, { key: "o", code: "KeyO", altKey: true });
    expect(open.mock.calls[0]?.[0]).toContain(soloAddress(chat));
  });

  test.each(["menu", "key"])(
    "a desktop that opens no window says so, asked by the %s",
    async (by) => {
      const refuse = () => failure("window_refused", "");
      drawApp({ ...settingsHost(), "window:open": refuse }, desktop);
      if (by === "menu") {
        await openMenu();
        fireEvent.click(await screen.findByRole("menuitem", { name: /^Open in a window/ }));
      } else {
        fireEvent.click(await screen.findByRole("option", { name: new RegExp(`^${TITLE}`) }));
        await screen.findByRole("region", { name: TITLE });
        fireEvent.keyDown(window, { key: "o", code: "KeyO", altKey: true });
      }
      expect(await screen.findByText(/No more windows can be opened/)).toBeTruthy();
    },
  );

  test("a browser that refuses is told about", async () => {
    vi.spyOn(window, "open").mockReturnValue(null);
    drawApp(settingsHost());
    await openMenu();
    fireEvent.click(await screen.findByRole("menuitem", { name: /^Open in a window/ }));
    expect(await screen.findByText(/has blocked the window/)).toBeTruthy();
  });
});

describe("a window for one chat", () => {
  test("shows that chat alone, and its keys never leave it", async () => {
    drawApp(settingsHost(), { solo: { target: chat } });
    const pane = await screen.findByRole("region", { name: TITLE });
    await waitFor(() => expect(document.title).toBe(`${TITLE} – Parley`));
    expect(screen.queryByRole("navigation", { name: "Chats" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Settings" })).toBeNull();
    expect(within(pane).queryByRole("button", { name: "Open another chat beside" })).toBeNull();
    fireEvent.keyDown(window, { key: "k", code: "KeyK", ctrlKey: true });
    fireEvent.keyDown(window, { key: "ArrowDown", code: "ArrowDown", altKey: true });
    expect(screen.queryByRole("dialog")).toBeNull();
    const close = vi.spyOn(window, "close").mockReturnValue();
    fireEvent.keyDown(window, { key: "w", code: "KeyW", altKey: true });
    expect(close).toHaveBeenCalledOnce();
  });

  test("V56: closes once its account is signed out, and never shows another account or a sign-in form", async () => {
    const close = vi.spyOn(window, "close").mockReturnValue();
    const { emit } = drawApp(settingsHost(), { solo: { target: chat } });
    await screen.findByRole("region", { name: TITLE });
    const other = { ...account, accountKey: "second" as typeof account.accountKey };
    emit("accounts:changed", { accounts: [other] });
    await screen.findByText("You are signed out.");
    expect(close).toHaveBeenCalledOnce();
    expect(screen.queryByRole("form")).toBeNull();
    expect(screen.queryByRole("region", { name: TITLE })).toBeNull();
  });

  test("on the desktop it can be kept on top", async () => {
    const { calls } = drawApp(settingsHost(), { ...desktop, solo: { target: chat } });
    const pane = await screen.findByRole("region", { name: TITLE });
    await waitFor(() => expect(calls.map((call) => call.name)).toContain("window:state"));
    fireEvent.click(within(pane).getByRole("button", { name: "Chat menu" }));
    fireEvent.click(await screen.findByRole("menuitem", { name: "Keep this window on top" }));
    await waitFor(() =>
      expect(calls.find((call) => call.name === "window:configure")?.body).toEqual({
        alwaysOnTop: true,
      }),
    );
  });
});
