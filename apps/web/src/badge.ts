import type { AccountKey } from "@parley/protocol/ids.ts";

/** What the browser offers an installed app; absent in some. */
export type BadgePort = {
  set: (count: number) => Promise<void>;
  clear: () => Promise<void>;
};

/** The badge of an installed app, where the browser has such. */
export function browserBadge(): BadgePort | undefined {
  if (!("setAppBadge" in navigator) || !("clearAppBadge" in navigator)) return undefined;
  return {
    set: (count) => navigator.setAppBadge(count),
    clear: () => navigator.clearAppBadge(),
  };
}

/**
 * S9: the installed app's badge shows what windows report: the same number as list and title. What stood
 * there before this window came stays until all accounts have reported, so that it never shows less than
 * is so.
 */
export class Badge {
  readonly #port: BadgePort | undefined;
  readonly #unread = new Map<AccountKey, number>();
  #kept: readonly AccountKey[] | undefined;
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
    this.#kept = accountKeys;
    this.#draw();
  }

  #draw(): void {
    const counts = this.#kept?.map((accountKey) => this.#unread.get(accountKey));
    if (!this.#port || !counts || counts.includes(undefined)) return;
    const count = counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    if (count === this.#drawn) return;
    this.#drawn = count;
    const drawing = count > 0 ? this.#port.set(count) : this.#port.clear();
    // Only an installed app has one; nothing is lost without.
    drawing.catch(() => undefined);
  }
}
