// @vitest-environment happy-dom
import { AlertSettings, DEFAULT_ALERTS } from "@parley/protocol/bridge/alerts.ts";
import { failure } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import { settingsHost as host } from "../../gallery/settings-host.ts";
import { rowId, settingsOf, SETTINGS, type Shell } from "../features/settings/settings-index.ts";
import { drawApp } from "./testing/draw-app.tsx";

afterEach(cleanup);

const desktop = { platform: { shell: "desktop", os: "linux", build: "t" } } as const;

async function openSettings(section?: string): Promise<HTMLElement> {
  fireEvent.click(await screen.findByRole("button", { name: "Settings" }));
  const dialog = await screen.findByRole("dialog", { name: "Settings" });
  if (section) fireEvent.click(within(dialog).getByRole("button", { name: section }));
  return dialog;
}

describe.each(["web", "desktop"] as const)("in the %s shell", (shell: Shell) => {
  test("every setting that the search knows stands in its section, and no other one", async () => {
    drawApp(host(), { platform: { shell, os: "linux", build: "t" } });
    const dialog = await openSettings();
    const expected = settingsOf(shell);
    const sections = [...new Set(expected.map((id) => SETTINGS[id].section))];
    const seen: string[] = [];
    for (const section of sections) {
      const name = section.charAt(0).toUpperCase() + section.slice(1);
      fireEvent.click(within(dialog).getByRole("button", { name }));
      const wanted = expected.filter((id) => SETTINGS[id].section === section).map(rowId);
      await waitFor(() => {
        const rows = [...dialog.querySelectorAll("[id^=setting-]")].map((row) => row.id);
        expect(rows.toSorted()).toEqual(wanted.toSorted());
      });
      seen.push(...wanted);
    }
    expect(seen.toSorted()).toEqual(expected.map(rowId).toSorted());
  });
});

test("the search leads to the setting by the keyboard alone, and Esc empties it first", async () => {
  drawApp(host(), desktop);
  const dialog = await openSettings();
  const field = within(dialog).getByRole("searchbox", { name: "Search settings" });
  fireEvent.change(field, { target: { value: "spell" } });
  fireEvent.keyDown(field, { key: "Escape" });
  expect(field).toHaveProperty("value", "");
  fireEvent.change(field, { target: { value: "quiet" } });
  fireEvent.keyDown(field, { key: "Enter" });
  const toggle = await within(dialog).findByRole("switch", { name: /^Quiet hours/ });
  await waitFor(() => expect(document.activeElement).toBe(toggle));
});

test("a setting that is found before the host has answered gets the focus when it is there", async () => {
  const { emit } = drawApp({
    ...host(),
    "alerts:state": () => failure("bridge_failed", ""),
  });
  const dialog = await openSettings();
  const field = within(dialog).getByRole("searchbox", { name: "Search settings" });
  fireEvent.change(field, { target: { value: "night" } });
  fireEvent.keyDown(field, { key: "Enter" });
  const section = await within(dialog).findByRole("region", { name: "Notifications" });
  await waitFor(() => expect(document.activeElement).toBe(section));
  emit("alerts:changed", { settings: DEFAULT_ALERTS });
  const toggle = await within(dialog).findByRole("switch", { name: /^Quiet hours/ });
  await waitFor(() => expect(document.activeElement).toBe(toggle));
});

