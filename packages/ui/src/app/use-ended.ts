import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { EndedAccount } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useEffect, useState } from "react";

/** V57: an account that was signed out here by its server, if there is one, and how to say it was read. */
export function useEnded(
  bridge: Bridge,
): [first: EndedAccount | undefined, dismiss: (accountKey: AccountKey) => void] {
  const [ended, setEnded] = useState<readonly EndedAccount[]>([]);
  useEffect(() => bridge.on("accounts:ended", (told) => setEnded(told.ended)), [bridge]);
  return [
    ended[0],
    (accountKey) => {
      // Gone at once; the host tells all windows.
      setEnded((before) => before.filter((one) => one.accountKey !== accountKey));
      void bridge.call("ended:dismiss", { accountKey });
    },
  ];
}
