import type { Reported } from "@parley/client/session/ports.ts";
import type { AccountReport } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";

/** Chats in the tray's menu, over all accounts. */
const MAX_RECENT = 5;

/** What windows counted, or the host while there is none, over all accounts (S9). */
export class Reports {
  readonly #changed: (total: AccountReport) => void;
  readonly #byAccount = new Map<AccountKey, AccountReport>();

  constructor(changed: (total: AccountReport) => void) {
    this.#changed = changed;
  }

  get total(): AccountReport {
    const total: AccountReport = { unread: 0, mentions: 0, waiting: 0 };
    for (const report of this.#byAccount.values()) {
      total.unread += report.unread;
      total.mentions += report.mentions;
      total.waiting += report.waiting;
    }
    return total;
  }

  /** The newest chats of all accounts, in turn: each account's first one, then each one's second. */
  get recent(): (NonNullable<AccountReport["recent"]>[number] & { accountKey: AccountKey })[] {
    const chats = [...this.#byAccount].flatMap(([accountKey, { recent = [] }]) =>
      recent.map((chat, place) => ({ place, chat: { ...chat, accountKey } })),
    );
    return chats
      .toSorted((a, b) => a.place - b.place)
      .slice(0, MAX_RECENT)
      .map(({ chat }) => chat);
  }

  /** Undefined: the account is gone. */
  set(accountKey: AccountKey, report: Reported | undefined): void {
    if (report) {
      const { waiting = 0, recent } = this.#byAccount.get(accountKey) ?? {};
      this.#byAccount.set(accountKey, { waiting, ...(recent && { recent }), ...report });
    } else if (!this.#byAccount.delete(accountKey)) return;
    this.#changed(this.total);
  }
}
