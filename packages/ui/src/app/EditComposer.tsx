import type { EditTarget } from "../cache/edit-keeper.ts";
import { useEditText, useMessage } from "../cache/hooks.ts";
import type { ChatView } from "../cache/read-models.ts";
import { ComposerView, type ComposerViewProps } from "../features/composer/ComposerView.tsx";
import { errorText } from "../i18n/i18n.ts";
import { useScope } from "./context.ts";
import { editStanding } from "./edit-standing.ts";
import type { Edit } from "./use-edit.ts";
import { copyText } from "./use-message-actions.ts";

export type EditComposerProps = Pick<
  ComposerViewProps,
  "handle" | "title" | "people" | "region" | "onMention" | "enterSends" | "needsCheck"
> & {
  chat: ChatView;
  target: EditTarget;
  edit: Edit;
  say: (note: string) => void;
};

/** The composer of a chat while a message of that chat is edited in it (S21). */
export function EditComposer({ chat, target, edit, say, ...common }: EditComposerProps) {
  const { session } = useScope();
  const { chatId } = chat;
  const { clientId, original } = target;
  const text = useEditText(session, chatId);
  const item = useMessage(session, chatId, clientId);
  return (
    <ComposerView
      {...common}
      draft={text}
      draftTaken={0}
      caret={null}
      task={{
        kind: "edit",
        text: original,
        standing: editStanding(item, original),
        onToDraft: () =>
          void session.editToDraft(chatId).then((result) => {
            if (!result.ok) say(errorText(result.error));
          }),
        onCopy: () => void copyText(session.reads.editText(chatId).get() ?? "").then(say),
      }}
      focusFirst
      onText={(typed) => session.saveEdit(chatId, target, typed)}
      onCaret={() => undefined}
      onBlur={() => void session.flushDrafts()}
      onCancelTask={edit.stop}
      onEditLast={() => undefined}
      onSend={(typed, spans) => session.editMessage(chatId, clientId, { text: typed, spans })}
    />
  );
}
