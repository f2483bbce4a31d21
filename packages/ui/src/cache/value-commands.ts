import type { SyncEngine } from "@parley/client/sync/engine.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { type ValueKey, valueKey, writeValue } from "@parley/protocol/values.ts";
import type { AccountSession } from "./account-session.ts";

type ValueCommands = Pick<
  AccountSession,
  | "muteChat"
  | "unmuteChat"
  | "setChatAlerts"
  | "pinChat"
  | "unpinChat"
  | "archiveChat"
  | "unarchiveChat"
  | "blockAccount"
  | "unblockAccount"
>;

export type ValueDeps = {
  journal: JournalStore;
  engine: SyncEngine;
  /** The server's clock, as well as it is known here. */
  serverNowMs: () => number;
};

/** S1, S11: what the user sets for the whole account. Works without a connection. */
export function createValueCommands({ journal, engine, serverNowMs }: ValueDeps): ValueCommands {
  async function put(key: ValueKey, value: string | null): Promise<Result<void>> {
    try {
      await journal.putWaiting({ key, value });
    } catch (cause) {
      return failure("internal", `This device could not store it: ${String(cause)}`);
    }
    engine.nudge();
    return success(undefined);
  }

  return {
    muteChat(chatId, forMs) {
      const untilMs = forMs === null ? null : Math.round(serverNowMs() + forMs);
      return put(valueKey("mute", chatId), writeValue("mute", { untilMs }));
    },
    unmuteChat: (chatId) => put(valueKey("mute", chatId), null),
    setChatAlerts(chatId, { alertSound: sound, alertPreview: preview }) {
      const differs = sound !== null || preview !== null;
      return put(
        valueKey("alert", chatId),
        differs ? writeValue("alert", { sound, preview }) : null,
      );
    },
    pinChat: (chatId) =>
      put(valueKey("pin", chatId), writeValue("pin", { atMs: Math.round(serverNowMs()) })),
    unpinChat: (chatId) => put(valueKey("pin", chatId), null),
    archiveChat: (chatId) =>
      put(valueKey("archive", chatId), writeValue("archive", { atMs: Math.round(serverNowMs()) })),
    unarchiveChat: (chatId) => put(valueKey("archive", chatId), null),
    blockAccount: (accountId) =>
      put(valueKey("block", accountId), writeValue("block", { atMs: Math.round(serverNowMs()) })),
    unblockAccount: (accountId) => put(valueKey("block", accountId), null),
  };
}
