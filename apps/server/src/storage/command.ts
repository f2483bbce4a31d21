import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId, ClientId, DeviceId } from "@parley/protocol/ids.ts";
import type { ValueKey } from "@parley/protocol/values.ts";
import type { Key } from "./keys.ts";
import type { Publication } from "./publication.ts";
import type {
  AccountRow,
  AccountValueRow,
  ChatRow,
  DeviceRow,
  ErasureRow,
  EventRow,
  InviteRow,
  MembershipRow,
  ReceiptMoveRow,
} from "./rows.ts";

/** Carries the type of a command's result; no command has a value under it. */
declare const RESULT: unique symbol;

/** A command is plain data. `R` is what it answers when it is accepted. */
export interface Command<R = unknown> {
  readonly kind: string;
  readonly [RESULT]?: R;
}

/**
 * What `decide` sees: the stored rows under the keys that the command declared, with the earlier
 * commands of its group already applied. Asking for a key that was not loaded makes the group load it
 * and run `decide` again, which is why `decide` must be pure; declare what can be declared.
 */
export interface State {
  account(accountId: AccountId): AccountRow | undefined;
  accountByHandle(handleKey: string): AccountRow | undefined;
  hasAccounts(): boolean;
  device(deviceId: DeviceId): DeviceRow | undefined;
  devicesOf(accountId: AccountId): readonly DeviceRow[];
  invite(codeHash: string): InviteRow | undefined;
  chat(chatId: ChatId): ChatRow | undefined;
  directChat(pairKey: string): ChatRow | undefined;
  /** All periods, oldest first. */
  periods(chatId: ChatId, accountId: AccountId): readonly MembershipRow[];
  /** Current members, in order of joining. */
  members(chatId: ChatId): readonly MembershipRow[];
  eventByClientId(clientId: ClientId): EventRow | undefined;
  /** S13: whether this names a message that was erased and that a restored database does not hold. */
  isErasedElsewhere(clientId: ClientId): boolean;
  event(chatId: ChatId, seq: number): EventRow | undefined;
  /** S12: the live reaction of an account to a message under a key. */
  liveReaction(target: ClientId, accountId: AccountId, key: string): EventRow | undefined;
  value(accountId: AccountId, key: ValueKey): AccountValueRow | undefined;
  /** Values of an account, those taken away included. */
  valueCount(accountId: AccountId): number;
}

/** A row to store. A put replaces the row of the same key; several puts of a group become one. */
export type Write =
  | { put: "account"; row: AccountRow }
  | { put: "device"; row: DeviceRow }
  | { put: "invite"; row: InviteRow }
  | { put: "chat"; row: ChatRow }
  | { put: "membership"; row: MembershipRow }
  /** A new event. */
  | { put: "event"; row: EventRow }
  /** An event that is there already, with its fold and payload as they are now. */
  | { put: "fold"; row: EventRow }
  | { put: "receipt-move"; row: ReceiptMoveRow }
  | { put: "value"; row: AccountValueRow }
  /** S13: goes to the log outside the database, before the commit; edits and reactions lose their payload. */
  | { put: "erasure"; row: ErasureRow };

/** What `decide` gets from outside, so that it stays pure. */
export type DecideContext = {
  /** Server clock, ms since 1970. */
  readonly now: number;
  /** Number of this commit (S6); the same for the whole group. */
  readonly change: number;
  /** Makes a fresh UUIDv7. */
  readonly ids: { next(): string };
};

/** Accepted, with what to store and make known; or refused, which writes nothing. */
export type Decision<R> =
  | { ok: true; result: R; writes: Write[]; publish: Publication[] }
  | { ok: false; error: Failure };

export interface CommandSpec<C extends Command<R>, R> {
  readonly kind: C["kind"];
  /** Keys to load before `decide`. */
  reads(command: C): Key[];
  /** Keys that follow from the first ones: at most one further round. */
  readsMore?(state: State, command: C): Key[];
  /** Pure and synchronous; authorisation included. Refuses by value, never by exception. */
  decide(state: State, command: C, context: DecideContext): Decision<R>;
  /** Approximate size of the command in bytes, for the bound of the queue; default 512. */
  sizeBytes?(command: C): number;
}

/** A spec with its types forgotten, as the registry keeps it. */
export type AnyCommandSpec = CommandSpec<Command, unknown>;

/**
 * Declares a command. The registry hands a spec only commands of its own kind, which is what makes
 * forgetting the types here sound.
 */
export function defineCommand<C extends Command<R>, R>(spec: CommandSpec<C, R>): AnyCommandSpec {
  return spec;
}

export type CommandRegistry = { specOf(command: Command): AnyCommandSpec };

/** Joins the specs of all features. Throws on a kind declared twice: a fault of the program. */
export function commandRegistry(...lists: readonly (readonly AnyCommandSpec[])[]): CommandRegistry {
  const byKind = new Map<string, AnyCommandSpec>();
  for (const spec of lists.flat()) {
    if (byKind.has(spec.kind)) throw new Error(`Command ${spec.kind} is declared twice.`);
    byKind.set(spec.kind, spec);
  }
  return {
    specOf(command) {
      const spec = byKind.get(command.kind);
      if (!spec) throw new Error(`Command ${command.kind} is not declared.`);
      return spec;
    },
  };
}

/** Accepts a command. */
export function accept<R>(
  result: R,
  writes: Write[] = [],
  publish: Publication[] = [],
): Decision<R> {
  return { ok: true, result, writes, publish };
}
