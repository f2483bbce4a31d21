/**
 * S15: versions of the wire contract, newest last. A client offers those it speaks; the server
 * picks the newest that both have, or answers `upgrade_required`.
 *
 * History:
 * - 1: accounts, sessions, direct chats, groups, notes to self, text, receipts, typing, presence.
 */
export const PROTOCOL_VERSIONS = [1] as const;

/** Picks the newest version that both sides speak; `undefined` means `upgrade_required`. */
export function negotiateVersion(
  offered: readonly number[],
  spoken: readonly number[] = PROTOCOL_VERSIONS,
): number | undefined {
  const common = offered.filter((version) => spoken.includes(version));
  return common.length > 0 ? Math.max(...common) : undefined;
}

/** Version of the bridge contract between a window and its session host (S20). */
export const BRIDGE_VERSION = 1;
