// @vitest-environment happy-dom
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { success } from "@parley/protocol/errors.ts";
import { AccountId, accountKeyOf, newId } from "@parley/protocol/ids.ts";
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { account, lighthouse } from "../../gallery/sample.ts";
import { settingsHost } from "../../gallery/settings-host.ts";
import type { OpenTarget } from "./deps.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(cleanup);

const me = { ...account.me, accountId: newId(AccountId), name: "Mara at home", handle: "home" };
const second: HostedAccount = {
  ...account,
  me,
  accountKey: accountKeyOf(account.serverId, me.accountId),
};
const TITLE = "Lighthouse renovation";
const { chatId } = lighthouse.row;

function drawTwo() {
  let ask: (target: OpenTarget) => void = () => undefined;
  const drawn = drawApp(
    {
      ...settingsHost(),
      "host:hello": () => success({ build: "t", accounts: [account, second] }),
    },
    {
      platform: { shell: "desktop", os: "linux", build: "t" },
      onOpenTarget: (listener) => {
        ask = listener;
        return () => undefined;
      },
    },
  );
  const viewOf = ({ accountKey }: HostedAccount): unknown =>
    drawn.calls.findLast(
      ({ name, body }) =>
        name === "view:set" &&
        typeof body === "object" &&
        body !== null &&
        Reflect.get(body, "accountKey") === accountKey,
    )?.body;
  return { ...drawn, viewOf, ask: (target: OpenTarget) => ask(target) };
}

const railOf = ({ me: { name } }: HostedAccount) =>
  screen.findByRole("button", { name: new RegExp(`^Account of ${name}`) });

test("S19, S18: an account that leaves the screen has nothing in view any more, so that it alerts", async () => {
  const { viewOf } = drawTwo();
  fireEvent.click(await screen.findByRole("option", { name: new RegExp(`^${TITLE}`) }));
  await waitFor(() => expect(viewOf(account)).toMatchObject({ openChatIds: [chatId] }));
  fireEvent.click(await railOf(second));
  const nothing = { focused: false, visible: false, openChatIds: [], watchAccountIds: [] };
  await waitFor(() => expect(viewOf(account)).toMatchObject(nothing));
  fireEvent.click(await railOf(account));
  await waitFor(() => expect(viewOf(account)).toMatchObject({ openChatIds: [chatId] }));
});

test("S19: what was notified opens in its account, once: later that account is as it was left", async () => {
  const { ask } = drawTwo();
  await screen.findByRole("option", { name: new RegExp(`^${TITLE}`) });
  ask({ accountKey: second.accountKey, chatId });
  await screen.findByRole("region", { name: TITLE });
  expect((await railOf(second)).getAttribute("aria-current")).toBe("true");
  fireEvent.click(await screen.findByRole("option", { name: /^Notes to self/ }));
  await screen.findByRole("region", { name: "Notes to self" });
  fireEvent.click(await railOf(account));
  fireEvent.click(await railOf(second));
  await screen.findByRole("region", { name: "Notes to self" });
  expect(screen.queryByRole("region", { name: TITLE })).toBeNull();
});

test("S9, S19: what is unread in another account shows at it, and counts in the title as in the badge", async () => {
  drawTwo();
  await screen.findByRole("option", { name: new RegExp(`^${TITLE}`) });
  // The made-up session has five unread messages, and both accounts have it.
  const other = await screen.findByRole("button", { name: /^Account of .*, 5 unread messages$/ });
  expect(other.textContent).toContain("5");
  await waitFor(() => expect(document.title).toContain("10"));
});
