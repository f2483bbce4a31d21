import { Archive, ArrowLeft, Plus } from "lucide-react";
import type { ChatListRow } from "../../cache/read-models.ts";
import { t } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/IconButton.tsx";
import type { ChatListViewProps } from "./ChatListView.tsx";
import { badgeText } from "./chat-list-rules.ts";

/** The way to the archive, at the top of the list: how many chats lie there, and what is new in them. */
export function ArchiveEntry({
  rows,
  slim,
  onArchive,
}: {
  rows: readonly ChatListRow[];
  slim: boolean;
  onArchive: (archive: boolean) => void;
}) {
  const unread = rows.filter((row) => row.unread > 0).length;
  const entry = t("archive.entry", { count: rows.length });
  return (
    <button
      type="button"
      className="chat-archive"
      aria-label={unread > 0 ? t("archive.entryUnread", { entry, unread }) : entry}
      onClick={() => onArchive(true)}
    >
      <span className="chat-archive-mark" aria-hidden="true">
        <Archive size={18} />
      </span>
      {!slim && <span className="chat-archive-name">{t("archive.title")}</span>}
      {!slim && unread > 0 && (
        <span className="chat-archive-count" aria-hidden="true">
          {badgeText(unread)}
        </span>
      )}
    </button>
  );
}

/** The heading of the list or of the archive, and what goes with it. */
export function ListTop(
  props: Pick<ChatListViewProps, "archive" | "newChatKeys" | "onArchive" | "onNewChat">,
) {
  if (props.archive) {
    return (
      <div className="chat-list-top is-archive">
        <IconButton label={t("archive.back")} onClick={() => props.onArchive(false)}>
          <ArrowLeft size={20} />
        </IconButton>
        <h1 className="chat-list-title">{t("archive.title")}</h1>
      </div>
    );
  }
  return (
    <div className="chat-list-top">
      <h1 className="chat-list-title">{t("chats.nav")}</h1>
      <IconButton label={t("chats.new")} keys={props.newChatKeys} onClick={props.onNewChat}>
        <Plus size={20} />
      </IconButton>
    </div>
  );
}
