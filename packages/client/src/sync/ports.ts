import type { Failure } from "@parley/protocol/errors.ts";

/** Time and chance, as the engine needs them. `random` is in [0, 1). */
export type SyncClock = {
  nowMs(): number;
  setTimer(run: () => void, afterMs: number): () => void;
  random(): number;
};

/** For developers. Neither secrets nor message text may go in. */
export type SyncLog = { warn(message: string, details?: Record<string, unknown>): void };

/** Where the engine reports what the user should know of; null when it is over. */
export type TroublePort = (trouble: Failure | null) => void;
