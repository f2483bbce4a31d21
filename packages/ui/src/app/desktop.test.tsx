// @vitest-environment happy-dom
import { DEFAULT_SHELL } from "@parley/protocol/bridge/shell.ts";
import { type CallData, CALLS } from "@parley/protocol/bridge/contract.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import { account, everything, lighthouse } from "../../gallery/sample.ts";
import { toldAttention } from "../state/attention.ts";
import { drawApp } from "./testing/draw-app.tsx";
import { fakeBridge, type FakeAnswers } from "./testing/fake-bridge.ts";

afterEach(cleanup);

const FINGERPRINT = Array.from({ length: 32 }, () => "AB").join(":");
const desktop = { platform: { shell: "desktop", os: "linux", build: "t" } } as const;
const info: CallData<"server:probe"> = {
  parley: true,
  serverId: account.serverId,
  version: "1",
  protocols: [1],
  signUp: "open",
  hasOwner: true,
};

function signedIn(shell: Partial<CallData<"shell:state">> = {}): FakeAnswers {
  let state: CallData<"shell:state"> = {
    settings: DEFAULT_SHELL,
    hasTray: true,
    secrets: "encrypted",
    startAtLogin: "off",
    shortcut: "off",
    spellcheckLanguages: [],
    notifications: { by: "native", state: "ready", canReply: false, canAct: false },
    ...shell,
  };
  return {
    "host:hello": () => success({ build: "t", accounts: [account] }),
    "shell:state": () => success(state),
    "shell:configure": ({ closeToTray = true, startHidden = false }) => {
      state = { ...state, settings: { ...state.settings, closeToTray, startHidden } };
      return success(state);
    },
  };
}

async function openDesktopSettings(): Promise<HTMLElement> {
  fireEvent.click(await screen.findByRole("button", { name: "Settings" }));
  const dialog = await screen.findByRole("dialog", { name: "Settings" });
  fireEvent.click(within(dialog).getByRole("button", { name: "Desktop" }));
  return dialog;
}

describe("a certificate that nobody vouches for", () => {
  function answers(code: "certificate_untrusted" | "certificate_changed") {
    let isTrusted = false;
    const signedOut: FakeAnswers = {
      "host:hello": () => success({ build: "t", accounts: [] }),
      "server:probe": () =>
        isTrusted ? success(info) : failure(code, "", { fingerprint: FINGERPRINT }),
      "server:trust": () => {
        isTrusted = true;
        return success({});
      },
    };
    return signedOut;
  }

  test("X1: is shown to compare, and taken when the user says so", async () => {
    const { calls } = drawApp(answers("certificate_untrusted"), desktop);
    const panel = await screen.findByRole("region", { name: "Certificate of the server" });
    within(panel).getByText("Compare before you trust");
    within(panel).getByText(FINGERPRINT);
    fireEvent.click(within(panel).getByRole("button", { name: /trust this server/ }));
    await screen.findByRole("img", { name: "Server found" });
    expect(calls.find((call) => call.name === "server:trust")?.body).toEqual({
      serverUrl: "https://chat.example.org",
      fingerprint: FINGERPRINT,
    });
  });

  test("X1: one that changed is told as such", async () => {
    drawApp(answers("certificate_changed"), desktop);
    const panel = await screen.findByRole("region", { name: "Certificate of the server" });
    expect(panel.textContent).toContain("The certificate has changed");
  });

  test("a browser, which judges certificates itself, makes no such offer", async () => {
    drawApp(answers("certificate_untrusted"));
    await screen.findByText(/Compare its fingerprint/);
    expect(screen.queryByRole("region", { name: "Certificate of the server" })).toBeNull();
  });
});

