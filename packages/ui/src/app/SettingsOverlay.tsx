import type { Failure } from "@parley/protocol/errors.ts";
import { useMemo, useState, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { useOutboxSummary } from "../cache/hooks.ts";
import type { CrashReports } from "../features/settings/CrashReportsRow.tsx";
import { SettingsDialog } from "../features/settings/SettingsDialog.tsx";
import { ShortcutList } from "../features/shortcuts/ShortcutList.tsx";
import { useScope, useUi } from "./context.ts";
import type { InstallSource } from "./deps.ts";
import { useAlerts } from "./use-alerts.ts";
import { useMinute } from "./use-now.ts";
import { usePermission } from "./use-permission.ts";
import { useShell } from "./use-shell.ts";
import { useWindowState } from "./use-window-state.ts";

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused by the system: the button goes on saying "Copy", and the text can be marked.
    return false;
  }
}

function useCrashReports(): CrashReports {
  const { bridge } = useScope();
  return useMemo(
    () => ({
      list: () => bridge.call("shell:crash-reports", {}),
      read: (id) => bridge.call("shell:crash-report", { id }),
      mail: (id) => bridge.call("shell:crash-report-mail", { id }),
      remove: (id) => bridge.call("shell:crash-report-delete", { id }),
      copy,
    }),
    [bridge],
  );
}

const NO_INSTALL: InstallSource = {
  get: () => "by-menu",
  subscribe: () => () => undefined,
  install: () => undefined,
};

/** The settings of app, account and device, wherever they are kept. */
export function SettingsOverlay() {
  const { bridge, account, session, look, platform, keys, region, ui } = useScope();
  const overlay = useUi((state) => state.overlay);
  const preferences = useStore(look, (state) => state.preferences);
  const summary = useOutboxSummary(session);
  const open = overlay?.kind === "settings";
  const [shell, configureShell, shellFailure] = useShell();
  const [alerts, configureAlerts, alertsFailure] = useAlerts(open);
  const [view, configureView] = useWindowState();
  const [permission, ask] = usePermission();
  const [logsFailure, setLogsFailure] = useState<Failure | null>(null);
  const reports = useCrashReports();
  const nowMs = useMinute();
  const { accountKey } = account;
  const { install = NO_INSTALL } = platform;
  const installState = useSyncExternalStore(install.subscribe, install.get);
  const isDesktop = platform.shell === "desktop";
  return (
    <SettingsDialog
      open={open}
      section={overlay?.kind === "settings" ? overlay.section : "profile"}
      profile={{
        account,
        waiting: (summary?.waiting ?? 0) + (summary?.failed ?? 0),
        onRename: (name) => bridge.call("account:rename", { accountKey, name }),
        onSignOut: async (everywhere) => {
          await session.flushDrafts();
          return bridge.call("account:sign-out", { accountKey, everywhere });
        },
      }}
      notifications={{
        allowed: isDesktop
          ? { by: "desktop", system: shell?.notifications ?? null }
          : { by: "browser", permission },
        alerts,
        failure: alertsFailure,
        nowMs,
        region,
        onAsk: ask,
        onChange: configureAlerts,
        onTest: () => bridge.call("shell:notification-test", {}),
      }}
      preferences={preferences}
      {...(view !== null && {
        zoom: {
          percent: view.zoomPercent,
          onChange: (zoomPercent) => configureView({ zoomPercent }),
        },
      })}
      {...(isDesktop && {
        desktop: {
          shell,
          failure: shellFailure ?? logsFailure,
          mac: platform.os === "macos",
          region,
          reports,
          onChange: configureShell,
          onOpenLogs: () =>
            void bridge
              .call("shell:open-logs", {})
              .then((result) => setLogsFailure(result.ok ? null : result.error)),
        },
      })}
      about={{
        build: platform.build,
        serverUrl: account.serverUrl,
        ...(!isDesktop && { install: { state: installState, onInstall: install.install } }),
      }}
      keyboard={<ShortcutList keys={keys} enterSends={preferences.enterSends} />}
      onPreferences={look.getState().change}
      onSection={(section) => ui.getState().show({ kind: "settings", section })}
      onClose={() => ui.getState().show(null)}
    />
  );
}
