import type { Clock } from "@parley/client/connection/ports.ts";
import type { SessionBus } from "../dbus/ports.ts";

/** Whoever shows tray icons owns this name. */
const NAME = "org.kde.StatusNotifierWatcher";
/** A session bus that does not answer by then counts as one without a tray, until it does. */
const ANSWER_MS = 2_000;

/**
 * Follows whether this desktop shows tray icons. Windows and macOS always do; elsewhere somebody has to
 * watch for them on the session bus, and a window closed to a tray that is not there would be lost.
 */
export class TrayHost {
  #isThere: boolean;
  #owner: string | undefined;
  #handedOver: () => void = () => undefined;
  #changed: (isThere: boolean) => void = () => undefined;

  private constructor(isThere: boolean) {
    this.#isThere = isThere;
  }

  /** Resolves once it is known, or the bus took too long to say. */
  static async find(platform: NodeJS.Platform, bus: SessionBus, clock: Clock): Promise<TrayHost> {
    if (platform === "win32" || platform === "darwin") return new TrayHost(true);
    const host = new TrayHost(false);
    await new Promise<void>((resolve) => {
      const cancel = clock.setTimer(resolve, ANSWER_MS);
      bus.onOwner(NAME, (owner) => {
        cancel();
        host.#learn(owner);
        resolve();
      });
    });
    return host;
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Hears of changes: a panel was started or has crashed. */
  onChange(listener: (isThere: boolean) => void): void {
    this.#changed = listener;
  }

  /** Hears that another one took over at once: it knows no icon of before. */
  onHandover(listener: () => void): void {
    this.#handedOver = listener;
  }

  #learn(owner: string | undefined): void {
    const isThere = owner !== undefined;
    const isAnother = isThere && this.#owner !== undefined && owner !== this.#owner;
    this.#owner = owner;
    if (isAnother) this.#handedOver();
    if (this.#isThere === isThere) return;
    this.#isThere = isThere;
    this.#changed(isThere);
  }
}
