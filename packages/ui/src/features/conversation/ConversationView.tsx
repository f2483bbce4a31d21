import "./conversation.css";
import { ArrowLeft, Columns2, EllipsisVertical, X } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { t } from "../../i18n/i18n.ts";
import { ActionMenu, type MenuAction } from "../../kit/ActionMenu.tsx";
import { Avatar } from "../../kit/Avatar.tsx";
import { IconButton } from "../../kit/IconButton.tsx";

export type ConversationViewProps = {
  ref?: Ref<HTMLElement>;
  paneId: string;
  title: string;
  avatar: { id: string; name: string; online: boolean };
  /** The line under the title. */
  line: string;
  /** "Mina is typing…"; empty for nobody. */
  typing: string;
  /** What an action on a message came to, shown for a moment in the same place; empty for nothing. */
  note: string;
  focused: boolean;
  /** The only one in view on a narrow screen: has a way back instead of a way to split. */
  single: boolean;
  closable: boolean;
  splitKeys: string;
  menu: readonly MenuAction[];
  onBack: () => void;
  onSplit: () => void;
  onClose: () => void;
  onDetails: () => void;
  timeline: ReactNode;
  /** What concerns the whole chat and waits for an answer; false for nothing. */
  notice?: ReactNode;
  composer: ReactNode;
};

/** One conversation: a region named by the chat's title, with header, messages and composer. */
export function ConversationView(props: ConversationViewProps) {
  const { title, focused, single } = props;
  return (
    <section
      ref={props.ref}
      className={focused && !single ? "conversation is-focused" : "conversation"}
      aria-label={title}
      data-pane-id={props.paneId}
    >
      <header className="conversation-head">
        {single && (
          <IconButton label={t("pane.back")} onClick={props.onBack}>
            <ArrowLeft size={20} />
          </IconButton>
        )}
        <button type="button" className="conversation-who" onClick={props.onDetails}>
          <Avatar {...props.avatar} size="m" />
          <span className="conversation-names">
            <bdi className="conversation-title ellipsis" role="heading" aria-level={single ? 1 : 2}>
              {title}
            </bdi>
            <span className="conversation-line ellipsis">{props.line}</span>
          </span>
        </button>
        <div className="conversation-tools">
          {!single && (
            <IconButton label={t("pane.openBeside")} keys={props.splitKeys} onClick={props.onSplit}>
              <Columns2 size={20} />
            </IconButton>
          )}
          <ActionMenu
            label={t("chat.menu")}
            trigger={
              <button type="button" className="icon-btn">
                <EllipsisVertical size={20} aria-hidden="true" />
              </button>
            }
            actions={props.menu}
          />
          {props.closable && (
            <IconButton label={t("pane.close")} onClick={props.onClose}>
              <X size={20} />
            </IconButton>
          )}
        </div>
      </header>
      {props.timeline}
      <div className="conversation-typing" aria-live="polite">
        {props.note !== "" && <span className="ellipsis">{props.note}</span>}
        {props.note === "" && props.typing !== "" && (
          <>
            <span className="conversation-dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <bdi className="ellipsis">{props.typing}</bdi>
          </>
        )}
      </div>
      {props.notice}
      {props.composer}
    </section>
  );
}
