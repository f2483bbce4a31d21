import "./chat-details.css";
import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { LogOut, UserPlus, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { ChatView, Roster, RosterRow } from "../../cache/read-models.ts";
import { number, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Avatar } from "../../kit/Avatar.tsx";
import { IconButton } from "../../kit/IconButton.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { SkeletonRows } from "../../kit/Skeleton.tsx";
import { avatarOf, chatTitle } from "../../state/names.ts";
import { groupRights, type MemberRights } from "./details-rules.ts";
import { MemberRow } from "./MemberRow.tsx";
import { RenameForm } from "./RenameForm.tsx";

export type MemberAction = keyof MemberRights | "message";

export type ChatDetailsViewProps = {
  chat: ChatView;
  roster: Roster | null | undefined;
  online: ReadonlySet<AccountId>;
  /** "online", "last seen …" of the other person of a direct chat. */
  presenceLine: string;
  /** Why the last action or the loading of members failed. */
  failure: { title: string; error: Failure; onRetry?: () => void } | null;
  /** V51, V52: how this chat alerts, and why it did or did not. */
  alerts: ReactNode;
  region: Region;
  /** S7: asks for the event once more that does not fit. */
  onFetchAgain: (seq: number) => void;
  onRename: (title: string) => Promise<boolean>;
  onAdd: () => void;
  onMember: (row: RosterRow, action: MemberAction) => void;
  onLeave: () => void;
  onClose: () => void;
};

function PersonFacts({ chat, presenceLine }: { chat: ChatView; presenceLine: string }) {
  if (chat.peer === null) return <p className="details-lead">{t("details.groupsHint")}</p>;
  return (
    <dl className="details-facts">
      <div>
        <dt>{t("details.handle")}</dt>
        <dd>
          <bdi>@{chat.peer.handle}</bdi>
        </dd>
      </div>
      {presenceLine !== "" && (
        <div>
          <dt>{t("details.presence")}</dt>
          <dd>{presenceLine}</dd>
        </div>
      )}
    </dl>
  );
}

function GroupFacts(props: ChatDetailsViewProps) {
  const { chat, roster, online } = props;
  const rights = groupRights(chat.myRole, chat.left);
  const loading = roster === undefined || roster === null || !roster.complete;
  return (
    <>
      <h3 className="details-section">{t("details.membersTitle", { count: chat.memberCount })}</h3>
      {rights.add && (
        <button type="button" className="details-action" onClick={props.onAdd}>
          <span className="details-mark" aria-hidden="true">
            <UserPlus size={18} />
          </span>
          {t("details.add")}
        </button>
      )}
      <ul
        className="details-members"
        aria-label={t("details.membersTitle", { count: chat.memberCount })}
      >
        {roster?.rows.map((row) => (
          <MemberRow
            key={row.accountId}
            row={row}
            myRole={chat.myRole}
            left={chat.left}
            online={online.has(row.accountId)}
            onAction={(action) => props.onMember(row, action)}
          />
        ))}
      </ul>
      {loading && props.failure === null && <SkeletonRows count={3} label={t("common.loading")} />}
      {rights.leave && (
        <button type="button" className="details-action is-danger" onClick={props.onLeave}>
          <span className="details-mark" aria-hidden="true">
            <LogOut size={18} />
          </span>
          {t("details.leave")}
        </button>
      )}
    </>
  );
}

/** S7: how much of the chat's history was checked here, and what does not fit. */
function HistoryFacts({
  chat,
  region,
  onFetchAgain,
}: Pick<ChatDetailsViewProps, "chat" | "region" | "onFetchAgain">) {
  const { verified, chainFault } = chat;
  const fault = chainFault === null ? "" : t(`fault.${chainFault.fault}`);
  return (
    <>
      <dl className="details-facts">
        <div>
          <dt>{t("details.history")}</dt>
          <dd>
            {verified === null
              ? t("details.notVerified")
              : t("details.verified", {
                  from: number(verified.from, region),
                  to: number(verified.to, region),
                })}
          </dd>
        </div>
      </dl>
      {chainFault !== null && (
        <Notice
          title={t("details.faultTitle", { seq: number(chainFault.seq, region) })}
          text={
            chainFault.more === 0
              ? fault
              : t("details.moreFaults", { text: fault, count: chainFault.more })
          }
          action={{
            label: t("details.fetchAgain"),
            onAction: () => onFetchAgain(chainFault.seq),
          }}
        />
      )}
    </>
  );
}

/** The drawer beside a conversation: who is in it, and what can be changed. */
export function ChatDetailsView(props: ChatDetailsViewProps) {
  const { chat, failure } = props;
  const title = chatTitle(chat);
  const close = useRef<HTMLDivElement>(null);
  useEffect(() => {
    close.current?.querySelector("button")?.focus();
  }, []);
  return (
    <>
      <header className="details-head" ref={close}>
        <h2 className="details-title">{t("details.title")}</h2>
        <IconButton label={t("common.close")} onClick={props.onClose}>
          <X size={20} />
        </IconButton>
      </header>
      <div className="details-body">
        <div className="details-who">
          <Avatar
            {...avatarOf(chat)}
            size="xl"
            online={chat.peer !== null && props.online.has(chat.peer.accountId)}
          />
          {chat.kind === "group" && groupRights(chat.myRole, chat.left).rename ? (
            <RenameForm title={title} onRename={props.onRename} />
          ) : (
            <bdi className="details-name">{title}</bdi>
          )}
        </div>
        {failure !== null && (
          <Notice
            title={failure.title}
            text={errorText(failure.error)}
            {...(failure.onRetry && {
              action: { label: t("common.retry"), onAction: failure.onRetry },
            })}
          />
        )}
        <HistoryFacts {...props} />
        {props.alerts}
        {chat.kind === "group" ? (
          <GroupFacts {...props} />
        ) : (
          <PersonFacts chat={chat} presenceLine={props.presenceLine} />
        )}
      </div>
    </>
  );
}
