// @vitest-environment happy-dom
import { failure, success } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { account, everything, lighthouse } from "../../gallery/sample.ts";
import { createLiveHub } from "../state/live-store.ts";
import { pageAttention } from "../state/attention.ts";
import { createLookStore } from "../state/look-store.ts";
import { forgetfulMemory } from "../state/remembered.ts";
import { App } from "./App.tsx";
import { fakeBridge, type FakeAnswers } from "./testing/fake-bridge.ts";

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

/** happy-dom lays nothing out: every element gets a size, so that the virtual lists draw their rows. */
function layOut(): void {
  const element = HTMLElement.prototype;
  vi.spyOn(element, "clientHeight", "get").mockReturnValue(900);
  vi.spyOn(element, "clientWidth", "get").mockReturnValue(1_280);
  Object.defineProperty(element, "offsetParent", { configurable: true, get: () => document.body });
  vi.stubGlobal(
    "ResizeObserver",
    class implements ResizeObserver {
      readonly #tell: ResizeObserverCallback;
      constructor(tell: ResizeObserverCallback) {
        this.#tell = tell;
      }
      observe(target: Element): void {
        const scrolls = target.matches(".chat-rows, .timeline-log");
        const contentRect = DOMRect.fromRect({ width: 1_000, height: scrolls ? 900 : 40 });
        const size = [{ blockSize: contentRect.height, inlineSize: contentRect.width }];
        const entry = {
          target,
          contentRect,
          borderBoxSize: size,
          contentBoxSize: size,
          devicePixelContentBoxSize: size,
        };
        queueMicrotask(() => this.#tell([entry], this));
      }
      unobserve(): void {}
      disconnect(): void {}
    },
  );
}

function draw(answers: FakeAnswers) {
  const { bridge, emit, calls } = fakeBridge(answers);
  const memory = forgetfulMemory();
  const session = fakeSession({ chats: everything });
  layOut();
  const drawn = render(
    <App
      bridge={bridge}
      platform={{ shell: "web", os: "linux", build: "t" }}
      defaultServerUrl="https://chat.example.org"
      openSession={() => Promise.resolve(session)}
      memory={memory}
      hub={createLiveHub(bridge)}
      look={createLookStore(memory)}
      attention={pageAttention()}
      region={{ locale: "en-GB", timeZone: "UTC" }}
    />,
  );
  return { ...drawn, emit, calls, session };
}

describe("sign-in", () => {
  test("form, fields and buttons have their names; the server is checked as it is typed", async () => {
    draw(signedOut);
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
    draw({
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
    const { calls } = draw({ ...signedOut, "account:sign-up": () => failure("handle_taken", "") });
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
    const { emit } = draw(signedIn);
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
    draw(signedIn);
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
    draw(signedIn);
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
    draw(signedIn);
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
    draw(signedIn);
    await screen.findByRole("navigation", { name: "Chats" });
    await waitFor(() => expect(document.title).toBe("(5) Parley"));
  });
});
