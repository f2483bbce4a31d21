import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useEffect, useRef, useState } from "react";
import type { AccountSession } from "../cache/account-session.ts";
import { StorageHeldError } from "../cache/held-storage.ts";
import type { OpenSession } from "./deps.ts";

type Opened = ReadonlyMap<AccountKey, Result<AccountSession>>;

async function opened(
  open: OpenSession,
  bridge: Bridge,
  account: HostedAccount,
): Promise<Result<AccountSession>> {
  try {
    return success(await open(bridge, account));
  } catch (cause) {
    // Nothing can be stored in this browser: the screen says so instead of staying empty.
    return failure(
      cause instanceof StorageHeldError ? "storage_held" : "bridge_failed",
      `The databases of this account cannot be opened: ${String(cause)}`,
    );
  }
}

/** V58: a store that cannot be opened is tried again after this. */
const AGAIN_MS = 2_000;

/**
 * Keeps a session open for every account of the host (S19), and closes it when the account leaves. One
 * that cannot be opened says why, and is tried again until it can.
 */
export function useSessions(
  bridge: Bridge,
  accounts: readonly HostedAccount[],
  open: OpenSession,
): Opened {
  const [sessions, setSessions] = useState<Opened>(new Map());
  const opening = useRef(new Map<AccountKey, Promise<Result<AccountSession>>>());

  const timers = useRef(new Map<AccountKey, ReturnType<typeof setTimeout>>());

  useEffect(() => {
    const wanted = new Set(accounts.map((account) => account.accountKey));
    const start = (account: HostedAccount): void => {
      const { accountKey } = account;
      const promise = opened(open, bridge, account);
      opening.current.set(accountKey, promise);
      void promise.then((result) => {
        if (opening.current.get(accountKey) !== promise) return;
        setSessions((before) => new Map(before).set(accountKey, result));
        if (!result.ok) timers.current.set(accountKey, setTimeout(start, AGAIN_MS, account));
      });
    };
    for (const account of accounts) if (!opening.current.has(account.accountKey)) start(account);
    for (const [accountKey, promise] of opening.current) {
      if (wanted.has(accountKey)) continue;
      opening.current.delete(accountKey);
      clearTimeout(timers.current.get(accountKey));
      setSessions((before) => {
        const next = new Map(before);
        next.delete(accountKey);
        return next;
      });
      void promise.then((result) => (result.ok ? result.value.close() : undefined));
    }
  }, [bridge, accounts, open]);
  useEffect(() => {
    const waiting = timers.current;
    return () => waiting.forEach(clearTimeout);
  }, []);

  return sessions;
}
