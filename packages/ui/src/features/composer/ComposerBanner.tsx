import { Pencil, X } from "lucide-react";
import { t } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/IconButton.tsx";

/** What became of a message since its edit began: another text, or it was deleted. */
export type EditStanding = { kind: "same" } | { kind: "changed"; text: string } | { kind: "gone" };

/** What the composer is about besides a new message. */
export type ComposerTask =
  | { kind: "reply"; name: string; text: string }
  | {
      kind: "edit";
      /** The message's text when the edit began. */
      text: string;
      standing: EditStanding;
      /** What was typed becomes the draft of the chat. */
      onToDraft: () => void;
      onCopy: () => void;
    };

function wordsOf(task: ComposerTask): { title: string; text: string } {
  if (task.kind === "reply") {
    return { title: t("composer.replyingTo", { name: task.name }), text: task.text };
  }
  switch (task.standing.kind) {
    case "same":
      return { title: t("composer.editing"), text: task.text };
    case "changed":
      return {
        title: t("edit.changed"),
        text: t("edit.changedText", { text: task.standing.text }),
      };
    case "gone":
      return { title: t("edit.gone"), text: t("edit.goneText") };
  }
}

/** The line above the field: the message that is answered or edited, and the way out of it. */
export function ComposerBanner({ task, onCancel }: { task: ComposerTask; onCancel: () => void }) {
  const editing = task.kind === "edit";
  const moved = editing && task.standing.kind !== "same";
  const { title, text } = wordsOf(task);
  return (
    <div className={moved ? "composer-reply is-moved" : "composer-reply"}>
      {editing && <Pencil size={16} aria-hidden="true" />}
      {/* What became of the message meanwhile is said. */}
      <div className="composer-reply-text" role={editing ? "status" : undefined}>
        <b>{title}</b>
        <span className="ellipsis" dir="auto">
          {text}
        </span>
      </div>
      {moved && (
        <>
          <button type="button" className="text-action" onClick={task.onToDraft}>
            {t("edit.toDraft")}
          </button>
          <button type="button" className="text-action" onClick={task.onCopy}>
            {t("message.copy")}
          </button>
        </>
      )}
      <IconButton
        label={editing ? t("composer.cancelEdit") : t("composer.cancelReply")}
        onClick={onCancel}
      >
        <X size={18} />
      </IconButton>
    </div>
  );
}
