import type { CallInput } from "@parley/protocol/bridge/contract.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { useEffect, useMemo, useState } from "react";
import { useChatList } from "../cache/hooks.ts";
import { openChatIds, visiblePanes } from "../state/panes.ts";
import { createStateTeller } from "../state/state-teller.ts";
import { useScope, useUi } from "./context.ts";
import { useAttention } from "./use-now.ts";

const NOTHING_SEEN = { focused: false, visible: false, openChatIds: [], watchAccountIds: [] };

/** People of the newest direct chats, those on the screen first: whose presence is worth watching (S10). */
function useWatched(openIds: readonly string[]): readonly AccountId[] {
  const { session } = useScope();
  const rows = useChatList(session)?.rows;
  return useMemo(() => {
    const direct = (rows ?? []).filter((row) => row.peer !== null);
    const open = direct.filter((row) => openIds.includes(row.chatId));
    const ids = [...open, ...direct].flatMap((row) =>
      row.peer === null ? [] : [row.peer.accountId],
    );
    return [...new Set(ids)].slice(0, LIMITS.presenceWatches);
  }, [rows, openIds]);
}

/** Tells host and cache what this window shows: open chats first, alerts only for what is not in view. */
export function useViewReport(panesWidth: number): void {
  const { bridge, account, session } = useScope();
  const layout = useUi((state) => state.layout);
  const { focused, visible } = useAttention();
  const { accountKey } = account;

  const openKey = openChatIds({ ...layout, panes: visiblePanes(layout, panesWidth) }).join(" ");
  const open = useMemo(
    () =>
      layout.panes.flatMap((pane) =>
        pane.chatId !== null && openKey.includes(pane.chatId) ? [pane.chatId] : [],
      ),
    [layout, openKey],
  );
  const watched = useWatched(open);
  const watchedKey = [...watched].sort().join(" ");
  const [host] = useState(() =>
    createStateTeller((view: CallInput<"view:set">) => bridge.call("view:set", view)),
  );

  useEffect(() => {
    session.setOpenChats(open);
  }, [session, open]);

  useEffect(() => {
    host.tell({
      accountKey,
      focused,
      visible,
      openChatIds: [...open],
      watchAccountIds: watchedKey === "" ? [] : [...watched].sort(),
    });
    // The keys stand for the lists, so that only a change of their contents is told.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [host, accountKey, focused, visible, openKey, watchedKey]);

  // Another account, or a form, takes the screen: what is not seen any more has to alert again.
  useEffect(
    () => () => {
      session.setOpenChats([]);
      host.stop();
      // Said once: told again later, it could take the place of what the account shows by then.
      void bridge.call("view:set", { accountKey, ...NOTHING_SEEN });
    },
    [bridge, host, accountKey, session],
  );
}
