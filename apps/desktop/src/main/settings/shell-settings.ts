import { parseWith } from "@parley/client/connection/parse.ts";
import type { HostStore } from "@parley/client/session/ports.ts";
import { ShellSettings } from "@parley/protocol/bridge/contract.ts";

const KEY = "shell:settings";
const USUAL: ShellSettings = { closeToTray: true, startHidden: false };

/** The settings that only a desktop has, kept on this device. */
export class KeptSettings {
  readonly #store: HostStore;
  #current: ShellSettings;

  private constructor(store: HostStore, current: ShellSettings) {
    this.#store = store;
    this.#current = current;
  }

  static async load(store: HostStore): Promise<KeptSettings> {
    const kept = (await store.list(KEY)).find(([key]) => key === KEY);
    const parsed = parseWith(ShellSettings.partial(), kept?.[1]);
    const { closeToTray, startHidden } = parsed.ok ? parsed.value : {};
    return new KeptSettings(store, {
      closeToTray: closeToTray ?? USUAL.closeToTray,
      startHidden: startHidden ?? USUAL.startHidden,
    });
  }

  get current(): ShellSettings {
    return this.#current;
  }

  async change(change: Partial<ShellSettings>): Promise<void> {
    this.#current = { ...this.#current, ...change };
    await this.#store.put([[KEY, this.#current]]);
  }
}
