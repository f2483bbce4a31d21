import type { Result } from "@parley/protocol/errors.ts";
import { Archive, ArchiveRestore, Ban, Bell, BellOff, Pin, PinOff } from "lucide-react";
import type { ReactNode } from "react";
import type { AccountSession } from "../cache/account-session.ts";
import type { ChatListRow, ChatView } from "../cache/read-models.ts";
import { errorText, t } from "../i18n/i18n.ts";
import type { MenuAction } from "../kit/ActionMenu.tsx";
import { MUTE_MS } from "../state/mute-lengths.ts";
import type { UiStore } from "../state/ui-store.ts";

type Flagged = Pick<
  ChatListRow & ChatView,
  "chatId" | "kind" | "peer" | "muted" | "pinned" | "archived" | "blocked"
>;

export type ChatLinesDeps = {
  session: AccountSession;
  ui: UiStore;
  /** Told in words why something did not work. */
  say: (note: string) => void;
};

/** What can be set for a chat, the same in its own menu and in that of its row in the list. */
export function chatLines(chat: Flagged, { session, ui, say }: ChatLinesDeps): MenuAction[] {
  const { chatId, peer } = chat;
  const run = (work: Promise<Result<void>>): void =>
    void work.then((result) => {
      if (!result.ok) say(errorText(result.error));
    });
  const line = (label: string, icon: ReactNode, work: () => Promise<Result<void>>) => ({
    label,
    icon,
    onAction: () => run(work()),
  });
  const muteFor = (label: string, forMs: number | null) => ({
    label,
    onAction: () => run(session.muteChat(chatId, forMs)),
  });
  return [
    chat.muted
      ? line(t("chat.unmute"), <Bell size={16} />, () => session.unmuteChat(chatId))
      : {
          label: t("chat.mute"),
          icon: <BellOff size={16} />,
          lines: [
            muteFor(t("chat.muteHour"), MUTE_MS.hour),
            muteFor(t("chat.muteHours"), MUTE_MS.eightHours),
            muteFor(t("chat.muteAlways"), null),
          ],
        },
    chat.pinned
      ? line(t("chat.unpin"), <PinOff size={16} />, () => session.unpinChat(chatId))
      : line(t("chat.pin"), <Pin size={16} />, () => session.pinChat(chatId)),
    chat.archived
      ? line(t("chat.unarchive"), <ArchiveRestore size={16} />, () => session.unarchiveChat(chatId))
      : line(t("chat.archive"), <Archive size={16} />, () => session.archiveChat(chatId)),
    ...(chat.kind === "direct" && peer !== null
      ? [
          chat.blocked
            ? line(t("chat.unblock"), <Ban size={16} />, () =>
                session.unblockAccount(peer.accountId),
              )
            : {
                label: t("chat.block"),
                icon: <Ban size={16} />,
                danger: true,
                onAction: () => ui.getState().show({ kind: "block", person: peer }),
              },
        ]
      : []),
  ];
}
