import "./chat-list.css";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { Archive, MessageCircle, Search, SearchX } from "lucide-react";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import type { ChatList, ChatListRow } from "../../cache/read-models.ts";
import type { Region } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import type { MenuAction } from "../../kit/ActionMenu.tsx";
import { Button } from "../../kit/Button.tsx";
import { EmptyState } from "../../kit/EmptyState.tsx";
import { IconButton } from "../../kit/IconButton.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { SearchField } from "../../kit/SearchField.tsx";
import { SkeletonRows } from "../../kit/Skeleton.tsx";
import { ArchiveEntry, ListTop } from "./ChatListTop.tsx";
import { ChatRows } from "./ChatRows.tsx";
import { type ChatFilter, filterCounts, filterRows, rowsOf } from "./chat-list-rules.ts";

export type ChatListViewProps = {
  /** Undefined while it is read. */
  list: ChatList | undefined;
  /** Why it could not be read. */
  failed?: string | undefined;
  /** The server cannot be reached now. */
  offline: boolean;
  filter: ChatFilter;
  query: string;
  /** Whether the archived chats are shown instead of the others. */
  archive: boolean;
  /** What an action on a chat came to, for a moment. */
  note: string;
  online: ReadonlySet<AccountId>;
  openChatIds: readonly ChatId[];
  focusedChatId: ChatId | null;
  nowMs: number;
  region: Region;
  /** The keys that open the palette, e.g. "Ctrl K". */
  paletteKeys: string;
  newChatKeys: string;
  searchRef?: RefObject<HTMLInputElement | null>;
  /** Avatars only: the window is narrow. */
  slim: boolean;
  /** What holds for the whole app and is good to know here. */
  notice?: ReactNode;
  /** The connection line. */
  foot?: ReactNode;
  onFilter: (filter: ChatFilter) => void;
  onQuery: (query: string) => void;
  onOpen: (chatId: ChatId, beside: boolean) => void;
  onMarkRead: (row: ChatListRow) => void;
  /** What else the menu of a chat offers. */
  linesOf: (row: ChatListRow) => readonly MenuAction[];
  onArchive: (archive: boolean) => void;
  onNewChat: () => void;
  onPalette: () => void;
};

const FILTERS: readonly ChatFilter[] = ["all", "unread", "groups", "mentions"];

function filterLabel(filter: ChatFilter, counts: { unread: number; mentions: number }): string {
  switch (filter) {
    case "all":
      return t("chats.all");
    case "unread":
      return counts.unread > 0
        ? t("chats.unreadSome", { count: counts.unread })
        : t("chats.unread");
    case "groups":
      return t("chats.groups");
    case "mentions":
      return counts.mentions > 0
        ? t("chats.mentionsSome", { count: counts.mentions })
        : t("chats.mentions");
  }
}

function Nothing({
  filter,
  query,
  list,
  offline,
  archive,
  onNewChat,
}: Pick<ChatListViewProps, "filter" | "query" | "list" | "offline" | "archive" | "onNewChat">) {
  if (query.trim() !== "") {
    return (
      <EmptyState
        small
        icon={<SearchX size={20} />}
        title={t("chats.noneFound")}
        hint={t("chats.noneFoundHint", { query: query.trim() })}
      />
    );
  }
  if (archive) {
    return (
      <EmptyState
        small
        icon={<Archive size={20} />}
        title={t("archive.none")}
        hint={t("archive.noneHint")}
      />
    );
  }
  const icon = <MessageCircle size={20} />;
  if (filter === "unread") {
    return (
      <EmptyState
        small
        icon={icon}
        title={t("chats.noneUnread")}
        hint={t("chats.noneUnreadHint")}
      />
    );
  }
  if (filter === "groups") {
    return (
      <EmptyState
        small
        icon={icon}
        title={t("chats.noneGroups")}
        hint={t("chats.noneGroupsHint")}
      />
    );
  }
  if (filter === "mentions") {
    return (
      <EmptyState
        small
        icon={icon}
        title={t("chats.noneMentions")}
        hint={t("chats.noneMentionsHint")}
      />
    );
  }
  if (list?.complete !== true && offline) {
    return (
      <EmptyState small icon={icon} title={t("chats.notSynced")} hint={t("chats.notSyncedHint")} />
    );
  }
  return (
    <EmptyState small icon={icon} title={t("chats.none")} hint={t("chats.noneHint")}>
      <Button onClick={onNewChat}>{t("chats.new")}</Button>
    </EmptyState>
  );
}

type SearchProps = Pick<
  ChatListViewProps,
  "query" | "searchRef" | "paletteKeys" | "onQuery" | "onOpen" | "onPalette"
> & {
  /** The first chat that the query finds. */
  first: ChatId | undefined;
  focusRows: () => void;
};

