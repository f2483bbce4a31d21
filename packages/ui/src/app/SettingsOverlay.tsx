import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { useMemo, useState, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { useLive, useOutboxSummary, usePeople } from "../cache/hooks.ts";
import { NO_LIVE } from "../cache/live.ts";
import type { CrashReports } from "../features/settings/CrashReportsRow.tsx";
import { SettingsDialog } from "../features/settings/SettingsDialog.tsx";
import { ShortcutList } from "../features/shortcuts/ShortcutList.tsx";
import { personName } from "../state/names.ts";
import { useAccountsScope, useScope, useUi } from "./context.ts";
import type { InstallSource } from "./deps.ts";
import { useAlerts } from "./use-alerts.ts";
import { useDevices } from "./use-devices.ts";
import { useMinute } from "./use-now.ts";
import { usePermission } from "./use-permission.ts";
import { useUsedBytes } from "./use-used-bytes.ts";
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

const NOBODY: readonly AccountId[] = [];

/** V33: the blocked, by name; null while they are read. */
function useBlockedPeople(isWanted: boolean): { accountId: AccountId; name: string }[] | null {
  const { session } = useScope();
  const accountIds = useLive(isWanted ? session.reads.blocked() : NO_LIVE);
  const people = usePeople(session, accountIds ?? NOBODY);
  if (accountIds === undefined || people === undefined) return null;
  return accountIds
    .map((accountId) => ({ accountId, name: personName(people.get(accountId)) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The settings of app, account and device, wherever they are kept. */
export function SettingsOverlay() {
  const { bridge, account, session, look, platform, keys, region, ui, solo } = useScope();
  const { accounts, sessionOf, liveOf, onAccount, onSignIn } = useAccountsScope();
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
  const section = overlay?.kind === "settings" ? overlay.section : "profile";
  const blocked = useBlockedPeople(open && section === "privacy");
  const usedBytes = useUsedBytes(open && section === "storage");
  const devices = useDevices(open && section === "devices");
  const accountsHere = accounts.map((each) => ({
    account: each,
    session: sessionOf(each.accountKey),
    live: liveOf(each.accountKey),
  }));

  async function signOut(leaving: HostedAccount, everywhere: boolean): Promise<Result<unknown>> {
    await sessionOf(leaving.accountKey)?.flushDrafts();
    return bridge.call("account:sign-out", { accountKey: leaving.accountKey, everywhere });
  }

  return (
    <SettingsDialog
      open={open}
      section={section}
      profile={{
        account,
        waiting: (summary?.waiting ?? 0) + (summary?.failed ?? 0),
        onRename: (name) => bridge.call("account:rename", { accountKey, name }),
        onSignOut: (everywhere) => signOut(account, everywhere),
      }}
      accounts={{
        accounts: accountsHere,
        activeKey: accountKey,
        onSwitch: solo ? null : onAccount,
        onAdd: solo ? null : onSignIn,
        onSignOut: signOut,
      }}
      devices={{ ...devices, account, nowMs, region }}
      chats={{ mainEnter: keys.mainEnter }}
      privacy={{
        blocked,
        preview: alerts?.preview ?? null,
        onUnblock: (accountId) => session.unblockAccount(accountId),
      }}
      storage={{ accounts: accountsHere, activeKey: accountKey, usedBytes, region }}
      languages={{
        spelling: isDesktop
          ? shell && {
              by: "desktop",
              chosen: shell.settings.spellcheck,
              languages: shell.spellcheckLanguages,
              onChange: (spellcheck) => configureShell({ spellcheck }),
            }
          : { by: "browser" },
        failure: isDesktop ? shellFailure : null,
        nowMs,
        region,
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
