// @vitest-environment happy-dom
import { success } from "@parley/protocol/errors.ts";
import { ClientId, newId } from "@parley/protocol/ids.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { account, lighthouse } from "../../gallery/sample.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(cleanup);

test("S11: a reply from a notification that this device cannot store is shown, and stays until let go", async () => {
  // The sample's session stores nothing that is sent.
  const { emit } = drawApp({ "host:hello": () => success({ build: "t", accounts: [account] }) });
  await screen.findByRole("navigation", { name: "Chats" });
  emit("notification:acted", {
    accountKey: account.accountKey,
    chatId: lighthouse.row.chatId,
    clientId: newId(ClientId),
    what: { act: "reply", text: "Back at eight" },
  });
  const name = "Your reply was not sent";
  within(await screen.findByRole("dialog", { name })).getByText("Back at eight");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  const again = await screen.findByRole("dialog", { name });
  await within(again).findByText("Back at eight");
  fireEvent.keyDown(again, { key: "Escape" });
  await waitFor(() => expect(screen.queryByRole("dialog", { name })).toBeNull());
});
