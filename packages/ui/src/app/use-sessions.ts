import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useEffect, useRef, useState } from "react";
import type { AccountSession } from "../cache/account-session.ts";
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
      "bridge_failed",
      `The databases of this account cannot be opened: ${String(cause)}`,
    );
  }
}

/** Keeps a session open for every account of the host (S19), and closes it when the account leaves. */
export function useSessions(
  bridge: Bridge,
  accounts: readonly HostedAccount[],
  open: OpenSession,
): Opened {
  const [sessions, setSessions] = useState<Opened>(new Map());
  const opening = useRef(new Map<AccountKey, Promise<Result<AccountSession>>>());

  useEffect(() => {
    const wanted = new Set(accounts.map((account) => account.accountKey));
    for (const account of accounts) {
      const { accountKey } = account;
      if (opening.current.has(accountKey)) continue;
      const promise = opened(open, bridge, account);
      opening.current.set(accountKey, promise);
      void promise.then((result) => {
        if (opening.current.get(accountKey) !== promise) return;
        setSessions((before) => new Map(before).set(accountKey, result));
      });
    }
    for (const [accountKey, promise] of opening.current) {
      if (wanted.has(accountKey)) continue;
      opening.current.delete(accountKey);
      setSessions((before) => {
        const next = new Map(before);
        next.delete(accountKey);
        return next;
      });
      void promise.then((result) => (result.ok ? result.value.close() : undefined));
    }
  }, [bridge, accounts, open]);

  return sessions;
}
