import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useEffect } from "react";
import type { AccountSession } from "../cache/account-session.ts";

/** Reports one account's numbers while they change. Returns the function that stops it. */
function report(bridge: Bridge, accountKey: AccountKey, session: AccountSession): () => void {
  const unread = session.reads.totalUnread();
  const outbox = session.reads.outbox();
  let told = "";
  const tell = (): void => {
    const counts = unread.get();
    const summary = outbox.get();
    if (counts === undefined || summary === undefined) return;
    const numbers = {
      unread: counts.unread,
      mentions: counts.mentions,
      waiting: summary.waiting,
    };
    const key = JSON.stringify(numbers);
    if (key === told) return;
    told = key;
    // Droppable: the next change tells all of it again.
    void bridge.call("account:report", { accountKey, ...numbers });
  };
  const stops = [unread.subscribe(tell), outbox.subscribe(tell)];
  tell();
  return () => stops.forEach((stop) => stop());
}

/** S9: tells the host what tray, badge and the question before quitting show, of every account. */
export function useReports(
  bridge: Bridge,
  sessions: ReadonlyMap<AccountKey, Result<AccountSession>>,
): void {
  useEffect(() => {
    const stops = [...sessions].flatMap(([accountKey, session]) =>
      session.ok ? [report(bridge, accountKey, session.value)] : [],
    );
    return () => stops.forEach((stop) => stop());
  }, [bridge, sessions]);
}
