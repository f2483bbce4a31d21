// @vitest-environment happy-dom
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import { AccountId, accountKeyOf, newId } from "@parley/protocol/ids.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { account, everything, jonas, mina } from "../../gallery/sample.ts";
import { settingsHost as host } from "../../gallery/settings-host.ts";
import type { AccountSession } from "../cache/account-session.ts";
import { rowId } from "../features/settings/settings-index.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const me = { ...account.me, accountId: newId(AccountId), name: "Mara at home", handle: "home" };
const second: HostedAccount = {
  ...account,
  me,
  serverUrl: "https://home.example.org:8443",
  accountKey: accountKeyOf(account.serverId, me.accountId),
};
const two = {
  ...host(),
  "host:hello": () => success({ build: "t", accounts: [account, second] }),
  "account:sign-out": () => success({}),
};

async function openSettings(section: string): Promise<HTMLElement> {
  fireEvent.click(await screen.findByRole("button", { name: "Settings" }));
  const dialog = await screen.findByRole("dialog", { name: "Settings" });
  fireEvent.click(within(dialog).getByRole("button", { name: section }));
  return dialog;
}

/** A session in which a part behaves otherwise. */
function sessionWith(part: (made: AccountSession) => Partial<AccountSession>): AccountSession {
  const made = fakeSession({ chats: everything, waiting: 2 });
  return { ...made, ...part(made) };
}

describe("S19: accounts", () => {
  test("each has its name, handle, server and connection; another one is switched to", async () => {
    const { emit } = drawApp(two);
    const dialog = await openSettings("Accounts");
    const lines = within(within(dialog).getByRole("list", { name: "In this app" }));
    const [first, other] = lines.getAllByRole("listitem");
    expect(first?.textContent).toContain("Shown now");
    expect(other?.textContent).toContain("@home · home.example.org:8443");
    emit("connection:changed", { accountKey: second.accountKey, status: { state: "live" } });
    await waitFor(() => expect(other?.textContent).toContain("Connected"));
    const error = { code: "session_revoked", message: "", requestId: "" } as const;
    emit("connection:changed", {
      accountKey: second.accountKey,
      status: { state: "refused", error },
    });
    await waitFor(() => expect(other?.textContent).not.toContain("Connected"));
    expect(lines.queryByRole("button", { name: /^Switch to Ana/ })).toBeNull();
    fireEvent.click(
      lines.getByRole("button", { name: /^Switch to Mara at home on home\.example/ }),
    );
    const rail = await screen.findByRole("button", { name: /^Account of Mara at home/ });
    await waitFor(() => expect(rail.getAttribute("aria-current")).toBe("true"));
  });

  test("one of them is signed out after a question that says what would be lost; drafts are written first", async () => {
    const flushDrafts = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const session = sessionWith(() => ({ flushDrafts }));
    const { calls } = drawApp(two, { openSession: () => Promise.resolve(session) });
    const dialog = await openSettings("Accounts");
    fireEvent.click(await within(dialog).findByRole("button", { name: /^Sign out Mara at home/ }));
    const asked = await screen.findByRole("dialog", { name: "Sign out Mara at home?" });
    expect(asked.textContent).toContain("2 messages were not sent yet and will be lost.");
    expect(calls.map((call) => call.name)).not.toContain("account:sign-out");
    fireEvent.click(within(asked).getByRole("button", { name: "Sign out" }));
    await waitFor(() =>
      expect(calls.filter((call) => call.name === "account:sign-out")).toEqual([
        {
          name: "account:sign-out",
          body: { accountKey: second.accountKey, everywhere: false },
        },
      ]),
    );
    expect(flushDrafts).toHaveBeenCalled();
  });

  test("one more is signed in by the usual way, and one can go back", async () => {
    drawApp(host());
    const dialog = await openSettings("Accounts");
    expect(dialog.textContent).not.toContain("Shown now");
    fireEvent.click(within(dialog).getByRole("button", { name: "Sign in…" }));
    await screen.findByRole("form", { name: "Sign in" });
    fireEvent.click(screen.getByRole("button", { name: /Back/ }));
    await screen.findByRole("navigation", { name: "Chats" });
  });
});

test("Enter makes a new line as soon as it is set so, in an open composer and in the list of keys", async () => {
  drawApp(host());
  fireEvent.click(await screen.findByRole("option", { name: /^Lighthouse renovation/ }));
  const box = await screen.findByRole("textbox", { name: "Message Lighthouse renovation" });
  const dialog = await openSettings("Chats");
  const enter = within(dialog).getByRole("switch", { name: /^Enter sends/ });
  expect(enter).toHaveProperty("checked", true);
  fireEvent.click(enter);
  await within(dialog).findByText("Enter makes a new line, Ctrl Enter sends.");
  fireEvent.change(box, { target: { value: "two lines" } });
  expect(fireEvent.keyDown(box, { key: "Enter" })).toBe(true);
  expect(box).toHaveProperty("value", "two lines");
  expect(fireEvent.keyDown(box, { key: "Enter", ctrlKey: true })).toBe(false);
  await waitFor(() => expect(box).toHaveProperty("value", ""));
  fireEvent.click(within(dialog).getByRole("button", { name: "Keyboard" }));
  const send = within(dialog).getByText("Send", { selector: "dt" }).parentElement;
  expect(send?.textContent).toBe("SendCtrl Enter");
});

