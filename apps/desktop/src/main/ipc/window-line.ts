import type { WindowPort, WindowPortListener } from "@parley/client/session/ports.ts";
import type { HostFrame, NoticeBody, NoticeName } from "@parley/protocol/bridge/contract.ts";
import { failure, type WireError } from "@parley/protocol/errors.ts";

/** What a page gets for a call: a Result whose error is the wire's. */
export type Answer = { ok: true; value: unknown } | { ok: false; error: WireError };

export function refusal(
  code: Parameters<typeof failure>[0],
  message: string,
  extra: Parameters<typeof failure>[2] = {},
): Answer {
  return { ok: false, error: { ...failure(code, message, extra).error, requestId: "" } };
}

/** The host's end of the line to one page: calls and their answers over IPC, and notices. */
export class WindowLine implements WindowPort {
  readonly #notify: (name: string, body: unknown) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #listener: WindowPortListener | undefined;
  #nextId = 1;
  #windowId: string | undefined;

  /** @param notify sends a notice to the page */
  constructor(notify: (name: string, body: unknown) => void) {
    this.#notify = notify;
  }

  /** The name by which the page said hello. */
  get windowId(): string | undefined {
    return this.#windowId;
  }

  set windowId(windowId: string | undefined) {
    this.#windowId = windowId;
  }

  listen(listener: WindowPortListener): void {
    this.#listener = listener;
  }

  post(frame: HostFrame): void {
    if (frame.kind === "notice") {
      this.#notify(frame.name, frame.body);
      return;
    }
    this.#waiting.get(frame.id)?.(
      frame.kind === "answer" ? { ok: true, value: frame.data } : { ok: false, error: frame.error },
    );
    this.#waiting.delete(frame.id);
  }

  call(name: string, body: unknown): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#listener?.frame({ kind: "call", id, name, body });
    });
  }

  tell<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    this.post({ kind: "notice", name, body });
  }

  silent(): void {
    this.#listener?.liveness("silent");
  }

  responsive(): void {
    this.#listener?.liveness("responsive");
  }

  /** The page is over: nothing that still waits is answered by the host. */
  gone(): void {
    this.#listener?.liveness("gone");
    for (const answer of this.#waiting.values()) {
      answer(refusal("bridge_failed", "The page is gone."));
    }
    this.#waiting.clear();
  }
}
