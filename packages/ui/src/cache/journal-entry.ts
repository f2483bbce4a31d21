import type { NewEntry } from "@parley/client/sync/model.ts";
import { failure, type Result } from "@parley/protocol/errors.ts";
import type { Send } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";

/** S11: what goes into the journal for something that is to be sent. `nowMs`: this device's clock. */
export function newEntryOf(chatId: ChatId, send: Send, nowMs: number): NewEntry {
  const { clientId } = send;
  return {
    clientId,
    chatId,
    send,
    state: "journaled",
    seq: null,
    error: null,
    createdAtMs: nowMs,
  };
}

/** What the user is told when the journal did not take something. */
export function notWritten(cause: unknown): Result<never> {
  return failure("internal", `This device could not store it: ${String(cause)}`);
}
