import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { useMemo } from "react";
import type { LiveHub } from "../state/live-store.ts";
import type { AccountsScope } from "./context.ts";
import type { useSessions } from "./use-sessions.ts";

/** What parts of the screen reach of all accounts; the same as long as the accounts are. */
export function useAllAccounts(
  accounts: readonly HostedAccount[],
  sessions: ReturnType<typeof useSessions>,
  hub: LiveHub,
  onAccount: AccountsScope["onAccount"],
  onSignIn: AccountsScope["onSignIn"],
): AccountsScope {
  return useMemo(
    () => ({
      accounts,
      sessionOf: (accountKey) => {
        const session = sessions.get(accountKey);
        return session?.ok ? session.value : undefined;
      },
      liveOf: (accountKey) => hub.of(accountKey),
      onAccount,
      onSignIn,
    }),
    [accounts, sessions, hub, onAccount, onSignIn],
  );
}