describe("V33: privacy", () => {
  test("the blocked stand there by name; one who is unblocked goes, and the focus stays in the list", async () => {
    let blocked: readonly AccountId[] = [mina.accountId, jonas.accountId];
    const session = fakeSession({ chats: everything });
    const { subscribe } = session.reads.blocked();
    const poked: AccountSession = {
      ...session,
      reads: { ...session.reads, blocked: () => ({ subscribe, get: () => blocked }) },
      unblockAccount: (accountId) => {
        session.poke(() => (blocked = blocked.filter((each) => each !== accountId)));
        return Promise.resolve(success(undefined));
      },
    };
    drawApp(host(), { openSession: () => Promise.resolve(poked) });
    const dialog = await openSettings("Privacy");
    const list = await within(dialog).findByRole("list", { name: "Blocked people" });
    expect(
      within(list)
        .getAllByRole("listitem")
        .map((line) => line.textContent),
    ).toEqual(["Jonas OkaforUnblock", "Mina ParkUnblock"]);
    fireEvent.click(within(list).getByRole("button", { name: "Unblock Jonas Okafor" }));
    await waitFor(() => expect(within(list).queryByText("Jonas Okafor")).toBeNull());
    const last = within(list).getByRole("button", { name: "Unblock Mina Park" });
    expect(document.activeElement).toBe(last);
    fireEvent.click(last);
    await within(dialog).findByText("Nobody");
    expect(document.activeElement?.id).toBe(rowId("blocked"));
  });

  test("what notifications show is said there, and leads to where it is set", async () => {
    drawApp(host());
    const dialog = await openSettings("Privacy");
    await within(dialog).findByText("Notifications tell who wrote, and what.");
    fireEvent.click(within(dialog).getByRole("button", { name: "Change" }));
    const preview = await within(dialog).findByRole("combobox", { name: /^Preview/ });
    await waitFor(() => expect(document.activeElement).toBe(preview));
  });
});

describe("S6: storage", () => {
  const counted = "12,480 messages and changes";

  test("says what is kept of each account, what waits, and how much space it takes", async () => {
    const estimate = (): Promise<StorageEstimate> => Promise.resolve({ usage: 12_400_000 });
    vi.stubGlobal("navigator", Object.create(navigator, { storage: { value: { estimate } } }));
    drawApp(two, { openSession: () => Promise.resolve(sessionWith(() => ({}))) });
    const dialog = await openSettings("Storage");
    const lines = within(dialog).getByRole("list", { name: "Kept on this device" });
    expect(within(lines).getAllByText(new RegExp(`^${counted}`))).toHaveLength(2);
    await within(dialog).findByText(/^2 messages waiting, /);
    await within(dialog).findByText(/^12.4 MB$/);
  });

  test("the cache is rebuilt once the user has agreed, and what came of it is said", async () => {
    const rebuildCache = vi.fn<AccountSession["rebuildCache"]>();
    const session = sessionWith(() => ({ rebuildCache }));
    const { emit } = drawApp(host(), { openSession: () => Promise.resolve(session) });
    const { accountKey } = account;
    const dialog = await openSettings("Storage");
    const begin = within(dialog).getByRole("button", { name: "Rebuild…" });
    expect(begin).toHaveProperty("disabled", true);
    within(dialog).getByText("This needs the server, and Parley is not connected just now.");
    emit("connection:changed", { accountKey, status: { state: "live" } });
    await waitFor(() => expect(begin).toHaveProperty("disabled", false));
    const agree = async (): Promise<void> => {
      fireEvent.click(begin);
      const asked = await screen.findByRole("dialog", { name: "Rebuild the cache?" });
      fireEvent.click(within(asked).getByRole("button", { name: "Rebuild" }));
    };

    let finish: (result: Awaited<ReturnType<AccountSession["rebuildCache"]>>) => void = () =>
      undefined;
    rebuildCache.mockReturnValueOnce(new Promise((resolve) => (finish = resolve)));
    await agree();
    await within(dialog).findByText(/^Fetching from the server/);
    emit("connection:changed", { accountKey, status: { state: "offline" } });
    await within(dialog).findByText("Goes on when Parley is connected again.");
    emit("connection:changed", { accountKey, status: { state: "live" } });
    finish(success({ events: 1, chats: 2, waiting: 0, drafts: 0, fetched: true }));
    await within(dialog).findByText("Done: 1 message or change in 2 chats.");

    rebuildCache.mockResolvedValueOnce(failure("internal", "no"));
    await agree();
    await waitFor(() => expect(within(dialog).queryByText(/^Done/)).toBeNull());
    expect(rebuildCache).toHaveBeenCalledTimes(2);
  });
});
