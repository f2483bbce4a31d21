import type { AccountId } from "@parley/protocol/ids.ts";
import { type ReactNode, type RefObject, useCallback, useMemo } from "react";
import { useChatList, useTrouble } from "../cache/hooks.ts";
import type { ChatListRow } from "../cache/read-models.ts";
import { ChatListView } from "../features/chat-list/ChatListView.tsx";
import { errorText } from "../i18n/i18n.ts";
import { focusedPane, openChatIds } from "../state/panes.ts";
import { useLiveState, useScope, useUi } from "./context.ts";
import { AlertsOff } from "./AlertsOff.tsx";
import { chatLines } from "./chat-lines.tsx";
import { useNote } from "./use-message-actions.ts";
import { useMinute } from "./use-now.ts";

export type SidebarProps = {
  slim: boolean;
  foot: ReactNode;
  searchRef: RefObject<HTMLInputElement | null>;
};

/** The chat list with everything it needs of the account. */
export function Sidebar({ slim, foot, searchRef }: SidebarProps) {
  const { session, region, keys, ui: store } = useScope();
  const [note, say] = useNote();
  const linesOf = useCallback(
    (row: ChatListRow) => chatLines(row, { session, ui: store, say }),
    [session, store, say],
  );
  const list = useChatList(session);
  const trouble = useTrouble(session);
  const ui = useUi((state) => state);
  const nowMs = useMinute();
  const presences = useLiveState((state) => state.presences);
  const phase = useLiveState((state) => state.connection?.state);
  const online = useMemo(
    () =>
      new Set<AccountId>(
        [...presences.values()].filter((each) => each.online).map((each) => each.accountId),
      ),
    [presences],
  );
  return (
    <ChatListView
      list={list}
      failed={trouble ? errorText(trouble) : undefined}
      offline={phase === "offline" || phase === "refused"}
      filter={ui.filter}
      query={ui.query}
      archive={ui.archive}
      note={note}
      linesOf={linesOf}
      onArchive={ui.showArchive}
      online={online}
      openChatIds={openChatIds(ui.layout)}
      focusedChatId={focusedPane(ui.layout)?.chatId ?? null}
      nowMs={nowMs}
      region={region}
      paletteKeys={keys.palette}
      newChatKeys={keys.newChat}
      searchRef={searchRef}
      slim={slim}
      notice={<AlertsOff slim={slim} />}
      foot={foot}
      onFilter={ui.setFilter}
      onQuery={ui.setQuery}
      onOpen={ui.openChat}
      onMarkRead={(row) => {
        const seq = row.last?.seq ?? null;
        if (seq !== null) void session.markRead(row.chatId, seq);
      }}
      onNewChat={() => ui.show({ kind: "new-chat" })}
      onPalette={() => ui.show({ kind: "palette" })}
    />
  );
}
