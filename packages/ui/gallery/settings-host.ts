import { AlertSettings, DEFAULT_ALERTS } from "@parley/protocol/bridge/alerts.ts";
import type { CallData, CallInput, CallName } from "@parley/protocol/bridge/contract.ts";
import { ShellSettings, WindowState } from "@parley/protocol/bridge/shell.ts";
import { type Result, success } from "@parley/protocol/errors.ts";
import { account } from "./sample.ts";

type Answers = { [Name in CallName]?: (body: CallInput<Name>) => Result<CallData<Name>> };

/** A made-up host of a desktop that keeps what it is told about settings. */
export function settingsHost(): Answers {
  let alerts: AlertSettings = DEFAULT_ALERTS;
  let shell: CallData<"shell:state"> = {
    settings: {
      closeToTray: true,
      startHidden: false,
      startAtLogin: false,
      globalShortcut: null,
      spellcheck: [],
      flash: true,
    },
    hasTray: true,
    secrets: "encrypted",
    shortcut: "off",
    spellcheckLanguages: ["de", "en-US", "pt-BR"],
    notifications: { by: "dbus", state: "ready", name: "dunst 1.9", canReply: false, canAct: true },
  };
  let reports = [{ id: "r1", atMs: 1_700_000_000_000, what: "The page", sizeBytes: 2_048 }];
  let view: CallData<"window:state"> = { kind: "main", alwaysOnTop: false, zoomPercent: 100 };
  return {
    "host:hello": () => success({ build: "t", accounts: [account] }),
    "alerts:state": () => success(alerts),
    "alerts:configure": (change) => {
      alerts = AlertSettings.parse({ ...alerts, ...change });
      return success(alerts);
    },
    "shell:state": () => success(shell),
    "shell:configure": (change) => {
      shell = { ...shell, settings: ShellSettings.parse({ ...shell.settings, ...change }) };
      return success(shell);
    },
    "shell:notification-test": () => success({ state: "unavailable", atMs: 1, detail: "no bus" }),
    "shell:open-logs": () => success({}),
    "shell:crash-reports": () => success({ reports }),
    "shell:crash-report": () => success({ text: "it stopped" }),
    "shell:crash-report-delete": () => {
      reports = [];
      return success({});
    },
    "window:state": () => success(view),
    "window:configure": (change) => {
      view = WindowState.parse({ ...view, ...change });
      return success(view);
    },
  };
}
