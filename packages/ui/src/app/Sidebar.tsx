import type { AccountId } from "@parley/protocol/ids.ts";
import { type ReactNode, type RefObject, useMemo } from "react";
import { useChatList, useTrouble } from "../cache/hooks.ts";
import { ChatListView } from "../features/chat-list/ChatListView.tsx";
import { errorText } from "../i18n/i18n.ts";
import { focusedPane, openChatIds } from "../state/panes.ts";
import { useLiveState, useScope, useUi } from "./context.ts";
import { useMinute } from "./use-now.ts";

export type SidebarProps = {
  slim: boolean;
  foot: ReactNode;
  searchRef: RefObject<HTMLInputElement | null>;
};

/** The chat list with everything it needs of the account. */
export function Sidebar({ slim, foot, searchRef }: SidebarProps) {
  const { session, region, keys } = useScope();
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
      online={online}
      openChatIds={openChatIds(ui.layout)}
      focusedChatId={focusedPane(ui.layout)?.chatId ?? null}
      nowMs={nowMs}
      region={region}
      paletteKeys={keys.palette}
      newChatKeys={keys.newChat}
      searchRef={searchRef}
      slim={slim}
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
