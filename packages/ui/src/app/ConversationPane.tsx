import type { ChatId } from "@parley/protocol/ids.ts";
import { Columns2, History, Info, X } from "lucide-react";
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useChat, useRoster } from "../cache/hooks.ts";
import type { ChatView, Roster } from "../cache/read-models.ts";
import type { ComposerHandle } from "../features/composer/ComposerView.tsx";
import { ConversationView } from "../features/conversation/ConversationView.tsx";
import { headerLine, typingLine } from "../features/conversation/presence-line.ts";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { messageRights } from "../features/timeline/message-rights.ts";
import { t } from "../i18n/i18n.ts";
import type { MenuAction } from "../kit/ActionMenu.tsx";
import { EmptyState } from "../kit/EmptyState.tsx";
import { SkeletonBubbles } from "../kit/Skeleton.tsx";
import { avatarOf, chatTitle, personName } from "../state/names.ts";
import type { MessageCommand } from "../state/keys.ts";
import type { Pane } from "../state/panes.ts";
import { chatLines } from "./chat-lines.tsx";
import { ChatComposer } from "./ChatComposer.tsx";
import { ChatOffers } from "./ChatOffers.tsx";
import { ChatTimeline, type ChatTimelineHandle } from "./ChatTimeline.tsx";
import { useLiveState, useScope, useUi } from "./context.ts";
import { LazyDeleteMessage, LazyMessageInfo } from "./lazy-parts.ts";
import { MessageMenu, type OpenMessageMenu } from "./MessageMenu.tsx";
import { useEdit } from "./use-edit.ts";
import { useGroupOnline } from "./use-group-online.ts";
import { useMessageActions, useNote } from "./use-message-actions.ts";
import { useMinute } from "./use-now.ts";
import { useReply } from "./use-reply.ts";
import { useWindowLines } from "./use-window-lines.tsx";

export type ConversationPaneProps = {
  pane: Pane;
  chatId: ChatId;
  focused: boolean;
  single: boolean;
  inView: boolean;
};

const EMPTY: readonly never[] = [];

function otherNames(roster: Roster | null | undefined): string[] {
  return (roster?.rows ?? []).filter((row) => !row.mine).map((row) => personName(row.person));
}

/** One pane with its chat, from loading to lost. */
export function ConversationPane(props: ConversationPaneProps) {
  const { session } = useScope();
  const chat = useChat(session, props.chatId);
  if (chat === undefined) {
    return (
      <div className="conversation" aria-busy="true">
        <header className="conversation-head" />
        <div className="timeline-fill" />
        <SkeletonBubbles count={6} label={t("common.loading")} />
      </div>
    );
  }
  if (chat === null) return <LostPane {...props} />;
  return <OpenPane {...props} chat={chat} key={chat.chatId} />;
}

function LostPane({ pane }: ConversationPaneProps) {
  const panes = useUi((state) => state.panes);
  return (
    <div className="pane-empty">
      <EmptyState small icon={<X size={20} />} title={t("chat.notFound")}>
        <button
          type="button"
          className="text-action"
          onClick={() => panes({ kind: "close", paneId: pane.paneId })}
        >
          {t("common.close")}
        </button>
      </EmptyState>
    </div>
  );
}

function useHeader(
  chat: ChatView,
  inView: boolean,
): { line: string; typing: string; online: boolean } {
  const { session, region, account } = useScope();
  const roster = useRoster(session, chat.chatId);
  const nowMs = useMinute();
  const typists = useLiveState((state) => state.typing.get(chat.chatId)) ?? EMPTY;
  const presence = useLiveState((state) =>
    chat.peer === null ? null : (state.presences.get(chat.peer.accountId) ?? null),
  );
  const onlineCount = useGroupOnline(chat, inView);
  const names = useMemo(() => otherNames(roster), [roster]);
  const typing = typists
    .filter((id) => id !== account.me.accountId)
    .map((id) => {
      if (id === chat.peer?.accountId) return personName(chat.peer);
      return personName(roster?.rows.find((row) => row.accountId === id)?.person);
    });
  const { kind, left, memberCount } = chat;
  if (chat.blocked) return { line: t("chat.blocked"), typing: "", online: false };
  return {
    line: headerLine(
      { kind, left, memberCount, otherNames: names, presence, onlineCount },
      nowMs,
      region,
    ),
    typing: typingLine(typing),
    online: presence?.online ?? false,
  };
}

