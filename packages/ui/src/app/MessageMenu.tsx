import { CircleX, Copy, Info, Pencil, Reply, RotateCw, Trash2 } from "lucide-react";
import type { ChatView } from "../cache/read-models.ts";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import type { MessageActions } from "../features/timeline/Message.tsx";
import { messageRights } from "../features/timeline/message-rights.ts";
import { COMMON_EMOJI } from "../features/timeline/reaction-rules.ts";
import { t } from "../i18n/i18n.ts";
import { type MenuAction, PointMenu } from "../kit/ActionMenu.tsx";
import type { KeyNames } from "../state/keys.ts";

export type OpenMessageMenu = {
  item: MessageItem;
  at: { x: number; y: number } | Element;
  from: HTMLElement | null;
};

export type MessageMenuProps = {
  menu: OpenMessageMenu | null;
  chat: ChatView;
  onClose: () => void;
  onReply: (item: MessageItem) => void;
  onEdit: (item: MessageItem) => void;
  onDelete: (item: MessageItem) => void;
  onInfo: (item: MessageItem) => void;
  keys: KeyNames["message"];
  actions: Pick<MessageActions, "onRetry" | "onDiscard" | "onCopy" | "onReact">;
};

/** The six common emoji; an own reaction is ticked, and choosing it again takes it back. */
function emojiRow(item: MessageItem, onReact: MessageActions["onReact"]): MenuAction {
  return {
    label: t("reaction.all"),
    choices: COMMON_EMOJI.map((key) => {
      const mine = item.reactions.some((reaction) => reaction.key === key && reaction.mine);
      return {
        label: mine ? t("reaction.remove", { key }) : t("reaction.add", { key }),
        text: key,
        chosen: mine,
        onAction: () => onReact(item, { key, mine }),
      };
    }),
  };
}

function withKeys([first]: readonly string[]): { keys?: string } {
  return first === undefined ? {} : { keys: first };
}

function linesOf(item: MessageItem, props: MessageMenuProps): MenuAction[] {
  const { actions, keys } = props;
  const rights = messageRights(item, props.chat);
  const lines: (MenuAction | false)[] = [
    rights.react && emojiRow(item, actions.onReact),
    rights.resend && {
      label: t("message.retry"),
      icon: <RotateCw size={16} />,
      onAction: () => actions.onRetry(item),
    },
    rights.resend && {
      label: t("message.discard"),
      icon: <CircleX size={16} />,
      danger: true,
      onAction: () => actions.onDiscard(item),
    },
    rights.resend && "line",
    rights.reply && {
      label: t("message.reply"),
      icon: <Reply size={16} />,
      ...withKeys(keys.reply),
      onAction: () => props.onReply(item),
    },
    rights.edit && {
      label: t("message.edit"),
      icon: <Pencil size={16} />,
      ...withKeys(keys.edit),
      onAction: () => props.onEdit(item),
    },
    rights.copy && {
      label: t("message.copy"),
      icon: <Copy size={16} />,
      onAction: () => actions.onCopy(item),
    },
    rights.remove && {
      label: t("message.delete"),
      icon: <Trash2 size={16} />,
      danger: true,
      ...withKeys(keys.remove),
      onAction: () => props.onDelete(item),
    },
    {
      label: t("message.info"),
      icon: <Info size={16} />,
      onAction: () => props.onInfo(item),
    },
  ];
  return lines.filter((line) => line !== false);
}

/** What can be done with one message, as lines of a menu. */
export function MessageMenu(props: MessageMenuProps) {
  const { menu, onClose } = props;
  return (
    <PointMenu
      open={menu !== null}
      at={menu?.at ?? null}
      label={t("message.menu")}
      actions={menu === null ? [] : linesOf(menu.item, props)}
      returnTo={menu?.from ?? null}
      onClose={onClose}
    />
  );
}
