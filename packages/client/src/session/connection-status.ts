import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import type { ConnectionState } from "../connection/machine.ts";

/** What windows see of a connection's state. `requestId` is empty: the error is told, not answered. */
export function statusOf(state: ConnectionState, serverAheadMs?: number): ConnectionStatus {
  const status: ConnectionStatus = { state: state.name };
  if ((state.name === "offline" || state.name === "refused") && state.error) {
    status.error = { ...state.error, requestId: "" };
  }
  if (state.name === "offline" && state.retryAtMs !== null) status.retryAtMs = state.retryAtMs;
  if (serverAheadMs !== undefined) status.serverAheadMs = serverAheadMs;
  return status;
}
