import type { Result } from "@parley/protocol/errors.ts";
import type { ChatView } from "../cache/read-models.ts";
import { AlertDecisions } from "../features/chat-details/AlertDecisions.tsx";
import { ChatAlertsForm } from "../features/chat-details/ChatAlertsForm.tsx";
import { moment } from "../i18n/format.ts";
import { useScope } from "./context.ts";

type Props = {
  chat: ChatView;
  nowMs: number;
  /** Says why it failed, where it fails. */
  attempt: (work: Promise<Result<unknown>>) => Promise<boolean>;
};

/** V51, V52: how a chat alerts, and why it did or did not. */
export function ChatAlertsPart({ chat, nowMs, attempt }: Props) {
  const { bridge, account, region, ui, session, platform } = useScope();
  const { accountKey } = account;
  const { chatId, alertSound, alertPreview } = chat;
  return (
    <>
      <ChatAlertsForm
        alerts={{ alertSound, alertPreview }}
        system={platform.shell === "web" ? "browser" : platform.os}
        muted={chat.muted}
        mutedUntil={chat.mutedUntilMs === null ? "" : moment(chat.mutedUntilMs, nowMs, region)}
        onMute={(forMs) =>
          void attempt(
            forMs === null
              ? session.unmuteChat(chatId)
              : session.muteChat(chatId, forMs === "always" ? null : forMs),
          )
        }
        onChange={(alerts) => void attempt(session.setChatAlerts(chatId, alerts))}
      />
      <AlertDecisions
        nowMs={nowMs}
        region={region}
        load={() => bridge.call("alerts:decisions", { accountKey, chatId })}
        onMessage={({ clientId }) => ui.getState().showMessage(chatId, clientId)}
      />
    </>
  );
}
