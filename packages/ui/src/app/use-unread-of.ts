import type { Result } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useEffect, useState } from "react";
import type { AccountSession } from "../cache/account-session.ts";

export type UnreadOf = ReadonlyMap<AccountKey, number>;

function isSame(before: UnreadOf, now: UnreadOf): boolean {
  return before.size === now.size && [...now].every(([key, count]) => before.get(key) === count);
}

/** S9, S19: what is unread in each account of this app, on the screen or not. */
export function useUnreadOf(sessions: ReadonlyMap<AccountKey, Result<AccountSession>>): UnreadOf {
  const [unreadOf, setUnreadOf] = useState<UnreadOf>(new Map());
  useEffect(() => {
    const lives = [...sessions].flatMap(([accountKey, session]) =>
      session.ok ? [{ accountKey, live: session.value.reads.totalUnread() }] : [],
    );
    const look = (): void => {
      const now = new Map(
        lives.map(({ accountKey, live }) => [accountKey, live.get()?.unread ?? 0]),
      );
      setUnreadOf((before) => (isSame(before, now) ? before : now));
    };
    const stops = lives.map(({ live }) => live.subscribe(look));
    look();
    return () => stops.forEach((stop) => stop());
  }, [sessions]);
  return unreadOf;
}
