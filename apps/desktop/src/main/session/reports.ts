import type { AccountReport } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";

/** Chats in the tray's menu, over all accounts. */
const MAX_RECENT = 5;

type Numbers = Pick<AccountReport, "unread" | "mentions">;
type Recent = NonNullable<AccountReport["recent"]>[number];

/**
 * What windows counted, or the host while none of them does, over all accounts (S9, V28). Both are kept
 * side by side: a window says its numbers only when they change, and they hold again when it counts again.
 */
export class Reports {
  readonly #changed: (total: AccountReport) => void;
  readonly #ofWindows = new Map<AccountKey, AccountReport>();
  readonly #ofHost = new Map<AccountKey, Numbers>();
  /** Accounts whose windows' numbers hold, as soon as there are any. */
  readonly #windowsHold = new Set<AccountKey>();

  constructor(changed: (total: AccountReport) => void) {
    this.#changed = changed;
  }

  get total(): AccountReport {
    const total: AccountReport = { unread: 0, mentions: 0, waiting: 0 };
    for (const accountKey of new Set([...this.#ofWindows.keys(), ...this.#ofHost.keys()])) {
      const ofWindow = this.#ofWindows.get(accountKey);
      const ofHost = this.#ofHost.get(accountKey);
      const numbers = this.#windowsHold.has(accountKey)
        ? (ofWindow ?? ofHost)
        : (ofHost ?? ofWindow);
      total.unread += numbers?.unread ?? 0;
      total.mentions += numbers?.mentions ?? 0;
      // The host knows nothing of the journal: what waits there stays as it was last told.
      total.waiting += ofWindow?.waiting ?? 0;
    }
    return total;
  }

  /** The newest chats of all accounts, in turn: each account's first one, then each one's second. */
  get recent(): (Recent & { accountKey: AccountKey })[] {
    const chats = [...this.#ofWindows].flatMap(([accountKey, { recent = [] }]) =>
      recent.map((chat, place) => ({ place, chat: { ...chat, accountKey } })),
    );
    return chats
      .toSorted((a, b) => a.place - b.place)
      .slice(0, MAX_RECENT)
      .map(({ chat }) => chat);
  }

  /** What a window counted. Undefined: the account is gone. */
  set(accountKey: AccountKey, report: AccountReport | undefined): void {
    if (report) {
      const recent = report.recent ?? this.#ofWindows.get(accountKey)?.recent;
      this.#ofWindows.set(accountKey, { ...report, ...(recent && { recent }) });
    } else {
      const wasThere = this.#ofWindows.delete(accountKey);
      this.#windowsHold.delete(accountKey);
      if (!this.#ofHost.delete(accountKey) && !wasThere) return;
    }
    this.#changed(this.total);
  }

  /**
   * What the host counted. Undefined: what a window says holds, which may be said only later: until then
   * it is what the host counted last.
   */
  count(accountKey: AccountKey, numbers: Numbers | undefined): void {
    if (numbers) {
      this.#ofHost.set(accountKey, numbers);
      this.#windowsHold.delete(accountKey);
    } else {
      if (this.#windowsHold.has(accountKey)) return;
      this.#windowsHold.add(accountKey);
    }
    this.#changed(this.total);
  }
}
