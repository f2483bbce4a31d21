import { AlertSettings, DEFAULT_ALERTS } from "@parley/protocol/bridge/alerts.ts";
import { parseWith } from "../connection/parse.ts";
import type { Clock, Log } from "../connection/ports.ts";
import type { HostStore } from "./ports.ts";
import { isQuiet, localTimeOf } from "./quiet-hours.ts";

const KEY = "alerts:settings";

type Options = {
  store: HostStore;
  clock: Clock;
  log: Log;
  changed: (settings: AlertSettings) => void;
};

/** V51: the settings of alerts on this device, kept in the host's store. */
export class DeviceAlerts {
  readonly #options: Options;
  #settings = DEFAULT_ALERTS;

  constructor(options: Options) {
    this.#options = options;
  }

  get settings(): AlertSettings {
    return this.#settings;
  }

  /** Reads what was set before; what cannot be read is as it comes. */
  async load(): Promise<void> {
    const [entry] = await this.#options.store.list(KEY);
    if (!entry) return;
    const kept = parseWith(AlertSettings, entry[1]);
    if (kept.ok) this.#settings = kept.value;
    else this.#options.log.warn("Alert settings could not be read.", { problem: kept.problem });
  }

  /** Takes effect at once, also where it cannot be kept. */
  async configure(change: Partial<AlertSettings>): Promise<AlertSettings> {
    this.#settings = { ...this.#settings, ...change };
    this.#options.changed(this.#settings);
    try {
      await this.#options.store.put([[KEY, this.#settings]]);
    } catch (error) {
      this.#options.log.warn("Alert settings could not be kept.", { error: String(error) });
    }
    return this.#settings;
  }

  /** Why no alerts are wanted on this device now; undefined if they are. */
  get off(): "do-not-disturb" | "snoozed" | "quiet-hours" | undefined {
    const { doNotDisturb, snoozedUntilMs, quietHours } = this.#settings;
    const nowMs = this.#options.clock.nowMs();
    if (doNotDisturb) return "do-not-disturb";
    if ((snoozedUntilMs ?? 0) > nowMs) return "snoozed";
    return quietHours.enabled && isQuiet(quietHours, localTimeOf(nowMs))
      ? "quiet-hours"
      : undefined;
  }
}
