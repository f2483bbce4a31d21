import type { HostFrame } from "@parley/protocol/bridge/contract.ts";
import type { Cancel, Clock } from "@parley/client/connection/ports.ts";
import type { WindowPort, WindowPortListener } from "@parley/client/session/ports.ts";
import { type Endpoint, readLineFrame, windowLockName } from "./line.ts";

const PING_EVERY_MS = 4_000;
/** A window that let so many pings pass unanswered is frozen or stuck. */
const PINGS_MISSED = 2;

/**
 * The host's end of the line to one window of the browser. A window is gone once its lock is free
 * (closed, crashed, navigated away), and silent once it no longer answers pings (frozen, stuck).
 */
export class WindowLine implements WindowPort {
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #locks: LockManager;
  #listener: WindowPortListener | undefined;
  #missed = 0;
  #isSilent = false;
  #timer: Cancel | undefined;

  constructor(endpoint: Endpoint, clock: Clock, locks: LockManager) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#locks = locks;
  }

  post(frame: HostFrame): void {
    this.#endpoint.postMessage(frame);
  }

  listen(listener: WindowPortListener): void {
    this.#listener = listener;
    this.#endpoint.onmessage = (event: MessageEvent<unknown>) => this.#received(event.data);
  }

  #received(data: unknown): void {
    this.#answered();
    const frame = readLineFrame(data);
    if (frame === undefined) {
      this.#listener?.frame(data);
      return;
    }
    if (frame.line === "attach" && this.#timer === undefined) {
      this.#ping();
      void this.#waitForEnd(frame.windowId);
    }
  }

  async #waitForEnd(windowId: string): Promise<void> {
    // Granted when the window's own hold on it ends, however it ends.
    await this.#locks.request(windowLockName(windowId), () => undefined);
    this.#timer?.();
    this.#endpoint.onmessage = null;
    this.#listener?.liveness("gone");
  }

  #ping(): void {
    this.#timer = this.#clock.setTimer(() => {
      this.#missed += 1;
      if (this.#missed > PINGS_MISSED && !this.#isSilent) {
        this.#isSilent = true;
        this.#listener?.liveness("silent");
      }
      this.#endpoint.postMessage({ line: "ping" });
      this.#ping();
    }, PING_EVERY_MS);
  }

  #answered(): void {
    this.#missed = 0;
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#listener?.liveness("responsive");
  }
}
