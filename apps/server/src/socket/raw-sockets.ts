import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";

/**
 * The connections that were handed from HTTP to WebSockets. HTTP forgets them, so whoever closes the
 * server has to end those that do not end themselves: a half-open one would hold it for half a minute.
 */
export class RawSockets {
  readonly #open = new Set<Duplex>();

  watch(server: HttpServer | HttpsServer): void {
    server.on("upgrade", (_request, socket: Duplex) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
    });
  }

  /** Ends all that are left, without a word. */
  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
