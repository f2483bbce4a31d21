import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { AccountReport } from "@parley/protocol/bridge/contract.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useEffect } from "react";
import type { AccountSession } from "../cache/account-session.ts";
import type { ChatList } from "../cache/read-models.ts";
import { chatTitle } from "../state/names.ts";
import { createStateTeller } from "../state/state-teller.ts";

type Recent = NonNullable<AccountReport["recent"]>;

/** Chats that the tray's menu has room for. */
const MAX_RECENT = 5;
/** The newest rows of the list, some of which may be archived or left. */
const LOOKED_AT = 20;
const TITLE_UNITS = 200;

/** The chats in which something happened last, newest first, wherever they are pinned. */
export function recentChats(rows: ChatList["rows"]): Recent {
  return rows
    .filter((row) => !row.archived && !row.left)
    .toSorted((a, b) => b.activityAtMs - a.activityAtMs)
    .slice(0, MAX_RECENT)
    .map((row) => ({
      chatId: row.chatId,
      title: chatTitle(row).slice(0, TITLE_UNITS).toWellFormed(),
      unread: row.unread,
    }));
}

type Reporting = {
  bridge: Bridge;
  accountKey: AccountKey;
  session: AccountSession;
  /** Whether there is a tray whose menu lists chats. */
  hasTray: boolean;
};

/** Reports one account's numbers while they change. Returns the function that stops it. */
function report({ bridge, accountKey, session, hasTray }: Reporting): () => void {
  const unread = session.reads.totalUnread();
  const outbox = session.reads.outbox();
  const list = hasTray ? session.reads.chatList(LOOKED_AT) : undefined;
  const host = createStateTeller((numbers: Omit<AccountReport, "accountKey">) =>
    bridge.call("account:report", { accountKey, ...numbers }),
  );
  let told = "";
  const tell = (): void => {
    const counts = unread.get();
    const summary = outbox.get();
    const rows = list?.get()?.rows;
    if (counts === undefined || summary === undefined) return;
    const numbers = {
      unread: counts.unread,
      mentions: counts.mentions,
      waiting: summary.waiting,
      ...(rows && { recent: recentChats(rows) }),
    };
    const key = JSON.stringify(numbers);
    if (key === told) return;
    told = key;
    host.tell(numbers);
  };
  const stops = [unread, outbox, list].flatMap((live) => live?.subscribe(tell) ?? []);
  tell();
  return () => {
    stops.forEach((stop) => stop());
    host.stop();
  };
}

/** S9: tells the host what tray, badge and the question before quitting show, of every account. */
export function useReports(
  bridge: Bridge,
  sessions: ReadonlyMap<AccountKey, Result<AccountSession>>,
  hasTray: boolean,
): void {
  useEffect(() => {
    const stops = [...sessions].flatMap(([accountKey, session]) =>
      session.ok ? [report({ bridge, accountKey, session: session.value, hasTray })] : [],
    );
    return () => stops.forEach((stop) => stop());
  }, [bridge, sessions, hasTray]);
}
