import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { CheckCheck, Columns2, MessageCircle } from "lucide-react";
import { type KeyboardEvent, useCallback, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import type { ChatListRow } from "../../cache/read-models.ts";
import type { Region } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import { type MenuAction, PointMenu } from "../../kit/ActionMenu.tsx";
import { chatTitle } from "../../state/names.ts";
import { ChatRow } from "./ChatRow.tsx";

export type ChatRowsProps = {
  rows: readonly ChatListRow[];
  online: ReadonlySet<AccountId>;
  openChatIds: readonly ChatId[];
  focusedChatId: ChatId | null;
  nowMs: number;
  region: Region;
  onOpen: (chatId: ChatId, beside: boolean) => void;
  onMarkRead: (row: ChatListRow) => void;
  /** What else the menu of a chat offers. */
  linesOf: (row: ChatListRow) => readonly MenuAction[];
};

type OpenMenu = { row: ChatListRow; at: { x: number; y: number }; from: HTMLElement };

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.altKey || !(event.target instanceof Element)) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".chat-row")];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** The chats themselves, drawn only as far as they are in view. */
export function ChatRows(props: ChatRowsProps) {
  const { rows, online, openChatIds, focusedChatId, nowMs, region, onOpen, onMarkRead } = props;
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const focusedAt = Math.max(
    0,
    rows.findIndex((row) => row.chatId === focusedChatId),
  );
  const open = useCallback(
    (row: ChatListRow, beside: boolean) => onOpen(row.chatId, beside),
    [onOpen],
  );
  const openMenu = useCallback(
    (
      row: ChatListRow,
      event: {
        preventDefault(): void;
        clientX: number;
        clientY: number;
        currentTarget: HTMLElement;
      },
    ) => {
      event.preventDefault();
      const box = event.currentTarget.getBoundingClientRect();
      // A context menu asked for by key has no useful point.
      const byKey = event.clientX === 0 && event.clientY === 0;
      const at = byKey
        ? { x: box.left + 24, y: box.bottom }
        : { x: event.clientX, y: event.clientY };
      setMenu({ row, at, from: event.currentTarget });
    },
    [],
  );

  const actions: MenuAction[] =
    menu === null
      ? []
      : [
          {
            label: t("chats.open"),
            icon: <MessageCircle size={16} />,
            onAction: () => onOpen(menu.row.chatId, false),
          },
          {
            label: t("chats.openBeside"),
            icon: <Columns2 size={16} />,
            onAction: () => onOpen(menu.row.chatId, true),
          },
          ...(menu.row.unread > 0
            ? [
                "line" as const,
                {
                  label: t("chats.markRead"),
                  icon: <CheckCheck size={16} />,
                  onAction: () => onMarkRead(menu.row),
                },
              ]
            : []),
          "line",
          ...props.linesOf(menu.row),
        ];

  return (
    <div
      className="chat-rows"
      role="listbox"
      aria-label={t("chats.nav")}
      ref={scroller}
      onKeyDown={moveFocus}
    >
      <Virtualizer data={rows} scrollRef={scroller} keepMounted={[focusedAt]} bufferSize={300}>
        {(row, index) => (
          <ChatRow
            key={row.chatId}
            row={row}
            online={row.peer !== null && online.has(row.peer.accountId)}
            open={openChatIds.includes(row.chatId)}
            focused={row.chatId === focusedChatId}
            tabStop={index === focusedAt}
            nowMs={nowMs}
            region={region}
            onOpen={open}
            onMenu={openMenu}
          />
        )}
      </Virtualizer>
      <PointMenu
        open={menu !== null}
        at={menu?.at ?? null}
        label={menu === null ? t("common.more") : chatTitle(menu.row)}
        actions={actions}
        returnTo={menu?.from ?? null}
        onClose={() => setMenu(null)}
      />
    </div>
  );
}
