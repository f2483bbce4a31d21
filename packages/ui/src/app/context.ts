import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { AccountSession } from "../cache/account-session.ts";
import type { Region } from "../i18n/format.ts";
import type { AttentionSource } from "../state/attention.ts";
import type { KeyNames } from "../state/keys.ts";
import type { LiveState, LiveStore } from "../state/live-store.ts";
import type { LookStore } from "../state/look-store.ts";
import type { ChatPlaces } from "../state/places.ts";
import type { Memory } from "../state/remembered.ts";
import type { UiState, UiStore } from "../state/ui-store.ts";
import type { PlatformInfo } from "./deps.ts";

/** What every part of one account's screen may reach. */
export type AccountScope = {
  bridge: Bridge;
  platform: PlatformInfo;
  /** Whether this window shows one chat only. */
  solo: boolean;
  region: Region;
  keys: KeyNames;
  account: HostedAccount;
  session: AccountSession;
  ui: UiStore;
  live: LiveStore;
  look: LookStore;
  places: ChatPlaces;
  attention: AttentionSource;
  memory: Memory;
};

/** All accounts of this window; the one on the screen is among them. */
export type AccountsScope = {
  accounts: readonly HostedAccount[];
  sessionOf: (accountKey: AccountKey) => AccountSession | undefined;
  liveOf: (accountKey: AccountKey) => LiveStore;
  /** Puts another one on the screen. */
  onAccount: (accountKey: string) => void;
  /** Opens the way to sign in with one more. */
  onSignIn: () => void;
};

export const AccountsContext = createContext<AccountsScope | null>(null);

/** All accounts of this window. Only below AccountsContext. */
export function useAccountsScope(): AccountsScope {
  const scope = useContext(AccountsContext);
  if (scope === null) throw new Error("useAccountsScope is used outside of an account's screen");
  return scope;
}

export const AccountContext = createContext<AccountScope | null>(null);

/** The account whose screen this is. Only below AccountContext. */
export function useScope(): AccountScope {
  const scope = useContext(AccountContext);
  if (scope === null) throw new Error("useScope is used outside of an account's screen");
  return scope;
}

/** A part of the screen's state. */
export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(useScope().ui, select);
}

/** A part of what is true only now. */
export function useLiveState<T>(select: (state: LiveState) => T): T {
  return useStore(useScope().live, select);
}
