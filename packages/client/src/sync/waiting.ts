import type { Failure } from "@parley/protocol/errors.ts";
import type { OutboxEntry } from "./model.ts";

/** S11: why an entry has not reached the server yet. What the connection says goes first. */
export type WaitReason =
  /** It goes with the next flush: as soon as the connection stands, it is on its way. */
  | { kind: "next" }
  /** `count` older entries of this chat go before it; `error` is what keeps the first of them. */
  | { kind: "behind"; count: number; error: Failure | null; untilMs: number | null }
  /** The server could not take it; it is tried again at `untilMs` of this device's clock. */
  | { kind: "retry"; error: Failure; untilMs: number | null };

/**
 * Why `entry` waits, told from the journal alone; null for one that does not wait. `queue` is all of
 * its chat's entries in order of writing. Pure.
 */
export function waitReason(entry: OutboxEntry, queue: readonly OutboxEntry[]): WaitReason | null {
  if (entry.state !== "journaled") return null;
  const before = queue.filter((other) => other.state === "journaled" && other.order < entry.order);
  const [first] = before;
  const untilMs = (first ?? entry).retryAtMs ?? null;
  const error = (first ?? entry).error;
  if (first !== undefined) return { kind: "behind", count: before.length, error, untilMs };
  return error === null ? { kind: "next" } : { kind: "retry", error, untilMs };
}
