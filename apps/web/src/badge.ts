import type { AccountKey } from "@parley/protocol/ids.ts";

/** What the browser offers an installed app; absent in some. */
export type BadgePort = {
  set: (count: number) => Promise<void>;
  clear: () => Promise<void>;
};

export function browserBadge(): BadgePort | undefined {
  if (!("setAppBadge" in navigator) || !("clearAppBadge" in navigator)) return undefined;
  return {
    set: (count) => navigator.setAppBadge(count),
    clear: () => navigator.clearAppBadge(),
  };
}

/** S9: the installed app's badge shows what windows report: the same number as list and title. */
export class Badge {
  readonly #port: BadgePort | undefined;
  readonly #unread = new Map<AccountKey, number>();
  #drawn: number | undefined;

  constructor(port: BadgePort | undefined) {
    this.#port = port;
  }

  reported(accountKey: AccountKey, unread: number): void {
    this.#unread.set(accountKey, unread);
    this.#draw();
  }

  /** Only these accounts count from now on. */
  keep(accountKeys: readonly AccountKey[]): void {
    for (const accountKey of this.#unread.keys()) {
      if (!accountKeys.includes(accountKey)) this.#unread.delete(accountKey);
    }
    this.#draw();
  }

  #draw(): void {
    const count = [...this.#unread.values()].reduce((sum, one) => sum + one, 0);
    if (!this.#port || count === this.#drawn) return;
    this.#drawn = count;
    const drawing = count > 0 ? this.#port.set(count) : this.#port.clear();
    // Only an installed app has one; nothing is lost without.
    drawing.catch(() => undefined);
  }
}
