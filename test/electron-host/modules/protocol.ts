type Handler = (request: Request) => Response | Promise<Response>;
type Privileged = { scheme: string; privileges?: Record<string, boolean> };

/** Schemes of the app's own, answered by its handlers. */
export class Protocol {
  readonly #handlers = new Map<string, Handler>();
  readonly #privileged = new Map<string, Record<string, boolean>>();
  #isReady = false;

  registerSchemesAsPrivileged(schemes: Privileged[]): void {
    if (this.#isReady) {
      throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    }
    for (const { scheme, privileges } of schemes) this.#privileged.set(scheme, privileges ?? {});
  }

  handle(scheme: string, handler: Handler): void {
    if (this.#handlers.has(scheme)) throw new Error(`The scheme ${scheme} has a handler already`);
    if (this.#privileged.get(scheme)?.["standard"] !== true) {
      throw new Error(`the stand-in serves standard schemes only, which ${scheme} is not`);
    }
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    this.#handlers.delete(scheme);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  static ready(protocol: Protocol): void {
    protocol.#isReady = true;
  }

  static schemes(protocol: Protocol): ReadonlySet<string> {
    return new Set(protocol.#handlers.keys());
  }

  static handlerOf(protocol: Protocol, url: string): Handler | undefined {
    return protocol.#handlers.get(url.slice(0, url.indexOf(":")));
  }
}
