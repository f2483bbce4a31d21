import { LIMITS } from "@parley/protocol/limits.ts";
import type { Mark } from "./receipt-batcher.ts";

/** Members of a large group get a message at the same moment: their batches spread over this part. */
const SPREAD = 0.2;

/**
 * V43: how long a mark may wait for others to ride with, in ms. In groups where only minima are shown
 * nobody sees a single mark; but a read mark moves the numbers of the account's other devices.
 * `random` is in [0, 1).
 */
export function patienceMs(
  mark: Mark,
  { memberCount, others, random }: { memberCount: number; others: number; random: number },
): number {
  if (memberCount <= LIMITS.receiptDetailMembers) return 0;
  const long = Math.min(LIMITS.receiptPatienceMs, memberCount * LIMITS.receiptPatiencePerMemberMs);
  const isSeen = mark.readSeq !== undefined && others > 0;
  const most = isSeen ? Math.min(long, LIMITS.readPatienceMs) : long;
  return most * (1 - SPREAD * random);
}
