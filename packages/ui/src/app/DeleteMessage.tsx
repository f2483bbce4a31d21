import type { ChatId } from "@parley/protocol/ids.ts";
import { useState } from "react";
import { usePeople } from "../cache/hooks.ts";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { errorText, t } from "../i18n/i18n.ts";
import { Confirm } from "../kit/Confirm.tsx";
import { personName } from "../state/names.ts";
import { useScope } from "./context.ts";

/** Asks before a message is deleted for everyone (S13). */
export function DeleteMessage({
  chatId,
  item,
  onClose,
}: {
  chatId: ChatId;
  item: MessageItem;
  onClose: () => void;
}) {
  const { session } = useScope();
  const people = usePeople(session, [item.senderId]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  async function confirm(): Promise<void> {
    setBusy(true);
    const result = await session.deleteForEveryone(chatId, item.clientId);
    setBusy(false);
    if (result.ok) onClose();
    else setError(errorText(result.error));
  }

  return (
    <Confirm
      open
      title={t("delete.title")}
      text={
        item.mine
          ? t("delete.text")
          : t("delete.textOther", { name: personName(people?.get(item.senderId)) })
      }
      action={t("message.delete")}
      danger
      busy={busy}
      {...(error !== undefined && { error })}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
