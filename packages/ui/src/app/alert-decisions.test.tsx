// @vitest-environment happy-dom
import { AlertDecision, AlertReason } from "@parley/protocol/bridge/alerts.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import { ClientId, newId } from "@parley/protocol/ids.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import { settingsHost } from "../../gallery/settings-host.ts";
import { soundChoices } from "../features/chat-details/chat-alert-rules.ts";
import { t } from "../i18n/i18n.ts";
import { drawApp } from "./testing/draw-app.tsx";
import type { FakeAnswers } from "./testing/fake-bridge.ts";

afterEach(cleanup);

const desktop = { platform: { shell: "desktop", os: "linux", build: "t" } } as const;

async function openDetails(
  more: Parameters<typeof drawApp>[1] = {},
  answers: FakeAnswers = {},
): Promise<HTMLElement> {
  drawApp({ ...settingsHost(), ...answers }, more);
  fireEvent.click(await screen.findByRole("option", { name: /^Lighthouse renovation/ }));
  const pane = await screen.findByRole("region", { name: "Lighthouse renovation" });
  fireEvent.click(within(pane).getByRole("button", { name: /^Lighthouse renovation|renovation/ }));
  return screen.findByRole("complementary", { name: "Details" });
}

async function askWhy(answers: FakeAnswers): Promise<HTMLElement> {
  const drawer = await openDetails({}, answers);
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

describe("V51: a chat alerts in its own way", () => {
  test("sound and preview are chosen in its details, and given up again", async () => {
    const drawer = await openDetails(desktop);
    const sound = within(drawer).getByRole("combobox", { name: "Sound" });
    const preview = within(drawer).getByRole("combobox", { name: "Preview" });
    fireEvent.change(sound, { target: { value: "bell" } });
    await waitFor(() => expect(sound).toHaveProperty("value", "bell"));
    fireEvent.change(preview, { target: { value: "name" } });
    await waitFor(() => expect(preview).toHaveProperty("value", "name"));
    expect(sound).toHaveProperty("value", "bell");
    fireEvent.change(sound, { target: { value: "" } });
    await waitFor(() => expect(sound).toHaveProperty("value", ""));
    expect(preview).toHaveProperty("value", "name");
  });

  test("a browser, which takes no sound by its name, offers only silence", async () => {
    const drawer = await openDetails();
    const sound = within(drawer).getByRole("combobox", { name: "Sound" });
    expect([...sound.querySelectorAll("option")].map((each) => each.textContent)).toEqual([
      "As in Settings",
      "No sound",
    ]);
  });

  test("a sound of another system stays what it is", () => {
    expect(soundChoices("browser", "Glass")).toEqual([{ name: "Glass", text: null }]);
    expect(soundChoices("linux", "Glass").at(-1)).toEqual({ name: "Glass", text: null });
    expect(soundChoices("macos", "Ping").filter(({ name }) => name === "Ping")).toHaveLength(1);
    expect(soundChoices("windows", "none")).toEqual([]);
  });
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
