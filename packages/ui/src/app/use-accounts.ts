import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";
import { useEffect, useState } from "react";

/** How far the app has come with its session host. */
export type Boot =
  | { kind: "starting" }
  | { kind: "failed"; error: Failure }
  | { kind: "ready"; accounts: readonly HostedAccount[] };

/**
 * Says hello to the session host and follows its accounts. `add` takes an account that a sign-in answered,
 * before the host tells of it.
 * @param ownWindowId the name of this window where the shell gives it one
 */
export function useAccounts(
  bridge: Bridge,
  build: string,
  ownWindowId: string | undefined,
): [Boot, retry: () => void, add: (account: HostedAccount) => void] {
  const [boot, setBoot] = useState<Boot>({ kind: "starting" });
  const [attempt, setAttempt] = useState(0);
  const [windowId] = useState(() => ownWindowId ?? crypto.randomUUID());
  useEffect(() => {
    let current = true;
    const stop = bridge.on("accounts:changed", ({ accounts }) =>
      setBoot({ kind: "ready", accounts }),
    );
    void bridge
      .call("host:hello", { bridgeVersion: BRIDGE_VERSION, build, windowId })
      .then((result) => {
        if (!current) return;
        setBoot(
          result.ok
            ? { kind: "ready", accounts: result.value.accounts }
            : { kind: "failed", error: result.error },
        );
      });
    return () => {
      current = false;
      stop();
    };
  }, [bridge, build, windowId, attempt]);
  return [
    boot,
    () => {
      setBoot({ kind: "starting" });
      setAttempt((before) => before + 1);
    },
    // The host tells of a new account too; its answer may come first.
    (account) =>
      setBoot((before) => {
        const known = before.kind === "ready" ? before.accounts : [];
        const others = known.filter((each) => each.accountKey !== account.accountKey);
        return { kind: "ready", accounts: [...others, account] };
      }),
  ];
}
