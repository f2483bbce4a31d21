import { rmSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { sendSignUp } from "../../support/desktop-person.ts";
import {
  chatList,
  chatRow,
  composer,
  expectOnline,
  messageWithText,
} from "../../support/person.ts";
import { type ServerProcess, startServer } from "../../support/server-process.ts";

const FINGERPRINT = /(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/;

/** What a server prints of its certificate; its output may come after its word that it is ready. */
async function printedBy(server: ServerProcess): Promise<string> {
  const found = (): string => FINGERPRINT.exec(server.logs())?.[0] ?? "";
  await expect.poll(found).not.toBe("");
  return found();
}

test("X1: a server's own certificate is compared first, then pinned; a changed one is told in plain words", async () => {
  await using server = await startServer({ args: ["--tls-self-signed"] });
  const printed = await printedBy(server);
  await using desktop = await startDesktop({ args: [`--server=${server.url}`] });
  const page = await desktop.firstWindow();

  await page.getByText("Create account").click();
  const panel = page.getByRole("region", { name: "Certificate of the server" });
  await expect(panel).toContainText("Compare before you trust");
  await expect(panel).toContainText(printed);
  await panel.getByRole("button", { name: "It is the same: trust this server" }).click();
  await expect(panel).toBeHidden();
  await page.getByText("I have an account").click();
  await sendSignUp(page, server.url, "Ada", "ada");
  await expect(chatList(page)).toBeVisible();
  // Requests and socket take the same certificate.
  await expectOnline(page);

  // The server loses its certificate and makes another one, at the same address.
  const { dataDir, port } = server;
  await server.kill();
  rmSync(join(dataDir, "keys/tls-self-made.pem"));
  await using changed = await startServer({ dataDir, port, args: ["--tls-self-signed"] });
  const other = await printedBy(changed);
  expect(other).not.toBe(printed);
  const status = page.getByRole("status", { name: "Connection" });
  await expect(status).toContainText("certificate is not the one this device knows");
  await status.getByRole("button", { name: "Sign in again" }).click();
  await expect(panel).toContainText("The certificate has changed");
  await expect(panel).toContainText(other);
  await panel.getByRole("button", { name: "It is the same: trust this server" }).click();

  // The account that waited for it goes on by itself.
  await expect(chatList(page)).toBeVisible();
  await expectOnline(page);
  await chatRow(page, "Notes to self").click();
  await expect(composer(page, "Notes to self")).toBeFocused();
  await page.keyboard.type("still here");
  await page.keyboard.press("Enter");
  await expect(messageWithText(page, "Notes to self", "still here")).toBeVisible();
});
