import type { ClientId } from "@parley/protocol/ids.ts";
import { CircleX, Copy, Info, Reply, RotateCw } from "lucide-react";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { type MessageActions, textOf } from "../features/timeline/Message.tsx";
import { t } from "../i18n/i18n.ts";
import { type MenuAction, PointMenu } from "../kit/ActionMenu.tsx";

export type OpenMessageMenu = {
  item: MessageItem;
  at: { x: number; y: number } | Element;
  from: HTMLElement | null;
};

export type MessageMenuProps = {
  menu: OpenMessageMenu | null;
  canReply: boolean;
  onClose: () => void;
  onReply: (clientId: ClientId) => void;
  onInfo: (item: MessageItem) => void;
  actions: Pick<MessageActions, "onRetry" | "onDiscard" | "onCopy">;
};

/** What can be done with one message, as lines of a menu. */
export function MessageMenu({
  menu,
  canReply,
  onClose,
  onReply,
  onInfo,
  actions,
}: MessageMenuProps) {
  const lines: MenuAction[] = [];
  if (menu !== null) {
    const { item } = menu;
    const text = textOf(item);
    const failed = item.kind === "entry" && (item.state === "failed" || item.state === "offered");
    if (failed) {
      lines.push(
        {
          label: t("message.retry"),
          icon: <RotateCw size={16} />,
          onAction: () => actions.onRetry(item),
        },
        {
          label: t("message.discard"),
          icon: <CircleX size={16} />,
          danger: true,
          onAction: () => actions.onDiscard(item),
        },
        "line",
      );
    }
    if (canReply && !failed && text !== null && item.kind !== "lost") {
      lines.push({
        label: t("message.reply"),
        icon: <Reply size={16} />,
        onAction: () => onReply(item.clientId),
      });
    }
    if (text !== null) {
      lines.push({
        label: t("message.copy"),
        icon: <Copy size={16} />,
        onAction: () => actions.onCopy(item),
      });
    }
    lines.push({
      label: t("message.info"),
      icon: <Info size={16} />,
      onAction: () => onInfo(item),
    });
  }
  return (
    <PointMenu
      open={menu !== null}
      at={menu?.at ?? null}
      label={t("message.menu")}
      actions={lines}
      returnTo={menu?.from ?? null}
      onClose={onClose}
    />
  );
}
