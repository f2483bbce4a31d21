import type { ChatId, DeviceId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { hasGone } from "../../fanout/has-gone.ts";
import { type Fanout, type FanoutConnection, Push } from "../../fanout/port.ts";

/**
 * S18: passes on to an account's other connections what one of its devices has in view; keeps none of it
 * but which connection said so. A device that comes back over a new connection speaks by that one: the
 * end of the one before, which may take half a minute (V37), ends nothing.
 */
export class AttentionService {
  readonly #fanout: Pick<Fanout, "connectionsOf">;
  /** By which connection each device last said that it has something in view. */
  readonly #holders = new Map<DeviceId, FanoutConnection>();

  constructor(fanout: Pick<Fanout, "connectionsOf">) {
    this.#fanout = fanout;
  }

  /** What the device of a connection has in view from now on; nothing ends it. */
  set(connection: FanoutConnection, chatIds: readonly ChatId[]): void {
    // Its request may have been under way when it went.
    if (hasGone(this.#fanout, connection)) return;
    if (chatIds.length > 0) {
      this.#holders.set(connection.deviceId, connection);
      this.#tell(connection, chatIds);
    } else if (this.#holders.delete(connection.deviceId)) this.#tell(connection, []);
  }

  /** The connection is gone, and what was in view by it. */
  forget(connection: FanoutConnection): void {
    if (this.#holders.get(connection.deviceId) !== connection) return;
    this.#holders.delete(connection.deviceId);
    this.#tell(connection, []);
  }

  /** Devices that have something in view; for tests of what is left behind. */
  get holderCount(): number {
    return this.#holders.size;
  }

  #tell({ accountId, deviceId }: FanoutConnection, chatIds: readonly ChatId[]): void {
    const push = new Push("attention:changed", {
      deviceId,
      chatIds: [...chatIds],
      forMs: chatIds.length > 0 ? LIMITS.attentionMs : 0,
    });
    for (const other of this.#fanout.connectionsOf(accountId)) {
      if (other.deviceId !== deviceId) other.send(push);
    }
  }
}
