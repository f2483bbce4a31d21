import type { Watermarks } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, DeviceId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { AccountValue } from "@parley/protocol/values.ts";

/**
 * What a commit makes known, in the order of its commands. Written by `decide`, handed to fan-out
 * after the commit. Plain data: another node can carry it on as it is.
 */
export type Publication =
  /**
   * To every member at that seq. `people`: those whom a system event brings in. `origin`: the
   * connection that sent the message and gets it in the ack alone (V15).
   */
  | { kind: "event"; event: Event; people?: Person[]; origin?: string }
  /** The chat in full to these accounts: fan-out reads it after the commit (V9). */
  | { kind: "chat"; chatId: ChatId; accountIds: AccountId[] }
  /** S8: watermarks of members that moved, to all members of a chat that shows them. */
  | {
      kind: "marks";
      chatId: ChatId;
      rev: number;
      marks: { accountId: AccountId; deliveredSeq: number; readSeq: number }[];
    }
  /**
   * S8: the lowest marks over the others moved in a large group. `sole*` names the one holder of the
   * lowest mark, who is shown the second lowest.
   */
  | { kind: "floors"; chatId: ChatId; rev: number; delivered: Floor; read: Floor }
  /** V43: a mark moved in a large group: its lowest marks are to be told before long. */
  | { kind: "floors-due"; chatId: ChatId; memberCount: number }
  /**
   * S9: my own marks moved: numbers to my devices. `allRead` are the marks where nothing is left to
   * read through `readSeq`; without it the numbers are counted after the commit.
   */
  | {
      kind: "counts";
      chatId: ChatId;
      accountId: AccountId;
      allRead?: Watermarks;
      /** V34: the connection that has them in its answer. */
      origin?: string;
    }
  /**
   * S1: account values, to the devices of their account. `origin`: the connection that put them and has
   * their outcomes in the answer (V32).
   */
  | { kind: "values"; accountId: AccountId; values: AccountValue[]; origin?: string }
  /** S9: a message was erased: new numbers to the devices of each member who had not read it. */
  | { kind: "recount"; chatId: ChatId; seq: number; senderId: AccountId }
  /** A person changed: to everyone who shares a chat with them. */
  | { kind: "person"; person: Person }
  /** V11: connections to close: one device, or all of the account when `deviceId` is null. */
  | {
      kind: "session-ended";
      accountId: AccountId;
      deviceId: DeviceId | null;
      /** Stays connected all the same: the device that changed the password. */
      exceptDeviceId: DeviceId | null;
      code: "session_revoked" | "account_disabled";
      /** V57: name of the device that did it. */
      endedBy: string | null;
    }
  /** V57: devices of the account came, went or were renamed: all of them to its connections. */
  | { kind: "devices"; accountId: AccountId };

/** S8: what everybody is shown as lowest, but `sole` (the only one who has it) is shown `next`. */
export type Floor = { min: number; sole: AccountId | null; next: number };