describe("V51: while this device keeps notifications back", () => {
  test("the list of chats says until when, and ends it; so do the settings", async () => {
    const untilMs = Date.now() + 3_600_000;
    const { calls, emit } = drawApp(host());
    const chats = await screen.findByRole("navigation", { name: "Chats" });
    expect(within(chats).queryByText(/^Notifications paused/)).toBeNull();
    emit("alerts:changed", { settings: { ...DEFAULT_ALERTS, snoozedUntilMs: untilMs } });
    await within(chats).findByText(/^Notifications paused until/);
    fireEvent.click(within(chats).getByRole("button", { name: "Resume" }));
    await waitFor(() => expect(within(chats).queryByText(/^Notifications paused/)).toBeNull());
    expect(calls.at(-1)).toEqual({ name: "alerts:configure", body: { snoozedUntilMs: null } });
    expect(within(chats).getByRole("searchbox", { name: "Search" })).toBe(document.activeElement);

    const dialog = await openSettings("Notifications");
    const pause = await within(dialog).findByRole("combobox", { name: /^Pause notifications/ });
    emit("alerts:changed", { settings: { ...DEFAULT_ALERTS, snoozedUntilMs: untilMs } });
    await waitFor(() => expect(pause).toHaveProperty("value", "current"));
    fireEvent.change(pause, { target: { value: "none" } });
    await waitFor(() => expect(pause).toHaveProperty("value", "none"));
    expect(calls.at(-1)).toEqual({ name: "alerts:configure", body: { snoozedUntilMs: null } });
  });

  test("“do not disturb” is said there too, and turned off", async () => {
    const { emit } = drawApp(host());
    const chats = await screen.findByRole("navigation", { name: "Chats" });
    emit("alerts:changed", { settings: { ...DEFAULT_ALERTS, doNotDisturb: true } });
    await within(chats).findByText("Do not disturb is on");
    fireEvent.click(within(chats).getByRole("button", { name: "Turn off" }));
    await waitFor(() => expect(within(chats).queryByText("Do not disturb is on")).toBeNull());
  });

  test("a pause that is over is no longer shown", async () => {
    const { emit } = drawApp(host());
    const chats = await screen.findByRole("navigation", { name: "Chats" });
    emit("alerts:changed", { settings: { ...DEFAULT_ALERTS, snoozedUntilMs: Date.now() + 400 } });
    await within(chats).findByText(/^Notifications paused until/);
    await waitFor(() => expect(within(chats).queryByText(/^Notifications paused/)).toBeNull());
  });
});

test("a search without a find says so", async () => {
  drawApp(host());
  const dialog = await openSettings();
  fireEvent.change(within(dialog).getByRole("searchbox"), { target: { value: "xyzzy" } });
  expect(within(dialog).getByText(/^No setting/).textContent).toContain("“xyzzy”");
});

describe("V51: notifications", () => {
  test("each change is told at once", async () => {
    const { calls } = drawApp(host());
    const dialog = await openSettings("Notifications");
    fireEvent.click(await within(dialog).findByRole("switch", { name: /^Do not disturb/ }));
    fireEvent.change(within(dialog).getByRole("combobox", { name: /^Preview/ }), {
      target: { value: "name" },
    });
    fireEvent.click(within(dialog).getByRole("switch", { name: /^Quiet hours/ }));
    const from = await within(dialog).findByLabelText("From, Friday");
    fireEvent.change(from, { target: { value: "23:15" } });
    const told = calls.filter((call) => call.name === "alerts:configure");
    expect(told.slice(0, 2).map((call) => call.body)).toEqual([
      { doNotDisturb: true },
      { preview: "name" },
    ]);
    await waitFor(() => expect(from).toHaveProperty("value", "23:15"));
    expect(within(dialog).getByLabelText("From, Thursday")).toHaveProperty("value", "22:00");
  });

  test("changes that follow each other faster than the host answers are all kept", async () => {
    const { calls } = drawApp(host());
    const dialog = await openSettings("Notifications");
    fireEvent.click(await within(dialog).findByRole("switch", { name: /^Quiet hours/ }));
    fireEvent.change(within(dialog).getByLabelText("From, Friday"), { target: { value: "23:15" } });
    fireEvent.click(within(dialog).getByLabelText(/begin on Sunday/));
    fireEvent.change(within(dialog).getByLabelText("Until, Friday"), {
      target: { value: "06:00" },
    });
    const told = calls.filter((call) => call.name === "alerts:configure").at(-1);
    const { quietHours } = AlertSettings.partial().parse(told?.body);
    expect(quietHours?.enabled).toBe(true);
    expect(quietHours?.days[0]).toBeNull();
    expect(quietHours?.days[5]).toEqual({ fromMinute: 23 * 60 + 15, toMinute: 6 * 60 });
  });

  test("what another window changed is shown", async () => {
    const { emit } = drawApp(host());
    const dialog = await openSettings("Notifications");
    const toggle = await within(dialog).findByRole("switch", { name: /^Do not disturb/ });
    emit("alerts:changed", { settings: { ...DEFAULT_ALERTS, doNotDisturb: true } });
    await waitFor(() => expect(toggle).toHaveProperty("checked", true));
  });

  test("the test says what the system did with it, in its own words too", async () => {
    drawApp(host(), desktop);
    const dialog = await openSettings("Notifications");
    within(dialog).getByText("Shown by dunst 1.9.");
    fireEvent.click(await within(dialog).findByRole("button", { name: "Try it" }));
    await within(dialog).findByText("No program on this computer shows notifications.");
    expect(within(dialog).getByText("no bus").closest("[role=status]")).not.toBeNull();
  });

  test("a host that refuses is not silent", async () => {
    drawApp({ ...host(), "alerts:configure": () => failure("bridge_failed", "") });
    const dialog = await openSettings("Notifications");
    const sound = await within(dialog).findByRole("switch", { name: /^Sound/ });
    fireEvent.click(sound);
    expect((await within(dialog).findByRole("alert")).textContent).toContain("did not work");
    await waitFor(() => expect(sound).toHaveProperty("checked", true));
  });
});

