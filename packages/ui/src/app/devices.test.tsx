// @vitest-environment happy-dom
import type { EndedAccount } from "@parley/protocol/bridge/contract.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import type { ListedDevice } from "@parley/protocol/http/accounts.ts";
import { DeviceId, newId } from "@parley/protocol/ids.ts";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import { account } from "../../gallery/sample.ts";
import { settingsHost } from "../../gallery/settings-host.ts";
import { rowId } from "../features/settings/settings-index.ts";
import { drawApp } from "./testing/draw-app.tsx";
import type { FakeAnswers } from "./testing/fake-bridge.ts";

afterEach(cleanup);

const { accountKey } = account;
const live = { accountKey, status: { state: "live" } } as const;
const offline = { accountKey, status: { state: "offline" } } as const;

function device(name: string, part: Partial<ListedDevice> = {}): ListedDevice {
  const times = { createdAt: 1_700_000_000_000, lastSeenAt: 1_700_000_000_000 };
  const is = { connected: false, current: false };
  return { deviceId: newId(DeviceId), name, platform: "web", ...times, ...is, ...part };
}
const here = device("Desk", { current: true, connected: true, platform: "linux" });
const phone = device("Phone", { connected: true });

async function openDevices(answers: FakeAnswers = {}, isLive = true) {
  const drawn = drawApp({ ...settingsHost(), ...answers });
  fireEvent.click(await screen.findByRole("button", { name: "Settings" }));
  if (isLive) drawn.emit("connection:changed", live);
  const dialog = await screen.findByRole("dialog", { name: "Settings" });
  fireEvent.click(within(dialog).getByRole("button", { name: "Devices" }));
  return { ...drawn, section: within(await within(dialog).findByRole("region")) };
}

type Section = Awaited<ReturnType<typeof openDevices>>["section"];
const namesIn = (section: Section): (string | null | undefined)[] =>
  section.queryAllByRole("listitem").map((line) => line.querySelector("bdi")?.textContent);

describe("the list", () => {
  test("V57: says what each device is, this one first; what the server tells shows at once", async () => {
    const gone = device("Old browser");
    const { section, emit } = await openDevices({
      "devices:list": () => success({ sessions: [gone, phone, here] }),
    });
    await waitFor(() => expect(namesIn(section)).toEqual(["Desk", "Phone", "Old browser"]));
    const [first, second, third] = section.getAllByRole("listitem");
    expect(first?.textContent).toMatch(/This device.*Linux.*Connected now/);
    expect(second?.textContent).toMatch(/Browser · Connected now/);
    expect(third?.textContent).toMatch(/Last there .*14 November 2023 22:13/);
    expect(section.queryByRole("button", { name: "Sign out Desk" })).toBeNull();
    emit("devices:changed", {
      accountKey,
      devices: [here, { ...phone, name: "Pocket" }, device("Tablet")],
    });
    await waitFor(() => expect(namesIn(section)).toEqual(["Desk", "Pocket", "Tablet"]));
    const other = `${accountKey.slice(0, -1)}${accountKey.endsWith("0") ? "1" : "0"}`;
    emit("devices:changed", { accountKey: other as typeof accountKey, devices: [] });
    expect(namesIn(section)).toEqual(["Desk", "Pocket", "Tablet"]);
  });

  test("V57: alone, asking, failed and offline are each said in words", async () => {
    let answer: ReturnType<NonNullable<FakeAnswers["devices:list"]>> = failure("timeout", "");
    const { section, emit } = await openDevices({ "devices:list": () => answer }, false);
    await section.findByText("Asking the server…");
    emit("connection:changed", offline);
    await section.findByText(/^You are offline\. Your devices show here/);
    emit("connection:changed", live);
    const alert = await section.findByRole("alert");
    expect(alert.textContent).toContain("Your devices could not be fetched.");
    answer = success({ sessions: [here] });
    fireEvent.click(within(alert).getByRole("button", { name: "Try again" }));
    await section.findByText("You are signed in nowhere else.");
    expect(section.queryByRole("alert")).toBeNull();
    emit("connection:changed", offline);
    await section.findByText("You are offline. This is what the server said last.");
    expect(section.getByRole("button", { name: "Rename Desk" })).toHaveProperty("disabled", true);
  });

  test("V57: an answer that is older than what the server told is passed over", async () => {
    const { section, emit, calls } = await openDevices({
      "devices:list": () => success({ sessions: [here, phone] }),
    });
    await waitFor(() => expect(namesIn(section)).toEqual(["Desk", "Phone"]));
    const asked = calls.filter(({ name }) => name === "devices:list").length;
    emit("connection:changed", offline);
    await section.findByText("You are offline. This is what the server said last.");
    emit("connection:changed", live);
    await waitFor(() => {
      expect(calls.filter(({ name }) => name === "devices:list").length).toBe(asked + 1);
    });
    emit("devices:changed", { accountKey, devices: [here] });
    await section.findByText("You are signed in nowhere else.");
    expect(namesIn(section)).toEqual(["Desk"]);
  });
});

