import type { AccountReport } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";

/** What windows counted, over all accounts (S9). */
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

  /** Undefined: the account is gone. */
  set(accountKey: AccountKey, report: AccountReport | undefined): void {
    if (report) this.#byAccount.set(accountKey, report);
    else if (!this.#byAccount.delete(accountKey)) return;
    this.#changed(this.total);
  }
}
