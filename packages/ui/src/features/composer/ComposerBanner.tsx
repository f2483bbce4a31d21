import { Pencil, X } from "lucide-react";
import { t } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/IconButton.tsx";

/** What the composer is about besides a new message. */
export type ComposerTask =
  | { kind: "reply"; name: string; text: string }
  | { kind: "edit"; text: string };

/** The line above the field: the message that is answered or edited, and the way out of it. */
export function ComposerBanner({ task, onCancel }: { task: ComposerTask; onCancel: () => void }) {
  const editing = task.kind === "edit";
  return (
    <div className="composer-reply">
      {editing && <Pencil size={16} aria-hidden="true" />}
      <div className="composer-reply-text">
        <b>{editing ? t("composer.editing") : t("composer.replyingTo", { name: task.name })}</b>
        <span className="ellipsis" dir="auto">
          {task.text}
        </span>
      </div>
      <IconButton
        label={editing ? t("composer.cancelEdit") : t("composer.cancelReply")}
        onClick={onCancel}
      >
        <X size={18} />
      </IconButton>
    </div>
  );
}
