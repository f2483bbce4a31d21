import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type Fanout, type FanoutConnection, Push } from "../../fanout/port.ts";

/** S18: passes on to an account's other connections what one of them has in view; keeps none of it. */
export class AttentionService {
  readonly #fanout: Fanout;
  /** Connections that said they have something in view. */
  readonly #holders = new Set<string>();

  constructor(fanout: Fanout) {
    this.#fanout = fanout;
  }

  set(connection: FanoutConnection, chatIds: readonly ChatId[]): void {
    // Its request may have been under way when it went.
    if (!this.#fanout.connectionsOf(connection.accountId).includes(connection)) return;
    const heldBefore = this.#holders.has(connection.id);
    if (chatIds.length > 0) this.#holders.add(connection.id);
    else this.#holders.delete(connection.id);
    if (chatIds.length > 0 || heldBefore) this.#tell(connection, chatIds);
  }

  /** The connection is gone, and what it had in view with it. */
  forget(connection: FanoutConnection): void {
    if (this.#holders.delete(connection.id)) this.#tell(connection, []);
  }

  #tell(connection: FanoutConnection, chatIds: readonly ChatId[]): void {
    const { accountId, deviceId } = connection;
    const push = new Push("attention:changed", {
      deviceId,
      chatIds: [...chatIds],
      forMs: chatIds.length > 0 ? LIMITS.attentionMs : 0,
    });
    for (const other of this.#fanout.connectionsOf(accountId)) {
      if (other !== connection) other.send(push);
    }
  }
}
