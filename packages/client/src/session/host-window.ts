import { type NoticeBody, type NoticeName, WindowFrame } from "@parley/protocol/bridge/contract.ts";
import type { Result } from "@parley/protocol/errors.ts";
import { parseWith } from "../connection/parse.ts";
import type { Log } from "../connection/ports.ts";
import type { WindowPort } from "./ports.ts";
import type { SessionWindow } from "./session-window.ts";

type Options = {
  port: WindowPort;
  order: number;
  log: Log;
  /** A call of the window; unparsed but for its frame. */
  called: (window: HostWindow, name: string, body: unknown) => Promise<Result<unknown>>;
  /** The window answers again, fell silent, or is gone. */
  livenessChanged: (window: HostWindow) => void;
};

/** One window at the host: its port, its name, whether it answers. */
export class HostWindow implements SessionWindow {
  readonly order: number;
  readonly #options: Options;
  #windowId: string | undefined;
  #responsive = true;
  #gone = false;

  constructor(options: Options) {
    this.order = options.order;
    this.#options = options;
    options.port.listen({
      frame: (data) => void this.#frame(data),
      liveness: (state) => {
        if (this.#gone) return;
        this.#responsive = state === "responsive";
        this.#gone = state === "gone";
        options.livenessChanged(this);
      },
    });
  }

  /** Empty until the window said hello. */
  get windowId(): string {
    return this.#windowId ?? "";
  }

  get hasSaidHello(): boolean {
    return this.#windowId !== undefined;
  }

  get responsive(): boolean {
    return this.#responsive;
  }

  get gone(): boolean {
    return this.#gone;
  }

  saidHello(windowId: string): void {
    this.#windowId = windowId;
  }

  notify<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    if (!this.#gone) this.#options.port.post({ kind: "notice", name, body });
  }

  async #frame(data: unknown): Promise<void> {
    const { log, port, called } = this.#options;
    const frame = parseWith(WindowFrame, data);
    if (!frame.ok) {
      // No id that could be answered.
      log.warn("A window sent a frame that could not be read.", { problem: frame.problem });
      return;
    }
    const { id, name, body } = frame.value;
    const answer = await called(this, name, body);
    if (this.#gone) return;
    if (answer.ok) port.post({ kind: "answer", id, data: answer.value });
    else port.post({ kind: "failure", id, error: { ...answer.error, requestId: String(id) } });
  }
}