describe("what is done with one", () => {
  const listed: FakeAnswers = { "devices:list": () => success({ sessions: [here, phone] }) };

  test("V57: signing out asks once, in its line; Esc leaves the question and nothing else", async () => {
    const { section, calls, emit } = await openDevices({
      ...listed,
      "devices:sign-out": () => success({}),
    });
    const button = await section.findByRole("button", { name: "Sign out Phone" });
    fireEvent.click(button);
    const ask = section.getByRole("group", { name: "Sign out “Phone”?" });
    expect(ask.textContent).toContain("Nothing on the server is lost.");
    const cancel = within(ask).getByRole("button", { name: "Cancel" });
    expect(document.activeElement).toBe(cancel);
    fireEvent.keyDown(cancel, { key: "Escape" });
    expect(section.queryByRole("group")).toBeNull();
    expect(document.activeElement).toBe(button);
    expect(calls.map(({ name }) => name)).not.toContain("devices:sign-out");
    fireEvent.click(button);
    fireEvent.click(within(section.getByRole("group")).getByRole("button", { name: "Sign out" }));
    await section.findByText(/^“Phone” is signed out\./);
    expect(calls.find(({ name }) => name === "devices:sign-out")?.body).toEqual({
      accountKey,
      deviceId: phone.deviceId,
    });
    emit("devices:changed", { accountKey, devices: [here] });
    await waitFor(() => expect(namesIn(section)).toEqual(["Desk"]));
    await waitFor(() => expect(document.activeElement?.id).toBe(rowId("devices")));
  });

  test("V57: what was not done is said where it was asked", async () => {
    const { section } = await openDevices({
      ...listed,
      "devices:sign-out": () => failure("server_unreachable", ""),
    });
    fireEvent.click(await section.findByRole("button", { name: "Sign out Phone" }));
    const ask = within(section.getByRole("group"));
    fireEvent.click(ask.getByRole("button", { name: "Sign out" }));
    await waitFor(() => expect(ask.getByRole("status").textContent).not.toBe(""));
    expect(namesIn(section)).toEqual(["Desk", "Phone"]);
  });

  test("V57: a device gets another name, and none at all is refused", async () => {
    let sessions = [here, phone];
    const { section, calls } = await openDevices({
      "devices:list": () => success({ sessions }),
      "devices:rename": ({ name }) => {
        sessions = [{ ...here, name }, phone];
        return success({});
      },
    });
    fireEvent.click(await section.findByRole("button", { name: "Rename Desk" }));
    const field = section.getByRole("textbox", { name: "Name of the device" });
    fireEvent.change(field, { target: { value: "  " } });
    fireEvent.click(section.getByRole("button", { name: "Save" }));
    await section.findByText("Enter a name.");
    fireEvent.change(field, { target: { value: " Study " } });
    fireEvent.click(section.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(namesIn(section)).toEqual(["Study", "Phone"]));
    expect(section.queryByRole("group")).toBeNull();
    expect(calls.find(({ name }) => name === "devices:rename")?.body).toMatchObject({
      deviceId: here.deviceId,
      name: "Study",
    });
  });
});

describe("signed out here", () => {
  const { serverUrl, me } = account;
  const ended: EndedAccount = {
    accountKey,
    serverUrl,
    me,
    code: "session_revoked",
    endedBy: "Studio",
    atMs: Date.now(),
  };

  test("V57: the sign-in form says which account, from where and what is kept, until it is read", async () => {
    const { emit, calls } = drawApp({
      "host:hello": () => success({ build: "t", accounts: [] }),
      "server:probe": () => failure("server_unreachable", ""),
      "ended:dismiss": () => success({}),
    });
    emit("accounts:ended", { ended: [ended] });
    const note = await screen.findByRole("alert");
    expect(note.textContent).toContain(`${me.name} was signed out on this device`);
    expect(note.textContent).toMatch(/It was done from “Studio”, \d\d:\d\d\./);
    expect(note.textContent).toContain("Drafts and messages that were not sent are still");
    expect(screen.getByDisplayValue(me.handle)).toHaveProperty("name", "handle");
    const password = screen.getByLabelText("Password");
    fireEvent.change(password, { target: { value: "half a pass" } });
    fireEvent.click(within(note).getByRole("button", { name: /^(OK|Understood|Close)$/ }));
    await waitFor(() => expect(note.isConnected).toBe(false));
    expect(calls.at(-1)).toEqual({ name: "ended:dismiss", body: { accountKey } });
    // What was typed meanwhile stays.
    expect(screen.getByDisplayValue("half a pass")).toBe(password);
  });

  test("V57: beside another account it stands aside, and leads to the form", async () => {
    const { emit } = drawApp({
      ...settingsHost(),
      "server:probe": () => failure("server_unreachable", ""),
    });
    await screen.findByRole("navigation", { name: "Chats" });
    const { endedBy: _endedBy, ...unnamed } = ended;
    emit("accounts:ended", { ended: [{ ...unnamed, me: { ...me, handle: "other" } }] });
    const note = await screen.findByRole("alert");
    expect(note.textContent).toContain("The server ended the sign-in");
    fireEvent.click(within(note).getByRole("button", { name: "Sign in again" }));
    expect(await screen.findByDisplayValue("other")).toHaveProperty("name", "handle");
  });
});
