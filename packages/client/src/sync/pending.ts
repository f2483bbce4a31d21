import { type Event, type Fold, REL } from "@parley/protocol/event.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId, ClientId } from "@parley/protocol/ids.ts";
import type { EntryState, OutboxEntry } from "./model.ts";

/**
 * S11, S12: what this device's own edits, reactions and deletions make of a message as long as the
 * cache does not hold them. Pure: the cache's row stays as it is, the journal's entries are folded
 * over it each time it is read.
 */

/** An own change of a message that waits in the journal. */
export type PendingChange = {
  kind: "edit" | "redact" | "reaction" | "unreaction";
  /** Name of the journal entry, for retry and discard. */
  clientId: ClientId;
  state: EntryState;
  error: Failure | null;
  /** Of a reaction, and of one that is taken back. */
  key: string | null;
};

/** Entries of a chat that change another message, by what they name as target, in order of writing. */
export type PendingRelations = ReadonlyMap<ClientId, readonly OutboxEntry[]>;

const CHANGES: ReadonlySet<string> = new Set([REL.edit, REL.reaction, REL.redact]);

/** Sorts out the entries that the cache does not hold yet and that change something. */
export function pendingRelations(
  entries: readonly OutboxEntry[],
  held: ReadonlySet<ClientId>,
): PendingRelations {
  const byTarget = new Map<ClientId, OutboxEntry[]>();
  for (const entry of entries) {
    const { rel } = entry.send;
    if (rel === undefined || !CHANGES.has(rel.kind) || held.has(entry.clientId)) continue;
    const list = byTarget.get(rel.target);
    if (list === undefined) byTarget.set(rel.target, [entry]);
    else list.push(entry);
  }
  return byTarget;
}

/** What can be changed: an event of the cache, or an entry that has no seq yet. */
export type Changeable = Pick<Event, "clientId" | "alg" | "payload" | "mentions"> & {
  fold?: Fold | undefined;
  /** The fold is exact through this seq: an entry acknowledged at or below it is in it already. */
  foldSeq: number;
};

export type Overlaid = { fold: Fold; changes: PendingChange[] };

const UNTOUCHED: Fold = { foldSeq: 0, reactions: [], recent: [] };

/** Whether the entry's effect is shown before the server has it: what failed is only listed. */
function takesEffect(entry: OutboxEntry): boolean {
  return entry.state === "journaled" || entry.state === "sent";
}

function kindOf(entry: OutboxEntry): PendingChange["kind"] {
  const { rel } = entry.send;
  if (rel?.kind === REL.edit) return "edit";
  if (rel?.kind === REL.reaction) return "reaction";
  return rel?.key === undefined ? "redact" : "unreaction";
}

function counted(fold: Fold, key: string, by: 1 | -1): Fold["reactions"] {
  const known = fold.reactions.some((row) => row.key === key);
  if (!known) return by === 1 ? [...fold.reactions, { key, count: 1 }] : fold.reactions;
  return fold.reactions
    .map((row) => (row.key === key ? { key, count: row.count + by } : row))
    .filter((row) => row.count > 0);
}

function apply(fold: Fold, entry: OutboxEntry, me: AccountId): Fold {
  const { send, clientId, createdAtMs: at } = entry;
  const seq = entry.seq ?? Number.MAX_SAFE_INTEGER;
  const key = send.rel?.key;
  switch (kindOf(entry)) {
    case "edit": {
      const { alg, payload, mentions } = send;
      return { ...fold, edit: { seq, at, alg, payload, ...(mentions && { mentions }) } };
    }
    case "redact":
      return { ...UNTOUCHED, foldSeq: fold.foldSeq, erased: { seq, at, by: me } };
    case "reaction": {
      const live = fold.recent.some(
        (row) => row.clientId === clientId || (row.accountId === me && row.key === key),
      );
      if (key === undefined || live) return fold;
      const row = { clientId, accountId: me, key, seq, at };
      return {
        ...fold,
        reactions: counted(fold, key, 1),
        recent: [...fold.recent, row],
      };
    }
    case "unreaction": {
      const target = send.rel?.target;
      const live = fold.recent.some((row) => row.clientId === target);
      if (key === undefined || !live) return fold;
      return {
        ...fold,
        reactions: counted(fold, key, -1),
        recent: fold.recent.filter((row) => row.clientId !== target),
      };
    }
  }
}

/**
 * Folds the waiting changes over a message: first those of the message itself, then those that take
 * reactions back which stand on it. Nothing changes an erased message further.
 */
export function overlay(
  message: Changeable,
  pending: PendingRelations,
  me: AccountId,
): Overlaid | undefined {
  const own = pending.get(message.clientId) ?? [];
  const before = message.fold ?? UNTOUCHED;
  const reactions = [
    ...before.recent.filter((row) => row.accountId === me).map((row) => row.clientId),
    ...own.filter((entry) => kindOf(entry) === "reaction").map((entry) => entry.clientId),
  ];
  const takenBack = reactions.flatMap((clientId) => pending.get(clientId) ?? []);
  const entries = [...own, ...takenBack]
    .filter((entry) => entry.seq === null || entry.seq > message.foldSeq)
    .sort((a, b) => a.order - b.order);
  if (entries.length === 0) return undefined;
  let fold = before;
  const changes: PendingChange[] = [];
  for (const entry of entries) {
    const { clientId, state, error } = entry;
    changes.push({ kind: kindOf(entry), clientId, state, error, key: entry.send.rel?.key ?? null });
    if (takesEffect(entry) && fold.erased === undefined) fold = apply(fold, entry, me);
  }
  return { fold, changes };
}
