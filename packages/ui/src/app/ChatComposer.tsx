import { LIMITS } from "@parley/protocol/limits.ts";
import { type Ref, useCallback, useEffect, useRef } from "react";
import { useDraft } from "../cache/hooks.ts";
import type { ChatView } from "../cache/read-models.ts";
import { type ComposerHandle, ComposerView } from "../features/composer/ComposerView.tsx";
import { t } from "../i18n/i18n.ts";
import { chatTitle } from "../state/names.ts";
import { needsSendCheck } from "../state/send-guard.ts";
import { useScope } from "./context.ts";
import type { Reply } from "./use-reply.ts";

export type ChatComposerProps = {
  handle: Ref<ComposerHandle>;
  chat: ChatView;
  paneId: string;
  reply: Reply;
  onSent: () => void;
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

/** The composer of one chat: its draft, its typing signal, its guard. */
export function ChatComposer({ handle, chat, paneId, reply, onSent }: ChatComposerProps) {
  const { session, region, places, ui } = useScope();
  const { chatId } = chat;
  const draft = useDraft(session, chatId);
  const say = useTypingSignal(chatId);
  const replyTo = reply.clientId;

  useEffect(() => {
    const flush = (): void => void session.flushDrafts();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [session]);

  if (chat.left) return <p className="composer-readonly">{t("chat.leftNote")}</p>;
  return (
    <ComposerView
      handle={handle}
      title={chatTitle(chat)}
      draft={draft === undefined ? undefined : (draft?.text ?? "")}
      caret={places.get(chatId).caret}
      replyingTo={reply.target}
      region={region}
      needsCheck={() => needsSendCheck(ui.getState().focusMove, paneId, Date.now())}
      onText={(text) => {
        session.saveDraft(chatId, text, replyTo);
        say(text !== "");
      }}
      onCaret={(caret) => places.set(chatId, { caret })}
      onBlur={() => {
        say(false);
        void session.flushDrafts();
      }}
      onCancelReply={() => reply.choose(null)}
      onSend={async (text) => {
        say(false);
        const result = await session.sendText(chatId, {
          text,
          ...(replyTo !== null && { replyTo }),
        });
        if (result.ok) {
          reply.sent();
          onSent();
        }
        return result;
      }}
    />
  );
}
