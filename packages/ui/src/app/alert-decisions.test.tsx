// @vitest-environment happy-dom
import { AlertDecision, AlertReason } from "@parley/protocol/bridge/alerts.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import { ClientId, newId } from "@parley/protocol/ids.ts";
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { settingsHost } from "../../gallery/settings-host.ts";
import { t } from "../i18n/i18n.ts";
import { drawApp } from "./testing/draw-app.tsx";
import type { FakeAnswers } from "./testing/fake-bridge.ts";

afterEach(cleanup);

async function askWhy(answers: FakeAnswers): Promise<HTMLElement> {
  drawApp({ ...settingsHost(), ...answers });
  fireEvent.click(await screen.findByRole("option", { name: /^Lighthouse renovation/ }));
  const pane = await screen.findByRole("region", { name: "Lighthouse renovation" });
  fireEvent.click(within(pane).getByRole("button", { name: /^Lighthouse renovation|renovation/ }));
  const drawer = await screen.findByRole("complementary", { name: "Details" });
  fireEvent.click(within(drawer).getByRole("button", { name: "Why wasn't I notified?" }));
  return drawer;
}

test("V52: the last decisions of a chat are told in words, newest first", async () => {
  const decide = (seq: number, rest: object): AlertDecision =>
    AlertDecision.parse({ clientId: newId(ClientId), seq, atMs: 1_700_000_000_000 + seq, ...rest });
  const drawer = await askWhy({
    "alerts:decisions": () =>
      success({
        decisions: [
          decide(7, { act: "none", reason: "muted" }),
          decide(8, {
            act: "show",
            reason: "new-message",
            outcome: { state: "denied", atMs: 1, detail: "policy" },
          }),
        ],
      }),
  });
  const list = await within(drawer).findByRole("list", { name: "Why wasn't I notified?" });
  const [first, second] = within(list).getAllByRole("listitem");
  expect(first?.textContent).toContain("Message #8");
  expect(first?.textContent).toContain("The system does not let Parley show notifications");
  expect(first?.textContent).toContain("policy");
  expect(second?.textContent).toContain("Not notified: the chat is muted.");
});

test("V52: without decisions, and without an answer, it says so", async () => {
  const drawer = await askWhy({ "alerts:decisions": () => success({ decisions: [] }) });
  expect(await within(drawer).findByText(/^Nothing was decided/)).toBeTruthy();
  cleanup();
  const failed = await askWhy({ "alerts:decisions": () => failure("bridge_failed", "") });
  expect((await within(failed).findByRole("alert")).textContent).toContain("couldn't be loaded");
});

test("V52: every reason has a sentence of its own", () => {
  const sentences = AlertReason.options.map((reason) => t(`alerts.reason.${reason}`));
  expect(new Set(sentences).size).toBe(AlertReason.options.length);
});
