import type { AccountId, ClientId } from "@parley/protocol/ids.ts";
import type { Write } from "./command.ts";
import type { Synced } from "./durability.ts";
import type { Key } from "./keys.ts";
import type {
  AccountRow,
  AccountValueRow,
  ChatRow,
  DeviceRow,
  EventRow,
  InviteRow,
  MembershipRow,
} from "./rows.ts";

/**
 * The narrow part that each database brings for itself; everything above it (queue, groups, working
 * set, retries) is shared by all adapters.
 */
export interface Engine {
  begin(): Promise<EngineTransaction>;
  /**
   * S4: calls back when everything committed so far survives a power loss: at once if it does already,
   * else in the order of the calls. Left out where `commit` itself waits for that.
   */
  whenSynced?(done: Synced): void;
}

/** One transaction. Either `commit` or `rollback` ends it, both at most once. */
export interface EngineTransaction {
  /** S6: the number this commit will have. */
  readonly change: number;
  /** Rows under these keys; what does not exist is left out. */
  load(keys: readonly Key[]): Promise<LoadedRows>;
  /**
   * Stores and commits; durable when the engine's `whenSynced` says so. Throws ConflictError if another
   * transaction was in the way, DurabilityError once the disk is not to be trusted.
   */
  commit(writes: readonly Write[]): Promise<void>;
  rollback(): Promise<void>;
}

export type LoadedRows = {
  accounts: AccountRow[];
  devices: DeviceRow[];
  invites: InviteRow[];
  chats: ChatRow[];
  memberships: MembershipRow[];
  events: EventRow[];
  /** Of the clientIds asked for, those that a restore found in the erased log and not among the events. */
  erasedElsewhere: ClientId[];
  values: AccountValueRow[];
  /** Set for the accounts whose `value-count` was asked for. */
  valueCounts: { accountId: AccountId; count: number }[];
  /** Set when the key `any-account` was asked for. */
  hasAccounts: boolean | null;
};

export function noRows(): LoadedRows {
  return {
    accounts: [],
    devices: [],
    invites: [],
    chats: [],
    memberships: [],
    events: [],
    erasedElsewhere: [],
    values: [],
    valueCounts: [],
    hasAccounts: null,
  };
}

/** Serialisation failure, deadlock, unique violation: running the group again may succeed. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}
