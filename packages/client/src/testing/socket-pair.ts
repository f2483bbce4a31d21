import type {
  Clock,
  Socket,
  SocketListener,
  SocketOptions,
  SocketPort,
} from "../connection/ports.ts";

/** What may happen to a frame on its way. */
export type FrameFate =
  | { kind: "deliver"; delayMs?: number }
  | { kind: "drop" }
  | { kind: "duplicate"; delayMs?: number };

/** The server's end of one connection. */
export type ServerEnd = {
  readonly options: SocketOptions;
  readonly isOpen: boolean;
  /** Sends a frame to the client; its fate is decided by the wire. */
  push(name: string, body: unknown): void;
  /** Ends the connection as the server or the network would. */
  close(reason?: string, said?: unknown): void;
};

export type ServerScript = {
  /** A client connects. Accept it by `welcome` frames, or close it. */
  connected(end: ServerEnd): void;
  /** A request arrived; `answer` sends the ack. */
  request(end: ServerEnd, name: string, body: unknown, answer: (reply: unknown) => void): void;
};

/**
 * A wire between a SocketPort and a scripted server. `isUp` false refuses connections; `isCut` true
 * swallows everything on standing ones (a half-open socket). `fate` may drop, double or delay a frame.
 * Frames cross as copies, as over a real wire.
 */
export class Wire implements SocketPort {
  isUp = true;
  isCut = false;
  fate: (direction: "up" | "down", name: string) => FrameFate = () => ({ kind: "deliver" });
  readonly #clock: Clock;
  readonly #script: ServerScript;
  readonly #ends = new Set<ServerEnd>();
  /** How many connections were tried. */
  tries = 0;

  constructor(clock: Clock, script: ServerScript) {
    this.#clock = clock;
    this.#script = script;
  }

  get openEnds(): ServerEnd[] {
    return [...this.#ends].filter((end) => end.isOpen);
  }

  /** Ends every standing connection. */
  cutAll(reason = "transport close"): void {
    for (const end of this.openEnds) end.close(reason);
  }

  open(options: SocketOptions, listener: SocketListener): Socket {
    this.tries += 1;
    const copies = structuredClone(options);
    let isOpen = true;
    const carry = (direction: "up" | "down", name: string, run: () => void): void => {
      const fate = this.fate(direction, name);
      if (fate.kind === "drop") return;
      const times = fate.kind === "duplicate" ? 2 : 1;
      for (let i = 0; i < times; i++) {
        this.#clock.setTimer(() => {
          if (isOpen && !this.isCut) run();
        }, fate.delayMs ?? 1);
      }
    };
    const end: ServerEnd = {
      options: copies,
      get isOpen() {
        return isOpen;
      },
      push: (name, body) => {
        const copy: unknown = structuredClone(body);
        carry("down", name, () => listener.frame(name, copy));
      },
      close: (reason = "io server disconnect", said?: unknown) => {
        if (!isOpen) return;
        isOpen = false;
        this.#clock.setTimer(() => {
          if (!closedByClient) listener.closed({ reason, said });
        }, 1);
      },
    };
    let closedByClient = false;
    this.#ends.add(end);
    this.#clock.setTimer(() => {
      if (closedByClient || this.isCut) return;
      if (!this.isUp) return end.close("websocket error");
      listener.opened();
      this.#script.connected(end);
    }, 1);
    return {
      emit: (name, body, answered) => {
        const copy: unknown = structuredClone(body);
        carry("up", name, () =>
          this.#script.request(end, name, copy, (reply) => {
            const answer: unknown = structuredClone(reply);
            carry("down", `ack:${name}`, () => answered(answer));
          }),
        );
      },
      close: () => {
        closedByClient = true;
        isOpen = false;
      },
    };
  }
}
