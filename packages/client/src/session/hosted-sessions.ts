import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { ERRORS, type Failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { AccountApi } from "../connection/account-api.ts";
import { saveRefreshToken, TokenKeeper } from "../connection/token-keeper.ts";
import { createSerial } from "../sync/serial.ts";
import { type AccountRecord, AccountRecords } from "./account-records.ts";
import { AccountSession, secretNameOf, type SessionPorts } from "./account-session.ts";
import type { DeviceAlerts } from "./alert-settings.ts";
import type { SessionWindow } from "./session-window.ts";
import type { SignedIn } from "./sign-in.ts";

type Deps = {
  ports: SessionPorts;
  device: DeviceAlerts;
  /** All windows that have said hello. */
  windows: () => readonly SessionWindow[];
  /** Accounts came, went or were renamed. */
  changed: () => void;
  /** An account is gone from this device. */
  gone: (accountKey: AccountKey) => void;
};

type Hosted = { session: AccountSession; deviceId: AccountRecord["deviceId"] };

/**
 * The signed-in accounts of this device: kept over restarts, adopted after a sign-in, let go by a sign-out
 * or by their server. They come and go one at a time: two sign-ins at once must not leave two sessions of
 * one account.
 */
export class HostedSessions {
  readonly #deps: Deps;
  readonly #records: AccountRecords;
  readonly #hosted = new Map<AccountKey, Hosted>();
  readonly #inOrder = createSerial();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#records = new AccountRecords(deps.ports);
  }

  get all(): AccountSession[] {
    return [...this.#hosted.values()].map(({ session }) => session);
  }

  get(accountKey: AccountKey): AccountSession | undefined {
    return this.#hosted.get(accountKey)?.session;
  }

  /** Starts the kept accounts. Never rejects; what fails is logged. */
  async start(): Promise<void> {
    try {
      for (const record of await this.#records.list()) this.#host(record);
    } catch (error) {
      this.#warn("The kept accounts could not be read.", error);
    }
    await Promise.all(this.all.map((session) => this.#startSafely(session)));
    this.#inBackground(this.#sendPendingSignOuts());
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((session) => session.stop()));
  }

  /** Takes in an account that has just signed in, in place of its older session on this device. */
  adopt({ account, grant }: SignedIn): Promise<HostedAccount> {
    return this.#inOrder(async () => {
      const { accountKey } = account;
      const { ports, windows, changed } = this.#deps;
      // The older session would only linger in the list of devices.
      await this.#drop(accountKey, { tellServer: true });
      await saveRefreshToken(ports.tokens, secretNameOf(accountKey), grant);
      const record = { account, deviceId: grant.deviceId };
      await this.#save(record);
      const session = this.#host(record, grant);
      await session.start();
      changed();
      for (const window of windows()) session.greet(window);
      return account;
    });
  }

  /** X2: signs out here, without a network too; `everywhere` only if the server has heard of it. */
  signOut(session: AccountSession, everywhere: boolean): Promise<Result<Record<string, never>>> {
    return this.#inOrder(async () => {
      if (everywhere) {
        const token = await session.tokens.obtain(false);
        const ended = token.ok ? await session.api.signOut(token.value.accessToken, true) : token;
        if (!ended.ok) return ended;
      }
      await this.#forget(session.accountKey, { tellServer: !everywhere });
      return success({});
    });
  }

  #host(record: AccountRecord, grant?: SignedIn["grant"]): AccountSession {
    const { account, deviceId } = record;
    const { ports, device, windows, changed } = this.#deps;
    const session = new AccountSession({
      ports,
      account,
      deviceId,
      device,
      ...(grant && { grant }),
      windows,
      renamed: (renamed) => {
        void this.#save({ account: renamed, deviceId });
        changed();
      },
      ended: (error) => this.#inBackground(this.#inOrder(() => this.#ended(session, error))),
    });
    this.#hosted.set(account.accountKey, { session, deviceId });
    return session;
  }

  async #startSafely(session: AccountSession): Promise<void> {
    try {
      await session.start();
    } catch (error) {
      this.#warn("A session could not be started.", error);
    }
  }

  async #save(record: AccountRecord): Promise<void> {
    try {
      await this.#records.save(record);
    } catch (error) {
      // The session works; after a restart the user has to sign in again.
      this.#warn("An account could not be kept.", error);
    }
  }

  /** The server ended the session: what is in the account's own databases stays for the next sign-in. */
  async #ended(session: AccountSession, error: Failure): Promise<void> {
    // Replaced meanwhile by a new sign-in, which has not ended.
    if (this.get(session.accountKey) !== session) return;
    this.#deps.ports.log.warn("A session was ended by its server.", { code: error.code });
    await this.#forget(session.accountKey, { tellServer: false });
  }

  async #forget(accountKey: AccountKey, options: { tellServer: boolean }): Promise<void> {
    await this.#drop(accountKey, options);
    await this.#records.remove(accountKey);
    this.#deps.changed();
  }

  async #drop(accountKey: AccountKey, { tellServer }: { tellServer: boolean }): Promise<void> {
    const hosted = this.#hosted.get(accountKey);
    if (!hosted) return;
    const { session, deviceId } = hosted;
    this.#hosted.delete(accountKey);
    this.#deps.gone(accountKey);
    session.alerts.withdrawAll();
    await session.stop();
    if (!tellServer) return session.tokens.forget();
    const record = { account: session.account, deviceId };
    await this.#records.addPendingSignOut(record);
    this.#inBackground(this.#sendSignOut(record, session.tokens));
  }

  /** Signing out works without a network; the server hears of it as soon as it can be reached. */
  async #sendPendingSignOuts(): Promise<void> {
    for (const record of await this.#records.pendingSignOuts()) await this.#sendSignOut(record);
  }

  async #sendSignOut(record: AccountRecord, kept?: TokenKeeper): Promise<void> {
    const { http, log } = this.#deps.ports;
    const { account } = record;
    const api = new AccountApi(http, account.serverUrl);
    const keeper = kept ?? this.#keeperOf(record, api);
    const token = await keeper.obtain(false);
    const ended = token.ok ? await api.signOut(token.value.accessToken, false) : token;
    if (!ended.ok && ERRORS[ended.error.code].retry === "retry") {
      log.warn("A sign-out did not reach the server yet.", { code: ended.error.code });
      return;
    }
    // Signed in again meanwhile: the secret under this name is the new session's.
    if (!this.#hosted.has(account.accountKey)) await keeper.forget();
    await this.#records.removePendingSignOut(record);
  }

  #keeperOf({ account, deviceId }: AccountRecord, api: AccountApi): TokenKeeper {
    const { clock, tokens } = this.#deps.ports;
    return new TokenKeeper({
      api,
      clock,
      transport: tokens,
      serverId: account.serverId,
      deviceId,
      secretName: secretNameOf(account.accountKey),
      granted: () => undefined,
    });
  }

  /** Work that nobody waits for. */
  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#warn("Background work failed.", error));
  }

  #warn(message: string, error: unknown): void {
    this.#deps.ports.log.warn(message, { error: String(error) });
  }
}
