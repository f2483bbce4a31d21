/** Before its first retry a connection waits up to this long; each failure doubles it. */
const BASE_MS = 1_000;
/** Never less, so that a refusing server is not hammered. */
const FLOOR_MS = 100;
/** While somebody looks at the app: back within 5 s of the network, even if no event tells of it. */
const ATTENTIVE_CAP_MS = 4_000;
const IDLE_CAP_MS = 30_000;

export type BackoffInput = {
  /** Failures in a row before this one, from 0. */
  attempt: number;
  /** What the server asked for. */
  retryAfterMs?: number | undefined;
  /** Whether a window of the app is visible. */
  attentive: boolean;
  /** In [0, 1). */
  random: number;
};

/** Up to how long the random part of the wait is. */
function boundMs({ attempt, retryAfterMs, attentive }: BackoffInput): number {
  const grown = BASE_MS * 2 ** Math.min(attempt, 16);
  // V38: a server that answers has kept a place at that time; a wide spread would miss it.
  if (retryAfterMs !== undefined) return BASE_MS;
  return Math.min(attentive ? ATTENTIVE_CAP_MS : IDLE_CAP_MS, grown);
}

/**
 * How long to wait before the next try, in ms. Full jitter: anything between almost nothing and a
 * bound that doubles with each failure, so that clients which fell together do not return together.
 * What the server asks for is waited in full, a little jitter comes on top.
 */
export function backoffMs(input: BackoffInput): number {
  const jitterMs = Math.max(FLOOR_MS, Math.floor(input.random * boundMs(input)));
  return (input.retryAfterMs ?? 0) + jitterMs;
}
