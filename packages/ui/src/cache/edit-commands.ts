import { putBack } from "@parley/client/sync/drafts.ts";
import { editToDraft } from "@parley/client/sync/edits.ts";
import type { SyncEngine } from "@parley/client/sync/engine.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import type { SyncClock } from "@parley/client/sync/ports.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountSession } from "./account-session.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import type { EditKeeper } from "./edit-keeper.ts";
import { notWritten } from "./journal-entry.ts";

type EditCommands = Pick<
  AccountSession,
  "beginEdit" | "saveEdit" | "endEdit" | "editToDraft" | "putBackDraft"
>;

export type EditDeps = {
  journal: JournalStore;
  engine: SyncEngine;
  drafts: DraftKeeper;
  edits: EditKeeper;
  clock: SyncClock;
};

/** S21: what is done to an unfinished edit, and to the texts that a chat's composer held before. */
export function createEditCommands(deps: EditDeps): EditCommands {
  const { journal, engine, drafts, edits, clock } = deps;

  /** What was typed is written before anything takes its place. */
  async function afterTyping(work: () => Promise<Result<void>>): Promise<Result<void>> {
    await Promise.all([drafts.flush(), edits.flush()]);
    try {
      return await work();
    } catch (cause) {
      return notWritten(cause);
    } finally {
      engine.nudgeValues();
    }
  }

  return {
    beginEdit: (chatId, clientId, original) => edits.begin(chatId, clientId, original),
    saveEdit: (chatId, target, text) => edits.type(chatId, target, text),
    endEdit: (chatId) => edits.end(chatId),
    editToDraft: (chatId) =>
      afterTyping(async () => {
        const target = edits.target(chatId).get();
        await journal.changeEdit(chatId, (now, draft, revisions) =>
          editToDraft(now, draft, revisions, clock.nowMs()),
        );
        if (target) edits.ended(chatId, target.clientId);
        return success(undefined);
      }),
    putBackDraft(chatId, rev) {
      // What stands in the composer makes room for it, an edit too.
      edits.end(chatId);
      return afterTyping(async () => {
        let found = false;
        await journal.changeDraft(chatId, (now, revisions) => {
          found = revisions.some((revision) => revision.rev === rev);
          return putBack(chatId, now, revisions, rev, clock.nowMs());
        });
        return found ? success(undefined) : failure("not_found", "The text is kept no longer.");
      });
    },
  };
}
