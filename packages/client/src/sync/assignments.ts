import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";

type Assigned = NoticeBody<"writer:assigned">;
type Follower = (notice: Assigned) => void;

/** Remembers for each account whether this window is its writer (S20). */
export type Assignments = {
  /** Calls `follower` with the last word, if there was one, and with every later one. */
  follow(accountKey: AccountKey, follower: Follower): () => void;
};

const known = new WeakMap<Bridge, Assignments>();

/**
 * The host names the writer right after a window's `host:hello`, when the account's databases are not
 * open yet. Call this once before that hello; engines then learn what was said before them. The same
 * bridge always gives the same memory.
 */
export function watchAssignments(bridge: Bridge): Assignments {
  const before = known.get(bridge);
  if (before !== undefined) return before;
  const last = new Map<AccountKey, Assigned>();
  const followers = new Map<AccountKey, Set<Follower>>();
  bridge.on("writer:assigned", (notice) => {
    last.set(notice.accountKey, notice);
    for (const follower of followers.get(notice.accountKey) ?? []) follower(notice);
  });
  const made: Assignments = {
    follow(accountKey, follower) {
      const ours = followers.get(accountKey) ?? new Set();
      followers.set(accountKey, ours.add(follower));
      const said = last.get(accountKey);
      if (said !== undefined) follower(said);
      return () => ours.delete(follower);
    },
  };
  known.set(bridge, made);
  return made;
}