describe("the desktop's settings", () => {
  test("closing to the tray can be turned off", async () => {
    const { calls } = drawApp(signedIn(), desktop);
    const dialog = await openDesktopSettings();
    const toggle = await within(dialog).findByRole("switch", { name: /^Keep running/ });
    expect(toggle).toHaveProperty("checked", true);
    fireEvent.click(toggle);
    await waitFor(() => expect(toggle).toHaveProperty("checked", false));
    expect(calls.find((call) => call.name === "shell:configure")?.body).toEqual({
      closeToTray: false,
    });
  });

  test("without a tray they say why they cannot be had", async () => {
    drawApp(signedIn({ hasTray: false }), desktop);
    const dialog = await openDesktopSettings();
    const toggle = await within(dialog).findByRole("switch", { name: /^Keep running/ });
    expect(toggle).toHaveProperty("disabled", true);
    expect(within(dialog).getAllByText(/shows no tray/).length).toBeGreaterThan(0);
  });

  test("a browser has no such section", async () => {
    drawApp(signedIn());
    fireEvent.click(await screen.findByRole("button", { name: "Settings" }));
    const dialog = await screen.findByRole("dialog", { name: "Settings" });
    expect(within(dialog).queryByRole("button", { name: "Desktop" })).toBeNull();
  });
});

test("X2: without a keyring the app says so once", async () => {
  drawApp(signedIn({ secrets: "plain" }), desktop);
  const warning = await screen.findByRole("dialog", { name: "No keyring on this computer" });
  fireEvent.click(within(warning).getByRole("button", { name: "Understood" }));
  await waitFor(() =>
    expect(screen.queryByRole("dialog", { name: "No keyring on this computer" })).toBeNull(),
  );
});

test("S9, V28: the app reports what it counts: the badge shows the list's number", async () => {
  const { calls } = drawApp(signedIn(), desktop);
  await screen.findByRole("navigation", { name: "Chats" });
  await waitFor(() =>
    expect(calls.find((call) => call.name === "account:report")?.body).toMatchObject({
      accountKey: account.accountKey,
      unread: 5,
    }),
  );
});

test("the tray's menu hears of the chats in which something happened last, with their numbers", async () => {
  const { calls } = drawApp(signedIn(), desktop);
  await screen.findByRole("navigation", { name: "Chats" });
  const reported = () => calls.findLast((call) => call.name === "account:report")?.body;
  await waitFor(() => expect(reported()).toHaveProperty("recent"));
  const { recent } = CALLS["account:report"].body.parse(reported());
  const newest = everything
    .map(({ row }) => row)
    .filter((row) => !row.archived && !row.left)
    .toSorted((a, b) => b.activityAtMs - a.activityAtMs)
    .slice(0, 5);
  expect(recent?.map(({ chatId, unread }) => [chatId, unread])).toEqual(
    newest.map(({ chatId, unread }) => [chatId, unread]),
  );
  expect(recent?.every(({ title }) => title !== "")).toBe(true);
});

test("a message that was asked for from outside opens its chat", async () => {
  let ask: ((target: never) => void) | undefined;
  drawApp(signedIn(), {
    ...desktop,
    onOpenTarget: (listener) => {
      ask = listener as typeof ask;
      return () => undefined;
    },
  });
  const row = await screen.findByRole("option", { name: /^Lighthouse renovation/ });
  expect(row.textContent).toContain("Lighthouse");
  const item = lighthouse.items.find((each) => each.kind === "event");
  ask?.({
    accountKey: account.accountKey,
    chatId: lighthouse.row.chatId,
    clientId: item?.clientId,
  } as never);
  await screen.findByRole("region", { name: "Lighthouse renovation" });
});

test("attention is what the desktop says, also to whoever listens late", () => {
  const { bridge, emit } = fakeBridge({});
  const attention = toldAttention(bridge);
  expect(attention.get()).toEqual({ focused: false, visible: false });
  const heard: boolean[] = [];
  const stop = attention.subscribe(() => heard.push(attention.get().focused));
  emit("window:changed", { focused: true, visible: true });
  emit("window:changed", { focused: true, visible: true });
  emit("window:changed", { focused: false, visible: true });
  stop();
  expect(heard).toEqual([true, false]);
});
