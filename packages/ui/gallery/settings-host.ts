import { AlertDecision, AlertSettings, DEFAULT_ALERTS } from "@parley/protocol/bridge/alerts.ts";
import type { CallData, CallInput, CallName } from "@parley/protocol/bridge/contract.ts";
import { DEFAULT_SHELL, ShellSettings, WindowState } from "@parley/protocol/bridge/shell.ts";
import { type Result, success } from "@parley/protocol/errors.ts";
import type { ListedDevice } from "@parley/protocol/http/accounts.ts";
import { ClientId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { account, NOW_MS } from "./sample.ts";

type Answers = { [Name in CallName]?: (body: CallInput<Name>) => Result<CallData<Name>> };

/** What was decided about made-up messages. */
const decisions: AlertDecision[] = [
  { seq: 12, act: "none", reason: "quiet-hours" },
  { seq: 13, act: "wait", reason: "in-view-elsewhere" },
  { seq: 14, act: "none", reason: "permission-missing" },
  { seq: 15, act: "show", reason: "new-message", outcome: "shown" },
  { seq: 16, act: "show", reason: "new-message", outcome: "unavailable" },
].map(({ outcome: state, ...decision }, index) =>
  AlertDecision.parse({
    ...decision,
    clientId: newId(ClientId),
    atMs: NOW_MS + index * 90_000,
    ...(state !== undefined && { outcome: { state, atMs: NOW_MS, detail: "no bus" } }),
  }),
);

function madeUp(
  name: string,
  platform: ListedDevice["platform"],
  part: Partial<ListedDevice>,
): ListedDevice {
  const times = { createdAt: NOW_MS - 40 * 86_400_000, lastSeenAt: NOW_MS };
  const is = { current: false, connected: false };
  return { deviceId: newId(DeviceId), name, platform, ...times, ...is, ...part };
}

/** A made-up host of a desktop that keeps what it is told about settings. */
export function settingsHost(): Answers {
  let alerts: AlertSettings = DEFAULT_ALERTS;
  let shell: CallData<"shell:state"> = {
    settings: DEFAULT_SHELL,
    hasTray: true,
    secrets: "encrypted",
    startAtLogin: "off",
    shortcut: "off",
    spellcheckLanguages: ["de", "en-US", "pt-BR"],
    notifications: { by: "dbus", state: "ready", name: "dunst 1.9", canReply: false, canAct: true },
  };
  let reports = [{ id: "r1", atMs: 1_700_000_000_000, what: "The page", sizeBytes: 2_048 }];
  let devices: ListedDevice[] = [
    madeUp("Desk, Linux", "linux", { current: true, connected: true }),
    madeUp("Firefox on Windows", "web", { lastSeenAt: NOW_MS - 3 * 86_400_000 }),
    madeUp("Studio", "macos", { connected: true }),
  ];
  let view: CallData<"window:state"> = { kind: "main", alwaysOnTop: false, zoomPercent: 100 };
  return {
    "host:hello": () => success({ build: "t", accounts: [account] }),
    "alerts:state": () => success(alerts),
    "alerts:configure": (change) => {
      alerts = AlertSettings.parse({ ...alerts, ...change });
      return success(alerts);
    },
    "alerts:decisions": () => success({ decisions }),
    "shell:state": () => success(shell),
    "shell:configure": (change) => {
      shell = { ...shell, settings: ShellSettings.parse({ ...shell.settings, ...change }) };
      return success(shell);
    },
    "shell:notification-test": () => success({ state: "unavailable", atMs: 1, detail: "no bus" }),
    "shell:open-logs": () => success({}),
    "shell:crash-reports": () => success({ reports }),
    "shell:crash-report": () => success({ text: "it stopped" }),
    "shell:crash-report-mail": () => success({}),
    "shell:crash-report-delete": () => {
      reports = [];
      return success({});
    },
    "devices:list": () => success({ sessions: devices }),
    "devices:sign-out": ({ deviceId }) => {
      devices = devices.filter((device) => device.deviceId !== deviceId);
      return success({});
    },
    "devices:rename": ({ deviceId, name }) => {
      devices = devices.map((one) => (one.deviceId === deviceId ? { ...one, name } : one));
      return success({});
    },
    "window:state": () => success(view),
    "window:configure": (change) => {
      view = WindowState.parse({ ...view, ...change });
      return success(view);
    },
  };
}
