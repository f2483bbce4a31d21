import type { IncomingMessage } from "node:http";

/** What this needs of a transport's connection. */
export type RawConnection = {
  readonly request: IncomingMessage;
  once(name: "close", listener: () => void): unknown;
};

/**
 * Counts connections that have not said who they are, by address, so that one address cannot hold all
 * the server's sockets without a token. A connection counts from its opening until it is known or gone.
 */
export class Strangers {
  readonly #perAddress: number;
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #counts = new Map<string, number>();
  readonly #waiting = new Map<RawConnection, string>();

  constructor(perAddress: number, addressOf: (request: IncomingMessage) => string) {
    this.#perAddress = perAddress;
    this.#addressOf = addressOf;
  }

  /** Whether one more may come from where this request comes from. */
  hasRoom(request: IncomingMessage): boolean {
    return (this.#counts.get(this.#addressOf(request)) ?? 0) < this.#perAddress;
  }

  add(connection: RawConnection): void {
    const address = this.#addressOf(connection.request);
    this.#waiting.set(connection, address);
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
    connection.once("close", () => this.known(connection));
  }

  /** The connection is a stranger no more, or gone. Again changes nothing. */
  known(connection: RawConnection): void {
    const address = this.#waiting.get(connection);
    if (address === undefined) return;
    this.#waiting.delete(connection);
    const left = (this.#counts.get(address) ?? 1) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
}
