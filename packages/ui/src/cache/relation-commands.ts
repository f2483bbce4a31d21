import {
  composeEdit,
  composeReaction,
  composeRedact,
  type TextBody,
} from "@parley/client/sync/compose.ts";
import { finishEdit } from "@parley/client/sync/edits.ts";
import type { SyncEngine } from "@parley/client/sync/engine.ts";
import type { EditDecision, JournalStore } from "@parley/client/sync/journal-store.ts";
import type { EventRow, OutboxEntry } from "@parley/client/sync/model.ts";
import { overlay, pendingRelations } from "@parley/client/sync/pending.ts";
import type { SyncClock } from "@parley/client/sync/ports.ts";
import { contentOf } from "@parley/client/sync/preview.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { type Fold, isMessage, REL, type Send } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { AccountSession } from "./account-session.ts";
import type { CacheDb } from "./cache-db.ts";
import { dexieReads } from "./dexie-cache-store.ts";
import type { EditKeeper } from "./edit-keeper.ts";
import { newEntryOf, notWritten } from "./journal-entry.ts";
import { unpackEvent } from "./row-codec.ts";

type RelationCommands = Pick<
  AccountSession,
  "editMessage" | "deleteForEveryone" | "react" | "unreact"
>;

export type RelationDeps = {
  me: AccountId;
  /** The database that is open now. */
  cache: () => CacheDb;
  journal: JournalStore;
  engine: SyncEngine;
  edits: EditKeeper;
  clock: SyncClock;
};

/** A message as it is to be changed, own waiting changes folded over it. */
type Target = {
  row: EventRow | null;
  entry: OutboxEntry | null;
  mine: boolean;
  fold: Fold | undefined;
  send: Pick<Send, "alg"> & { payload: string | null };
};

/** S12, S13, V29: what changes a message. Journaled like a message; works without a connection. */
export function createRelationCommands(deps: RelationDeps): RelationCommands {
  const { me, cache, journal, engine, edits, clock } = deps;

  async function find(chatId: ChatId, clientId: ClientId): Promise<Target | undefined> {
    const entries = await journal.entries(chatId);
    const stored = await cache().events.where("clientId").equals(clientId).first();
    const held = await dexieReads(cache()).heldClientIds(entries.map((one) => one.clientId));
    const pending = pendingRelations(entries, held);
    if (stored?.chatId === chatId) {
      const row = unpackEvent(stored);
      const fold = overlay(row, pending, me)?.fold ?? row.fold;
      return { row, entry: null, mine: row.senderId === me, fold, send: row };
    }
    const entry = entries.find((one) => one.clientId === clientId);
    if (entry === undefined) return undefined;
    const { send } = entry;
    const fold = overlay({ ...send, foldSeq: 0 }, pending, me)?.fold;
    return { row: null, entry, mine: true, fold, send };
  }

  /** The message to change, or why it cannot be changed. */
  async function changeable(chatId: ChatId, clientId: ClientId): Promise<Result<Target>> {
    const target = await find(chatId, clientId);
    if (target === undefined) return failure("target_not_found", "The message is not here.");
    if (!isMessage(target.row ?? target.entry?.send ?? {})) {
      return failure("not_allowed", "Only messages can be changed.");
    }
    if (target.fold?.erased) return failure("target_gone", "The message was deleted.");
    return success(target);
  }

  async function put(chatId: ChatId, send: Send): Promise<Result<void>> {
    try {
      await journal.add(newEntryOf(chatId, send, clock.nowMs()));
    } catch (cause) {
      return notWritten(cause);
    }
    engine.nudge();
    return success(undefined);
  }

  /** What was typed into the edit is in the journal first, so that it ends with all of it. */
  async function saveEdit(
    chatId: ChatId,
    send: Send | null,
    saved: { target: ClientId; text: string },
  ): Promise<Result<void>> {
    await edits.flush();
    const finish: EditDecision = (now, draft, revisions) =>
      finishEdit(now, draft, revisions, saved, clock.nowMs());
    try {
      // Nothing was changed: nothing is sent.
      if (send === null) await journal.changeEdit(chatId, finish);
      else await journal.add(newEntryOf(chatId, send, clock.nowMs()), undefined, finish);
    } catch (cause) {
      return notWritten(cause);
    }
    edits.ended(chatId, saved.target);
    engine.nudge();
    return success(undefined);
  }

  /** Own live reactions with one key: the newest ones stand in the fold, older ones in the cache. */
  async function ownReactions(
    chatId: ChatId,
    target: Target,
    key: string,
  ): Promise<readonly ClientId[]> {
    const recent = (target.fold?.recent ?? []).filter(
      (row) => row.accountId === me && row.key === key,
    );
    const count = (target.fold?.reactions ?? []).reduce((sum, row) => sum + row.count, 0);
    if (recent.length > 0 || target.row === null || count <= (target.fold?.recent.length ?? 0)) {
      return recent.map((row) => row.clientId);
    }
    const { seq } = target.row;
    const later = await dexieReads(cache()).eventsBetween(chatId, seq, Number.MAX_SAFE_INTEGER);
    const own = later.filter((event) => event.senderId === me && event.rel?.key === key);
    const gone = new Set(
      own.filter((event) => event.rel?.kind === REL.redact).map((event) => event.rel?.target),
    );
    return own
      .filter((event) => event.rel?.kind === REL.reaction && event.targetSeq === seq)
      .filter((event) => !gone.has(event.clientId))
      .map((event) => event.clientId);
  }

  return {
    async editMessage(chatId, clientId, input: TextBody) {
      const target = await changeable(chatId, clientId);
      if (!target.ok) return target;
      const { mine, fold, send } = target.value;
      if (!mine) return failure("not_allowed", "Only own messages can be edited.");
      const composed = composeEdit(chatId, clientId, input);
      if (!composed.ok) return composed;
      const now = contentOf({ ...send, ...(fold && { fold }) });
      const isSame = now?.type === "text" && now.text === input.text;
      const saved = { target: clientId, text: input.text };
      return saveEdit(chatId, isSame ? null : composed.value, saved);
    },
    async deleteForEveryone(chatId, clientId) {
      const target = await changeable(chatId, clientId);
      if (!target.ok) return target.error.code === "target_gone" ? success(undefined) : target;
      return put(chatId, composeRedact(chatId, clientId));
    },
    async react(chatId, clientId, key) {
      const target = await changeable(chatId, clientId);
      if (!target.ok) return target;
      const composed = composeReaction(chatId, clientId, key);
      if (!composed.ok) return composed;
      const known = await ownReactions(chatId, target.value, key);
      return known.length > 0 ? success(undefined) : put(chatId, composed.value);
    },
    async unreact(chatId, clientId, key) {
      const target = await changeable(chatId, clientId);
      if (!target.ok) return target;
      const [reaction] = await ownReactions(chatId, target.value, key);
      if (reaction === undefined) return success(undefined);
      return put(chatId, composeRedact(chatId, reaction, key));
    },
  };
}