function OpenPane({
  pane,
  chat,
  focused,
  single,
  inView,
}: ConversationPaneProps & { chat: ChatView }) {
  const { keys, session, ui, solo } = useScope();
  const { chatId } = chat;
  const title = chatTitle(chat);
  const header = useHeader(chat, inView);
  const paneCount = useUi((state) => state.layout.panes.length);
  const focusRequest = useUi((state) => state.focusRequest);
  const composer = useRef<ComposerHandle>(null);
  const timeline = useRef<ChatTimelineHandle>(null);
  const reply = useReply(chatId, composer);
  const [menu, setMenu] = useState<OpenMessageMenu | null>(null);
  const [info, setInfo] = useState<MessageItem | null>(null);
  const [deleting, setDeleting] = useState<MessageItem | null>(null);
  const { panes, showDetails, showList } = ui.getState();

  // Whoever asks for a chat wants to write there.
  const answered = useRef(-1);
  useEffect(() => {
    if (!focused || answered.current === focusRequest) return;
    answered.current = focusRequest;
    composer.current?.focus();
  }, [focused, focusRequest]);

  const [note, say] = useNote();
  const edit = useEdit(chatId, say);
  const told = useUi((state) => (state.told?.chatId === chatId ? state.told : null));
  useEffect(() => {
    if (told === null) return;
    say(told.text);
    ui.getState().tell(null);
  }, [told, say, ui]);
  const windowLines = useWindowLines(chatId, say);
  const shownActions = useMessageActions(chatId, setMenu, say);
  const replyTo = useCallback(
    ({ clientId }: MessageItem) => {
      edit.stop();
      reply.choose(clientId);
      composer.current?.focus();
    },
    [edit, reply],
  );
  const startEdit = useCallback(
    (item: MessageItem) => {
      // The closing menu gives the focus back, unless it is somewhere already.
      composer.current?.focus();
      edit.start(item);
    },
    [edit],
  );
  const messageActions = useMemo(
    () => ({
      ...shownActions,
      onKey: (item: MessageItem, command: MessageCommand) => {
        if (!messageRights(item, chat)[command]) say(t("message.notWithThis"));
        else if (command === "reply") replyTo(item);
        else if (command === "edit") startEdit(item);
        else setDeleting(item);
      },
    }),
    [shownActions, chat, say, replyTo, startEdit],
  );
  const editLast = useCallback(() => {
    const last = timeline.current?.lastOwn();
    if (last !== undefined && messageRights(last, chat).edit) edit.start(last);
  }, [edit, chat]);

  const split = useCallback(() => {
    panes({ kind: "split" });
    ui.getState().show({ kind: "palette" });
  }, [panes, ui]);

  const actions: MenuAction[] = [
    { label: t("chat.details"), icon: <Info size={16} />, onAction: () => showDetails(chatId) },
    {
      label: t("drafts.title"),
      icon: <History size={16} />,
      onAction: () => ui.getState().show({ kind: "drafts", chatId }),
    },
    ...(single || solo
      ? []
      : [
          {
            label: t("pane.openBeside"),
            icon: <Columns2 size={16} />,
            keys: keys.split,
            onAction: split,
          },
        ]),
    ...windowLines,
    "line",
    ...chatLines(chat, { session, ui, say }),
    "line",
    {
      label: t("pane.close"),
      icon: <X size={16} />,
      keys: keys.closePane,
      onAction: () => (solo ? window.close() : panes({ kind: "close", paneId: pane.paneId })),
    },
  ];

  return (
    <>
      <ConversationView
        paneId={pane.paneId}
        title={title}
        avatar={{ ...avatarOf(chat), online: header.online }}
        line={header.line}
        typing={header.typing}
        note={note}
        focused={focused && paneCount > 1}
        single={single}
        solo={solo}
        closable={paneCount > 1 && !single}
        splitKeys={keys.split}
        menu={actions}
        onBack={() => showList(true)}
        onSplit={split}
        onClose={() => panes({ kind: "close", paneId: pane.paneId })}
        onDetails={() => showDetails(chatId)}
        timeline={
          <ChatTimeline
            handle={timeline}
            chat={chat}
            inView={inView}
            actions={messageActions}
            onLeave={() => composer.current?.focus()}
          />
        }
        notice={<ChatOffers chat={chat} say={say} />}
        composer={
          <ChatComposer
            handle={composer}
            chat={chat}
            paneId={pane.paneId}
            reply={reply}
            edit={edit}
            onEditLast={editLast}
            say={say}
            onSent={() => timeline.current?.toNewest()}
          />
        }
      />
      <MessageMenu
        menu={menu}
        chat={chat}
        onClose={() => setMenu(null)}
        keys={keys.message}
        onReply={replyTo}
        onEdit={startEdit}
        onDelete={setDeleting}
        onInfo={setInfo}
        actions={messageActions}
      />
      {deleting !== null && (
        <Suspense fallback={null}>
          <LazyDeleteMessage chatId={chatId} item={deleting} onClose={() => setDeleting(null)} />
        </Suspense>
      )}
      {info !== null && (
        <Suspense fallback={null}>
          <LazyMessageInfo chatId={chatId} item={info} onClose={() => setInfo(null)} />
        </Suspense>
      )}
    </>
  );
}