describe("the desktop", () => {
  test("records a shortcut: keys that cannot be one are waited out, Esc leaves it", async () => {
    const { calls } = drawApp(host(), desktop);
    const dialog = await openSettings("Desktop");
    const button = await within(dialog).findByRole("button", { name: "Choose…" });
    fireEvent.click(button);
    expect(button.textContent).toBe("Press the keys…");
    fireEvent.keyDown(button, { key: "Escape", code: "Escape" });
    expect(button.textContent).toBe("Choose…");
    fireEvent.click(button);
    fireEvent.keyDown(button, { key: "x", code: "KeyX" });
    fireEvent.keyDown(button, { key: "x", code: "KeyX", ctrlKey: true, shiftKey: true });
    await within(dialog).findByRole("button", { name: "Change the shortcut Ctrl Shift X" });
    fireEvent.click(within(dialog).getByRole("button", { name: "Remove the shortcut" }));
    await within(dialog).findByRole("button", { name: "Choose…" });
    expect(
      calls.filter((call) => call.name === "shell:configure").map((call) => call.body),
    ).toEqual([{ globalShortcut: "Control+Shift+X" }, { globalShortcut: null }]);
  });

  test("spelling is checked in several languages, or not", async () => {
    const { calls } = drawApp(host(), desktop);
    const dialog = await openSettings("Languages");
    const toggle = await within(dialog).findByRole("switch", { name: /^Check spelling/ });
    fireEvent.click(toggle);
    fireEvent.click(await within(dialog).findByRole("checkbox", { name: "German" }));
    await waitFor(() =>
      expect(within(dialog).getByRole("checkbox", { name: "German" })).toHaveProperty(
        "checked",
        true,
      ),
    );
    fireEvent.click(toggle);
    expect(
      calls.filter((call) => call.name === "shell:configure").map((call) => call.body),
    ).toEqual([{ spellcheck: ["en-US"] }, { spellcheck: ["en-US", "de"] }, { spellcheck: [] }]);
  });

  test("crash reports are read, opened in a mail and deleted here; nothing is sent by itself", async () => {
    const { calls } = drawApp(host(), desktop);
    const dialog = await openSettings("Desktop");
    fireEvent.click(await within(dialog).findByRole("button", { name: /^Read the report/ }));
    await within(dialog).findByText("it stopped");
    expect(calls.map((call) => call.name)).not.toContain("shell:crash-report-mail");
    fireEvent.click(within(dialog).getByRole("button", { name: "Send by mail…" }));
    expect(calls.map((call) => call.name)).toContain("shell:crash-report-mail");
    fireEvent.click(within(dialog).getByRole("button", { name: /^Delete the report/ }));
    await within(dialog).findByText("None: nothing has crashed.");
    expect(document.activeElement?.id).toBe(rowId("crashes"));
    expect(calls.map((call) => call.name)).toContain("shell:crash-report-delete");
  });

  test("the zoom of the window goes up, down and back", async () => {
    drawApp(host(), desktop);
    const dialog = await openSettings("Appearance");
    fireEvent.click(await within(dialog).findByRole("button", { name: "Zoom in" }));
    await within(dialog).findByText("110 %");
    fireEvent.click(within(dialog).getByRole("button", { name: "Actual size" }));
    await waitFor(() => expect(within(dialog).queryByText("110 %")).toBeNull());
  });
});
