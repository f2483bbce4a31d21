import { foldEvent } from "@parley/protocol/fold.ts";
import { REL } from "@parley/protocol/event.ts";
import { accept, type Command, type CommandSpec, defineCommand } from "../../storage/command.ts";
import type { ErasureRow } from "../../storage/rows.ts";
import { appendEvent } from "../../stream/append-event.ts";

/** S13: does again, on a restored database, what the erased log says of a message that it holds. */
export interface ReplayErasures extends Command<{ erased: boolean }> {
  readonly kind: "message.replay-erasure";
  readonly row: ErasureRow;
}

/**
 * Appends the redaction once more, under its own name and by whoever made it. Asks for no right: it
 * was given when the deletion was accepted, and a restore may have undone what gave it. What is erased
 * already stays as it is.
 */
export const replayErasures: CommandSpec<ReplayErasures, { erased: boolean }> = {
  kind: "message.replay-erasure",
  reads: ({ row }) => [
    { table: "client-id", clientId: row.clientId },
    { table: "client-id", clientId: row.redact.clientId },
    { table: "chat", chatId: row.chatId },
  ],
  decide(state, { row }, context) {
    const target = state.eventByClientId(row.clientId);
    const chat = state.chat(row.chatId);
    const isDone = target?.event.fold?.erased !== undefined;
    if (!target || !chat || isDone || state.eventByClientId(row.redact.clientId)) {
      return accept({ erased: false });
    }
    const by = { accountId: row.redact.senderId, deviceId: row.redact.senderDeviceId };
    const appended = appendEvent(
      chat,
      by,
      {
        clientId: row.redact.clientId,
        alg: "none",
        type: REL.redact,
        rel: { kind: REL.redact, target: row.clientId },
        targetSeq: target.event.seq,
        notify: false,
        payload: "",
      },
      context,
    );
    const fold = foldEvent(target.event.fold, appended.row.event);
    return accept({ erased: true }, [
      { put: "chat", row: appended.chat },
      { put: "event", row: appended.row },
      {
        put: "fold",
        row: { event: { ...target.event, payload: null, fold }, change: context.change },
      },
      { put: "erasure", row },
    ]);
  },
};

export const replayCommands = [defineCommand(replayErasures)];
