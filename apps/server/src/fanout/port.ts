import type { ErrorCode, Failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId, DeviceId } from "@parley/protocol/ids.ts";
import type { PushBody, PushName } from "@parley/protocol/socket/pushes.ts";
import type { CommittedCommand } from "../storage/port.ts";

/** A push to any number of connections: encoded once, at the first connection that sends it. */
export class Push<Name extends PushName = PushName> {
  readonly name: Name;
  readonly body: PushBody<Name>;
  #json: string | undefined;
  #encoded: { by: unknown; as: unknown } | undefined;

  constructor(name: Name, body: PushBody<Name>) {
    this.name = name;
    this.body = body;
  }

  /** `["name",body]` */
  get json(): string {
    this.#json ??= JSON.stringify([this.name, this.body]);
    return this.#json;
  }

  /**
   * What `encode` makes of it, made once. Kept here and not in a WeakMap beside it: what such a map
   * holds outlives the collections of young objects, and the thorough ones stop the event loop.
   */
  encodedBy<Encoded>(encode: (push: Push) => Encoded): Encoded {
    if (this.#encoded?.by !== encode) this.#encoded = { by: encode, as: encode(this) };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this very function has made it
    return this.#encoded.as as Encoded;
  }
}

/** One open connection of a device. */
export interface FanoutConnection {
  readonly id: string;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  /** Sends at once or, where the connection is too far behind, drops the connection (E2). */
  send(push: Push): void;
  /** Says why (`session:ended`), then closes. */
  end(code: ErrorCode, message: string, extra?: Partial<Failure>): void;
}

/**
 * Brings what commits publish to the connections of this node, in order per chat (S4), and keeps who
 * is connected. Who is a member comes from a cache that the publications themselves keep right.
 */
export interface Fanout {
  /** Takes in what one command of a commit published. */
  publish(committed: CommittedCommand): void;
  /** Runs after everything that was published in this chat before has left, at once if it has. */
  inOrder(chatId: ChatId, task: () => void): void;

  /** A connection exists: it can be ended, but hears of nothing before it subscribes. */
  attach(connection: FanoutConnection): void;
  /** S6: from now on the connection gets what concerns its account. */
  subscribe(connection: FanoutConnection): void;
  detach(connection: FanoutConnection): void;
  connectionsOf(accountId: AccountId): readonly FanoutConnection[];
  /** V57: tells the account's subscribed connections of its devices, and which are connected. */
  tellDevices(accountId: AccountId): void;
  /**
   * Number of the newest commit that sent, would have sent, or for all that is known should have sent this
   * account anything; 0 if none.
   */
  touchedChange(accountId: AccountId): number;

  /** Whether the account is a current member. */
  isMember(chatId: ChatId, accountId: AccountId): Promise<boolean>;
  /** Current members. */
  membersOf(chatId: ChatId): Promise<readonly AccountId[]>;
}
