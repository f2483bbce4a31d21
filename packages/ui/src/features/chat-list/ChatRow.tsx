import { BellOff, Pin } from "lucide-react";
import { memo, type MouseEvent, type ReactNode } from "react";
import type { ChatListRow, MessagePreview } from "../../cache/read-models.ts";
import { listTime, type Region } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import { Avatar } from "../../kit/Avatar.tsx";
import { Ticks } from "../../kit/Ticks.tsx";
import { avatarOf, chatTitle, personName, shortName } from "../../state/names.ts";
import { badgeText } from "./chat-list-rules.ts";

export type ChatRowProps = {
  row: ChatListRow;
  online: boolean;
  /** Shown in some pane; `focused` in the one that has the focus. */
  open: boolean;
  focused: boolean;
  tabStop: boolean;
  /** Start of the reader's day: rows redraw at midnight only. */
  nowMs: number;
  region: Region;
  onOpen: (row: ChatListRow, beside: boolean) => void;
  onMenu: (row: ChatListRow, event: MouseEvent<HTMLElement>) => void;
};

function previewText(last: MessagePreview): ReactNode {
  switch (last.content.kind) {
    case "text":
      return last.content.text;
    case "erased":
      return t("timeline.erased");
    case "unknown":
      return t("timeline.unknown");
  }
}

function Preview({ row }: { row: ChatListRow }) {
  if (row.draft !== null && row.draft.trim() !== "") {
    return (
      <>
        <span className="chat-row-draft">{t("chats.draft")}</span>
        <span className="ellipsis" dir="auto">
          {row.draft.slice(0, 160)}
        </span>
      </>
    );
  }
  const { last } = row;
  if (row.left) return <span className="ellipsis">{t("chats.left")}</span>;
  if (last === null) return <span className="ellipsis">{t("chats.noMessages")}</span>;
  return (
    <>
      {last.mine && row.lastState !== null && <Ticks state={row.lastState} />}
      {row.kind === "group" && !last.mine && (
        <bdi className="chat-row-sender">
          {t("chats.senderPreview", { name: shortName(personName(last.sender)) })}
        </bdi>
      )}
      <span className="ellipsis" dir="auto">
        {previewText(last)}
      </span>
    </>
  );
}

/** Pinned and muted, as icons; the words are read aloud. */
function Flags({ row }: { row: ChatListRow }) {
  return (
    <>
      {row.muted && (
        <span className="chat-row-flag">
          <BellOff size={15} aria-hidden="true" />
          <span className="vh">{`, ${t("chats.muted")}`}</span>
        </span>
      )}
      {row.pinned && (
        <span className="chat-row-flag">
          <Pin size={15} aria-hidden="true" />
          <span className="vh">{`, ${t("chats.pinned")}`}</span>
        </span>
      )}
    </>
  );
}

function Badges({ row }: { row: ChatListRow }) {
  if (row.unread === 0) return null;
  return (
    <span className={row.muted && row.mentions === 0 ? "badge is-quiet" : "badge"}>
      <span aria-hidden="true">
        {row.mentions > 0 && "@ "}
        {badgeText(row.unread)}
      </span>
      <span className="vh">
        {t("chats.unreadCount", { count: row.unread })}
        {row.mentions > 0 && `, ${t("chats.mentionCount", { count: row.mentions })}`}
      </span>
    </span>
  );
}

/** One chat of the list: an option whose name starts with the chat's title. */
export const ChatRow = memo(function ChatRow(props: ChatRowProps) {
  const { row, online, open, focused, tabStop, nowMs, region, onOpen, onMenu } = props;
  const title = chatTitle(row);
  const classes = [
    "chat-row",
    open && "is-open",
    focused && "is-focused",
    row.unread > 0 && "is-unread",
  ];
  return (
    <a
      role="option"
      href={`#/chat/${row.chatId}`}
      className={classes.filter(Boolean).join(" ")}
      aria-selected={focused}
      tabIndex={tabStop ? 0 : -1}
      data-chat-id={row.chatId}
      draggable={false}
      onClick={(event) => {
        event.preventDefault();
        onOpen(row, event.ctrlKey || event.metaKey);
      }}
      onAuxClick={(event) => {
        if (event.button !== 1) return;
        event.preventDefault();
        onOpen(row, true);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        onOpen(row, true);
      }}
      onContextMenu={(event) => onMenu(row, event)}
    >
      <Avatar {...avatarOf(row)} size="l" online={online} />
      <span className="chat-row-text">
        <span className="chat-row-line">
          <bdi className="chat-row-title ellipsis">{title}</bdi>
          {online && <span className="vh">{`, ${t("chats.online")}`}</span>}
          <time className="chat-row-time">
            {listTime(row.last?.atMs ?? row.activityAtMs, nowMs, region)}
          </time>
        </span>
        <span className="chat-row-line">
          <span className="chat-row-preview">
            <Preview row={row} />
          </span>
          <Flags row={row} />
          <Badges row={row} />
        </span>
      </span>
    </a>
  );
});
