import { parseWith } from "@parley/client/connection/parse.ts";
import type { Log } from "@parley/client/connection/ports.ts";
import type { HostStore } from "@parley/client/session/ports.ts";
import { DEFAULT_SHELL, ShellSettings } from "@parley/protocol/bridge/shell.ts";

const KEY = "shell:settings";

/**
 * Kept settings as far as they are understood: what is missing, or was written by another version, is as
 * usual; the rest stays.
 */
function settingsOf(kept: unknown): ShellSettings {
  const settings: Record<string, unknown> = { ...DEFAULT_SHELL };
  if (typeof kept !== "object" || kept === null) return DEFAULT_SHELL;
  for (const [key, value] of Object.entries<unknown>({ ...kept })) {
    if (parseWith(ShellSettings, { ...settings, [key]: value }).ok) settings[key] = value;
  }
  return ShellSettings.parse(settings);
}

/** The settings that only a desktop has, kept on this device. */
export class KeptSettings {
  readonly #store: HostStore;
  readonly #log: Log;
  readonly #listeners = new Set<(now: ShellSettings, before: ShellSettings) => void>();
  #current: ShellSettings;

  private constructor(store: HostStore, log: Log, current: ShellSettings) {
    this.#store = store;
    this.#log = log;
    this.#current = current;
  }

  static async load(store: HostStore, log: Log): Promise<KeptSettings> {
    const kept = (await store.list(KEY)).find(([key]) => key === KEY);
    return new KeptSettings(store, log, settingsOf(kept?.[1]));
  }

  get current(): ShellSettings {
    return this.#current;
  }

  /** Hears of every change, at once: before it is on the disk. */
  onChange(listener: (now: ShellSettings, before: ShellSettings) => void): void {
    this.#listeners.add(listener);
  }

  /** Takes effect at once, also where it cannot be kept. Never rejects. */
  async change(change: Partial<ShellSettings>): Promise<void> {
    const before = this.#current;
    this.#current = { ...before, ...change };
    for (const listener of this.#listeners) listener(this.#current, before);
    try {
      await this.#store.put([[KEY, this.#current]]);
    } catch (error) {
      this.#log.warn("The settings could not be kept.", { error: String(error) });
    }
  }
}
