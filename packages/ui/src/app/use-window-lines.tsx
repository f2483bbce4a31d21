import type { ChatId } from "@parley/protocol/ids.ts";
import { ExternalLink, Pin, PinOff } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import type { MenuLine } from "../kit/ActionMenu.tsx";
import { useScope } from "./context.ts";
import { popOut } from "./pop-out.ts";
import { useWindowState } from "./use-window-state.ts";

/** What a chat's menu offers for windows: pop out, or in a window of its own keep it on top. */
export function useWindowLines(chatId: ChatId, say: (note: string) => void): MenuLine[] {
  const scope = useScope();
  const [view, configure] = useWindowState(scope.solo);
  if (!scope.solo) {
    return [
      {
        label: t("pane.popOut"),
        icon: <ExternalLink size={16} />,
        keys: scope.keys.popOut,
        onAction: () =>
          void popOut(scope, chatId).then((problem) => problem !== "" && say(problem)),
      },
    ];
  }
  if (view === null) return [];
  const alwaysOnTop = !view.alwaysOnTop;
  return [
    {
      label: alwaysOnTop ? t("pane.onTop") : t("pane.notOnTop"),
      icon: alwaysOnTop ? <Pin size={16} /> : <PinOff size={16} />,
      onAction: () => configure({ alwaysOnTop }),
    },
  ];
}
