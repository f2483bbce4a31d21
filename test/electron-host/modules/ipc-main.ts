import { EventEmitter } from "node:events";

import { makeCloneCodec } from "../page/clone-codec.ts";
import type { UpMessage } from "../page/world-types.ts";

type Handler = (event: object, ...args: unknown[]) => unknown;

const codec = makeCloneCodec();

/** The receiving end of IPC, for the app as a whole and for each page. */
export class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, { handler: Handler; once: boolean }>();

  handle(channel: string, handler: Handler): void {
    this.#add(channel, handler, false);
  }

  handleOnce(channel: string, handler: Handler): void {
    this.#add(channel, handler, true);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  #add(channel: string, handler: Handler, once: boolean): void {
    if (typeof handler !== "function") {
      throw new Error(`Expected handler to be a function, but found type '${typeof handler}'`);
    }
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    this.#handlers.set(channel, { handler, once });
  }

  static take(ipc: IpcMain, channel: string): Handler | undefined {
    const found = ipc.#handlers.get(channel);
    if (found?.once) ipc.#handlers.delete(channel);
    return found?.handler;
  }
}

type Sending = Extract<UpMessage, { channel: string }>;
type Answer = { kind: "answer"; value: string } | { kind: "failure"; message: string };

/**
 * Gives a page's message to whoever listens: first the page's own ipc, then the app's. What an
 * invoked handler answers is cloned; what it throws arrives worded as Electron words it.
 */
export async function deliver(
  targets: readonly IpcMain[],
  event: object,
  message: Sending,
): Promise<Answer | undefined> {
  const args = codec.decode(message.args) as unknown[];
  const { channel } = message;
  if (message.kind !== "invoke") {
    for (const ipc of targets) ipc.emit(channel, event, ...args);
    return undefined;
  }
  const wrapped = (error: unknown): Answer => ({
    kind: "failure",
    message: `Error invoking remote method '${channel}': ${String(error)}`,
  });
  for (const ipc of targets) {
    const handler = IpcMain.take(ipc, channel);
    if (!handler) continue;
    try {
      return { kind: "answer", value: codec.encode(await handler(event, ...args)) };
    } catch (error) {
      const isClone = error instanceof DOMException && error.name === "DataCloneError";
      // Electron says so for answers too.
      return wrapped(isClone ? new Error("An object could not be cloned.") : error);
    }
  }
  return wrapped(new Error(`No handler registered for '${channel}'`));
}
