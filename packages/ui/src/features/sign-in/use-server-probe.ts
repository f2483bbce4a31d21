import type { ErrorCode, Result } from "@parley/protocol/errors.ts";
import type { ServerInfo } from "@parley/protocol/http/accounts.ts";
import { useCallback, useEffect, useState } from "react";
import { serverUrlOf } from "./sign-in-rules.ts";

/** What is known of the server that is typed. */
export type ProbeState =
  | { kind: "none" }
  | { kind: "checking" }
  | { kind: "found"; info: ServerInfo }
  | { kind: "failed"; code: ErrorCode; fingerprint?: string | undefined };

/** Pause in typing after which the server is asked. */
const PROBE_DELAY_MS = 350;

type Known = { url: string; state: ProbeState };

/**
 * Asks the typed server what it is, a moment after the last key. Answers for an address that is no
 * longer typed are dropped.
 */
export function useServerProbe(
  typed: string,
  probe: (serverUrl: string) => Promise<Result<ServerInfo>>,
): [state: ProbeState, again: () => void] {
  const [round, setRound] = useState(0);
  const url = serverUrlOf(typed);
  const [known, setKnown] = useState<Known | null>(null);

  useEffect(() => {
    if (url === null) return;
    let current = true;
    const timer = setTimeout(() => {
      void probe(url).then((result) => {
        if (!current) return;
        setKnown({
          url,
          state: result.ok
            ? { kind: "found", info: result.value }
            : {
                kind: "failed",
                code: result.error.code,
                fingerprint: result.error.fingerprint,
              },
        });
      });
    }, PROBE_DELAY_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // A new round asks the same server anew.
  }, [url, probe, round]);

  const again = useCallback(() => {
    setKnown(null);
    setRound((before) => before + 1);
  }, []);
  if (url === null) return [{ kind: "none" }, again];
  return [known?.url === url ? known.state : { kind: "checking" }, again];
}
