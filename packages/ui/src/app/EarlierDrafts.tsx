import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { useState } from "react";
import { useChat, useDraft, useDraftRevisions, useEditText } from "../cache/hooks.ts";
import { type DraftText, DraftTexts } from "../features/drafts/DraftTexts.tsx";
import { isWritable } from "../features/timeline/message-rights.ts";
import { errorText, t } from "../i18n/i18n.ts";
import { Dialog } from "../kit/Dialog.tsx";
import { chatTitle } from "../state/names.ts";
import { useScope } from "./context.ts";
import { copyText } from "./use-message-actions.ts";
import { useMinute } from "./use-now.ts";
import { useWayOut } from "./use-way-out.ts";

/** S1: what the composer of a chat held before, to be put back or copied. Null: closed. */
export function EarlierDrafts({ chatId, onClose }: { chatId: ChatId | null; onClose: () => void }) {
  // The texts stay while the dialog goes.
  const [shown, setShown] = useState(chatId);
  if (chatId !== null && chatId !== shown) setShown(chatId);
  return (
    <Dialog open={chatId !== null} onClose={onClose} title={t("drafts.title")} wayOut={useWayOut()}>
      {shown !== null && <Texts chatId={shown} />}
    </Dialog>
  );
}

/** What stands in a composer that is not shown, because nothing can be written in its chat. */
function useHidden(chatId: ChatId, writable: boolean): readonly DraftText[] {
  const { session } = useScope();
  const draft = useDraft(session, chatId);
  const edit = useEditText(session, chatId);
  if (writable) return [];
  const texts: DraftText[] = [
    { rev: -1, text: edit, savedAtMs: null, why: "edit" },
    { rev: -2, text: draft?.text ?? "", savedAtMs: draft?.updatedAtMs ?? null, why: "draft" },
  ];
  return texts.filter(({ text }) => text.trim() !== "");
}

function Texts({ chatId }: { chatId: ChatId }) {
  const { session, region, ui } = useScope();
  const chat = useChat(session, chatId);
  const writable = !chat || isWritable(chat);
  const revisions = useDraftRevisions(session, chatId);
  const hidden = useHidden(chatId, writable);
  const nowMs = useMinute();
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState("");

  async function putBack(rev: number): Promise<void> {
    const result = await session.putBackDraft(chatId, rev);
    if (result.ok) ui.getState().openChat(chatId, false);
    else {
      const gone = result.error.code === "not_found";
      setProblem(gone ? t("drafts.putBackFailed") : errorText(result.error));
    }
  }

  return (
    <DraftTexts
      title={chat ? chatTitle(chat) : ""}
      texts={revisions && [...hidden, ...revisions]}
      most={LIMITS.draftRevisions}
      writable={writable}
      note={note}
      problem={problem}
      nowMs={nowMs}
      region={region}
      onPutBack={(rev) => void putBack(rev)}
      onCopy={(text) => void copyText(text).then(setNote)}
    />
  );
}
