import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import type { ErrorCode } from "@parley/protocol/errors.ts";

/** What the connection line says. Null: all is well and nothing waits; the line is empty. */
export type ConnectionLine = {
  phase: "starting" | "reconnecting" | "catching-up" | "offline" | "refused" | "sending";
  /** Messages written but not yet at the server. */
  waiting: number;
  /** Why, where it helps: a refusal, an unreachable server. */
  code: ErrorCode | null;
  /** When the next try is due, by this machine's clock. */
  retryAtMs: number | null;
};

/** A flush this long under way is worth a word. */
export const SLOW_SEND_MS = 3_000;

/**
 * Decides what the connection line says.
 * @param wasLive whether this window was ever connected: first "Connecting…", then "Reconnecting…"
 * @param slowSend whether messages have been waiting for a while although the connection is live
 */
export function connectionLine(
  status: ConnectionStatus | null,
  waiting: number,
  wasLive: boolean,
  slowSend: boolean,
): ConnectionLine | null {
  const code = status?.error?.code ?? null;
  const retryAtMs = status?.retryAtMs ?? null;
  switch (status?.state) {
    case "live":
      return waiting > 0 && slowSend
        ? { phase: "sending", waiting, code: null, retryAtMs: null }
        : null;
    case "refused":
      return { phase: "refused", waiting, code, retryAtMs: null };
    case "offline":
      return { phase: "offline", waiting, code, retryAtMs };
    case "catching-up":
      return { phase: "catching-up", waiting, code: null, retryAtMs: null };
    case "connecting":
    case "authenticating":
    case undefined:
      return { phase: wasLive ? "reconnecting" : "starting", waiting, code, retryAtMs };
  }
}
