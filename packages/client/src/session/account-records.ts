import { EndedAccount, HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { type AccountKey, DeviceId } from "@parley/protocol/ids.ts";
import { parseWith } from "../connection/parse.ts";
import type { Log } from "../connection/ports.ts";
import { decisionsPrefix } from "./alert-log.ts";
import { directoryPrefix } from "./directory.ts";
import type { HostStore } from "./ports.ts";

/** What is kept of an account between runs of the host. No token is in it (X2). */
const AccountRecord = HostedAccount.extend({ deviceId: DeviceId });
export type AccountRecord = { account: HostedAccount; deviceId: DeviceId };

const ACCOUNTS = "account:";
const SIGN_OUTS = "sign-out:";
const ENDED = "ended:";

function keyOf(prefix: string, { account, deviceId }: AccountRecord): string {
  return prefix === ACCOUNTS
    ? `${prefix}${account.accountKey}`
    : `${prefix}${account.accountKey}:${deviceId}`;
}

/** The accounts of this device, in the host's store. */
export class AccountRecords {
  readonly #store: HostStore;
  readonly #decisions: HostStore;
  readonly #log: Log;

  constructor(ports: { store: HostStore; decisions: HostStore; log: Log }) {
    this.#store = ports.store;
    this.#decisions = ports.decisions;
    this.#log = ports.log;
  }

  list(): Promise<AccountRecord[]> {
    return this.#read(ACCOUNTS);
  }

  save(record: AccountRecord): Promise<void> {
    return this.#write(ACCOUNTS, record);
  }

  /** Forgets an account and what was learned for it. */
  async remove(accountKey: AccountKey): Promise<void> {
    await this.#store.deleteAll(`${ACCOUNTS}${accountKey}`);
    await this.#store.deleteAll(directoryPrefix(accountKey));
    await this.#decisions.deleteAll(decisionsPrefix(accountKey));
  }

  /** Sign-outs that did not reach their server yet. */
  pendingSignOuts(): Promise<AccountRecord[]> {
    return this.#read(SIGN_OUTS);
  }

  addPendingSignOut(record: AccountRecord): Promise<void> {
    return this.#write(SIGN_OUTS, record);
  }

  async removePendingSignOut(record: AccountRecord): Promise<void> {
    await this.#store.deleteAll(keyOf(SIGN_OUTS, record));
  }

  /** V57: accounts that were signed out here by their server, and whose user has not heard of it. */
  async ended(): Promise<EndedAccount[]> {
    const found: EndedAccount[] = [];
    for (const [key, value] of await this.#store.list(ENDED)) {
      const ended = parseWith(EndedAccount, value);
      if (ended.ok) found.push(ended.value);
      else this.#log.warn("A kept sign-out could not be read.", { key, problem: ended.problem });
    }
    return found;
  }

  addEnded(ended: EndedAccount): Promise<void> {
    return this.#store.put([[`${ENDED}${ended.accountKey}`, ended]]);
  }

  async removeEnded(accountKey: AccountKey): Promise<void> {
    await this.#store.deleteAll(`${ENDED}${accountKey}`);
  }

  async #read(prefix: string): Promise<AccountRecord[]> {
    const records: AccountRecord[] = [];
    for (const [key, value] of await this.#store.list(prefix)) {
      const record = parseWith(AccountRecord, value);
      if (record.ok) {
        const { deviceId, ...account } = record.value;
        records.push({ account, deviceId });
      } else {
        this.#log.warn("A kept account could not be read.", { key, problem: record.problem });
      }
    }
    return records;
  }

  async #write(prefix: string, record: AccountRecord): Promise<void> {
    const value = { ...record.account, deviceId: record.deviceId };
    await this.#store.put([[keyOf(prefix, record), value]]);
  }
}
