import { LIMITS } from "@parley/protocol/limits.ts";
import {
  type Ref,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useStore } from "zustand";
import { useDraft, useRoster } from "../cache/hooks.ts";
import type { ChatView } from "../cache/read-models.ts";
import { type ComposerHandle, ComposerView } from "../features/composer/ComposerView.tsx";
import type { Mentionable } from "../features/composer/mention-rules.ts";
import { errorText, t } from "../i18n/i18n.ts";
import { chatTitle } from "../state/names.ts";
import { needsSendCheck } from "../state/send-guard.ts";
import { useScope } from "./context.ts";
import { EditComposer } from "./EditComposer.tsx";
import type { Edit } from "./use-edit.ts";
import type { Reply } from "./use-reply.ts";

export type ChatComposerProps = {
  handle: Ref<ComposerHandle>;
  chat: ChatView;
  paneId: string;
  reply: Reply;
  edit: Edit;
  onSent: () => void;
  onEditLast: () => void;
  say: (note: string) => void;
};

/** Says that one is writing, at most every few seconds, and that one stopped (S10). */
function useTypingSignal(chatId: ChatView["chatId"]): (writing: boolean) => void {
  const { bridge, account } = useScope();
  const lastMs = useRef(0);
  const say = useCallback(
    (writing: boolean) => {
      if (!writing && lastMs.current === 0) return;
      const nowMs = Date.now();
      if (writing && nowMs - lastMs.current < LIMITS.typingRepeatMs) return;
      lastMs.current = writing ? nowMs : 0;
      // Droppable by its nature: a lost signal is followed by the next.
      void bridge.call("typing:set", { accountKey: account.accountKey, chatId, typing: writing });
    },
    [bridge, account.accountKey, chatId],
  );
  useEffect(() => () => say(false), [say]);
  return say;
}

/** Who can be mentioned: the others of a group. Those of a large one are fetched when they are wanted. */
function useMentionable(chat: ChatView): {
  people: readonly Mentionable[] | null;
  fetch: () => void;
} {
  const { session } = useScope();
  const { chatId, kind } = chat;
  const roster = useRoster(session, chatId);
  const people = useMemo(() => {
    if (kind !== "group") return null;
    return (roster?.rows ?? []).flatMap(({ mine, accountId, person }) =>
      mine || person === null ? [] : [{ accountId, name: person.name }],
    );
  }, [kind, roster]);
  const asked = useRef(false);
  const complete = roster?.complete;
  const fetch = useCallback(() => {
    if (complete !== false || asked.current) return;
    asked.current = true;
    // Without the others the list offers whom this device knows.
    void session.loadMembers(chatId).then((result) => {
      asked.current = result.ok;
    });
  }, [session, chatId, complete]);
  return { people, fetch };
}

/** V33: nobody writes to somebody whom they blocked; the way back stands beside it. */
function BlockedNote({ chat }: { chat: ChatView }) {
  const { session } = useScope();
  const [failed, setFailed] = useState("");
  const { peer } = chat;
  if (peer === null) return null;
  return (
    <p className="composer-readonly">
      <bdi>{t("chat.blockedNote", { name: peer.name })}</bdi>{" "}
      <button
        type="button"
        className="text-action"
        onClick={() => {
          void session.unblockAccount(peer.accountId).then((result) => {
            if (!result.ok) setFailed(errorText(result.error));
          });
        }}
      >
        {t("chat.unblock")}
      </button>
      {failed !== "" && <span role="alert"> {failed}</span>}
    </p>
  );
}

/** The composer of one chat: its draft or the message it edits, its typing signal, its guard. */
export function ChatComposer(props: ChatComposerProps) {
  const { handle, chat, paneId, reply, edit, onSent } = props;
  const { session, region, places, ui, look } = useScope();
  const { enterSends, asksAfterMove } = useStore(look, (state) => state.preferences);
  const { chatId } = chat;
  const draft = useDraft(session, chatId);
  const say = useTypingSignal(chatId);
  const { people, fetch } = useMentionable(chat);
  const replyTo = reply.clientId;
  /** As far as known in this turn: what is typed while a reply leaves is none any more. */
  const answers = useRef(replyTo);
  useLayoutEffect(() => {
    answers.current = replyTo;
  }, [replyTo]);
  // After an edit the caret goes back to where one writes.
  const edited = useRef(false);

  useEffect(() => {
    const flush = (): void => void session.flushDrafts();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [session]);
  const { target } = edit;
  useEffect(() => {
    if (target === null) return;
    edited.current = true;
    void session.flushDrafts();
  }, [target, session]);

  if (chat.lost) return <p className="composer-readonly">{t("chat.lostNote")}</p>;
  if (chat.left) return <p className="composer-readonly">{t("chat.leftNote")}</p>;
  if (chat.blocked) return <BlockedNote chat={chat} />;
  const common = {
    handle,
    title: chatTitle(chat),
    people,
    region,
    onMention: fetch,
    enterSends,
    needsCheck: () => asksAfterMove && needsSendCheck(ui.getState().focusMove, paneId, Date.now()),
  };
  if (target !== null) {
    return (
      <EditComposer
        {...common}
        key={target.clientId}
        chat={chat}
        target={target}
        edit={edit}
        say={props.say}
      />
    );
  }
  return (
    <ComposerView
      {...common}
      key="draft"
      draft={draft === undefined ? undefined : (draft?.text ?? "")}
      draftTaken={draft?.takenRev ?? 0}
      caret={places.get(chatId).caret}
      task={reply.target === null ? null : { kind: "reply", ...reply.target }}
      focusFirst={edited.current}
      onText={(text) => {
        session.saveDraft(chatId, text, answers.current);
        say(text !== "");
      }}
      onCaret={(caret) => places.set(chatId, { caret })}
      onBlur={() => {
        say(false);
        void session.flushDrafts();
      }}
      onCancelTask={() => reply.choose(null)}
      onEditLast={props.onEditLast}
      onSend={async (text, spans) => {
        say(false);
        const result = await session.sendText(chatId, {
          text,
          spans,
          ...(replyTo !== null && { replyTo }),
        });
        if (result.ok) {
          answers.current = null;
          reply.sent();
          onSent();
        }
        return result;
      }}
    />
  );
}
