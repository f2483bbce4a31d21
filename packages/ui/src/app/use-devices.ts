import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { ListedDevice } from "@parley/protocol/http/accounts.ts";
import type { DeviceId } from "@parley/protocol/ids.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { DevicesSectionProps } from "../features/settings/DevicesSection.tsx";
import { useScope } from "./context.ts";

type Known = { devices: readonly ListedDevice[] | null; failure: Failure | null };

const NOTHING_YET: Known = { devices: null, failure: null };

/**
 * V57: the devices of the account on the screen: asked for when they are wanted and whenever the
 * connection is live again, then as the server tells of each change.
 */
export function useDevices(
  isWanted: boolean,
): Omit<DevicesSectionProps, "account" | "nowMs" | "region"> {
  const { bridge, account, live } = useScope();
  const { accountKey } = account;
  const state = useStore(live, ({ connection }) => connection?.state);
  const isLive = state === "live";
  const [known, setKnown] = useState(NOTHING_YET);
  /** Rises with everything heard: an answer to an older question says less than a newer word. */
  const heard = useRef(0);

  const ask = useCallback(async (): Promise<void> => {
    const turn = ++heard.current;
    const result = await bridge.call("devices:list", { accountKey });
    if (turn !== heard.current) return;
    setKnown((before) =>
      result.ok
        ? { devices: result.value.sessions, failure: null }
        : { ...before, failure: result.error },
    );
  }, [bridge, accountKey]);

  useEffect(() => {
    if (!isWanted) return undefined;
    const stop = bridge.on("devices:changed", (told) => {
      if (told.accountKey !== accountKey) return;
      heard.current += 1;
      setKnown({ devices: told.devices, failure: null });
    });
    return () => {
      stop();
      // What is said while nobody listens is asked for anew.
      heard.current += 1;
      setKnown(NOTHING_YET);
    };
  }, [bridge, accountKey, isWanted]);
  useEffect(() => {
    if (isWanted && isLive) void ask();
  }, [isWanted, isLive, ask]);

  async function signOut(deviceId: DeviceId): Promise<Result<unknown>> {
    const result = await bridge.call("devices:sign-out", { accountKey, deviceId });
    // The server tells it as well; its word may come later than its answer.
    if (result.ok || result.error.code === "not_found") void ask();
    return result;
  }

  return {
    ...known,
    connection: isLive
      ? "live"
      : state === "offline" || state === "refused"
        ? "offline"
        : "connecting",
    onAgain: () => void ask(),
    onSignOut: signOut,
    onRename: async (deviceId, name) => {
      const result = await bridge.call("devices:rename", { accountKey, deviceId, name });
      if (result.ok) void ask();
      return result;
    },
  };
}