function ListSearch({
  query,
  searchRef,
  paletteKeys,
  onQuery,
  onOpen,
  onPalette,
  first,
  focusRows,
}: SearchProps) {
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape" && query !== "") {
      event.stopPropagation();
      onQuery("");
    } else if (event.key === "ArrowDown") {
      focusRows();
    } else if (event.key === "Enter" && first !== undefined && query.trim() !== "") {
      onOpen(first, event.ctrlKey || event.metaKey);
      onQuery("");
    } else {
      return;
    }
    event.preventDefault();
  }
  return (
    <SearchField
      className="chat-list-search"
      label={t("chats.search")}
      placeholder={t("chats.searchHint")}
      value={query}
      {...(searchRef && { ref: searchRef })}
      onChange={(event) => onQuery(event.target.value)}
      onKeyDown={onKeyDown}
      after={
        <button
          type="button"
          className="kbd chat-list-keys"
          tabIndex={-1}
          aria-hidden="true"
          onClick={onPalette}
        >
          {paletteKeys}
        </button>
      }
    />
  );
}

function FilterChips({
  filter,
  counts,
  onFilter,
}: {
  filter: ChatFilter;
  counts: { unread: number; mentions: number };
  onFilter: (filter: ChatFilter) => void;
}) {
  const chips = FILTERS.filter(
    (chip) => chip !== "mentions" || counts.mentions > 0 || filter === "mentions",
  );
  return (
    <div className="chips" role="group" aria-label={t("chats.filter")}>
      {chips.map((chip) => (
        <button
          key={chip}
          type="button"
          className="chip"
          aria-pressed={chip === filter}
          onClick={() => onFilter(chip)}
        >
          {filterLabel(chip, counts)}
        </button>
      ))}
    </div>
  );
}

/**
 * The button that opened or closed the archive goes with what it stood in: the way back, or the
 * first thing that is there again, takes the focus instead of nothing.
 */
function useFocusOnTurn(nav: RefObject<HTMLElement | null>, archive: boolean): void {
  const was = useRef(archive);
  useLayoutEffect(() => {
    if (was.current === archive) return;
    was.current = archive;
    if (document.activeElement !== document.body) return;
    const next = archive ? ".is-archive button" : ".chat-archive, .chat-row";
    nav.current?.querySelector<HTMLElement>(next)?.focus();
  }, [nav, archive]);
}

/** The column of chats: search, filters, the list in all its states, and the connection line. */
export function ChatListView(props: ChatListViewProps) {
  const { list, filter, query, slim, offline, archive, onArchive } = props;
  const nav = useRef<HTMLElement>(null);
  useFocusOnTurn(nav, archive);
  const rows = list?.rows;
  const shown = useMemo(
    () => (rows === undefined ? [] : filterRows(rows, filter, query, archive)),
    [rows, filter, query, archive],
  );
  const counts = useMemo(() => filterCounts(rowsOf(rows ?? [], false)), [rows]);
  const archived = useMemo(() => (rows ?? []).filter((row) => row.archived), [rows]);
  const entry = !archive && archived.length > 0 && query.trim() === "" && filter === "all";
  // Until the first catch-up an empty list only means that nothing has arrived.
  const loading = list === undefined || (list.rows.length === 0 && !list.complete && !offline);

  return (
    <nav
      className={slim ? "chat-list is-slim" : "chat-list"}
      aria-label={t("chats.nav")}
      ref={nav}
      onKeyDown={(event) => {
        if (event.key === "Escape" && archive && !event.defaultPrevented) onArchive(false);
      }}
    >
      <header className="chat-list-head">
        <ListTop {...props} />
        {slim ? (
          <IconButton label={t("chats.search")} keys={props.paletteKeys} onClick={props.onPalette}>
            <Search size={20} />
          </IconButton>
        ) : (
          <>
            <ListSearch
              {...props}
              first={shown[0]?.chatId}
              focusRows={() => nav.current?.querySelector<HTMLElement>(".chat-row")?.focus()}
            />
            {!archive && <FilterChips filter={filter} counts={counts} onFilter={props.onFilter} />}
          </>
        )}
      </header>
      {props.notice}
      {props.failed !== undefined && (
        <div className="chat-list-notice">
          <Notice title={t("chats.loadFailed")} text={props.failed} />
        </div>
      )}
      {entry && <ArchiveEntry rows={archived} slim={slim} onArchive={onArchive} />}
      {loading && <SkeletonRows count={6} label={t("common.loading")} />}
      {!loading && shown.length === 0 && (
        <div className="chat-list-empty">
          <Nothing
            filter={filter}
            query={query}
            list={list}
            offline={offline}
            archive={archive}
            onNewChat={props.onNewChat}
          />
        </div>
      )}
      {shown.length > 0 && (
        <ChatRows
          rows={shown}
          online={props.online}
          openChatIds={props.openChatIds}
          focusedChatId={props.focusedChatId}
          nowMs={props.nowMs}
          region={props.region}
          onOpen={props.onOpen}
          onMarkRead={props.onMarkRead}
          linesOf={props.linesOf}
        />
      )}
      <p className="chat-list-note" role="status">
        {props.note}
      </p>
      {props.foot}
    </nav>
  );
}
