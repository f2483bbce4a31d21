import type { Reported } from "@parley/client/session/ports.ts";
import type { AccountReport } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";

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

  /** Undefined: the account is gone. */
  set(accountKey: AccountKey, report: Reported | undefined): void {
    if (report) {
      const waiting = this.#byAccount.get(accountKey)?.waiting ?? 0;
      this.#byAccount.set(accountKey, { waiting, ...report });
    } else if (!this.#byAccount.delete(accountKey)) return;
    this.#changed(this.total);
  }
}
