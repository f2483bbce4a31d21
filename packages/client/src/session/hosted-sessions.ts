import type { EndedAccount, HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { ERRORS, type Failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { AccountApi } from "../connection/account-api.ts";
import type { Cancel } from "../connection/ports.ts";
import { saveRefreshToken, TokenKeeper } from "../connection/token-keeper.ts";
import { createSerial } from "../sync/serial.ts";
import { type AccountRecord, AccountRecords } from "./account-records.ts";
import { AccountSession } from "./account-session.ts";
import { secretNameOf, type SessionPorts } from "./session-ports.ts";
import type { DeviceAlerts } from "./alert-settings.ts";
import type { SessionWindow } from "./session-window.ts";
import type { SignedIn } from "./sign-in.ts";

/** The host's store cannot be read at the moment. */
const READ_AGAIN_MS = 2_000;
/** A sign-out that did not reach its server is sent again, less and less often. */
const FIRST_SIGN_OUT_AGAIN_MS = 30_000;
const LAST_SIGN_OUT_AGAIN_MS = 3_600_000;

type Deps = {
  ports: SessionPorts;
  device: DeviceAlerts;
  /** All windows that have said hello. */
  windows: () => readonly SessionWindow[];
  /** Accounts came, went or were renamed. */
  changed: () => void;
  /** V57: accounts were signed out by their servers, or their users have heard of it. */
  endedChanged: () => void;
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
  readonly #ended = new Map<AccountKey, EndedAccount>();
  readonly #inOrder = createSerial();
  #cancelRetry: Cancel | undefined;
  #signOutAgain: Cancel | undefined;
  #signOutAgainMs = FIRST_SIGN_OUT_AGAIN_MS;
  #isStopped = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#records = new AccountRecords(deps.ports);
  }

  get all(): AccountSession[] {
    return [...this.#hosted.values()].map(({ session }) => session);
  }

  /** V57: accounts that were signed out here by their servers, until their users go on from there. */
  get ended(): EndedAccount[] {
    return [...this.#ended.values()];
  }

  get(accountKey: AccountKey): AccountSession | undefined {
    return this.#hosted.get(accountKey)?.session;
  }

  /** Starts the kept accounts. Never rejects; what fails is logged. */
  async start(): Promise<void> {
    try {
      await this.#startKept();
    } catch (error) {
      this.#warn("The kept accounts could not be read.", error);
      this.#startLater();
    }
    this.#inBackground(this.#sendPendingSignOuts());
  }

  async #startKept(): Promise<AccountSession[]> {
    const sessions = (await this.#records.list())
      .filter(({ account }) => !this.#hosted.has(account.accountKey))
      .map((record) => this.#host(record));
    await Promise.all(sessions.map((session) => this.#startSafely(session)));
    for (const ended of await this.#records.ended()) {
      // Signed in again since, though the store would not let the note go.
      if (!this.#hosted.has(ended.accountKey)) this.#ended.set(ended.accountKey, ended);
    }
    return sessions;
  }

  /** V58: they are signed in, even if the store cannot say so now. */
  #startLater(): void {
    const { ports, windows, changed, endedChanged } = this.#deps;
    const again = async (): Promise<void> => {
      const sessions = await this.#startKept();
      changed();
      if (this.#ended.size > 0) endedChanged();
      for (const window of windows()) for (const session of sessions) session.greet(window);
    };
    this.#cancelRetry = ports.clock.setTimer(() => {
      this.#inOrder(again).catch(() => this.#startLater());
    }, READ_AGAIN_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    this.#signOutAgain?.();
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
      if (this.#ended.has(accountKey)) await this.#forgetEnded(accountKey);
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

  /** V57: the user has read that the account was signed out here. */
  dismissEnded(accountKey: AccountKey): Promise<void> {
    return this.#inOrder(() => this.#forgetEnded(accountKey));
  }

  async #forgetEnded(accountKey: AccountKey): Promise<void> {
    if (!this.#ended.delete(accountKey)) return;
    this.#deps.endedChanged();
    try {
      await this.#records.removeEnded(accountKey);
    } catch (error) {
      // It is said once more after the next start.
      this.#warn("A note of a sign-out could not be let go.", error);
    }
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
        // Its sign-out on the server goes on after it has gone from here.
        if (this.get(account.accountKey) !== session) return;
        void this.#save({ account: renamed, deviceId });
        changed();
      },
      ended: (error) => this.#inBackground(this.#inOrder(() => this.#sessionEnded(session, error))),
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
  async #sessionEnded(session: AccountSession, error: Failure): Promise<void> {
    // Replaced meanwhile by a new sign-in, which has not ended.
    if (this.get(session.accountKey) !== session) return;
    this.#deps.ports.log.warn("A session was ended by its server.", { code: error.code });
    await this.#noteEnded(session.account, error);
    await this.#forget(session.accountKey, { tellServer: false });
  }

  /** V57: told before the account goes, so that no window shows it gone without a reason. */
  async #noteEnded(account: HostedAccount, { code, endedBy }: Failure): Promise<void> {
    const { accountKey, serverUrl, me } = account;
    const atMs = Math.round(this.#deps.ports.clock.nowMs());
    const ended = {
      accountKey,
      serverUrl,
      me,
      code,
      ...(endedBy !== undefined && { endedBy }),
      atMs,
    };
    this.#ended.set(accountKey, ended);
    this.#deps.endedChanged();
    try {
      await this.#records.addEnded(ended);
    } catch (error) {
      // It is said now, and not after a restart.
      this.#warn("A note of a sign-out could not be kept.", error);
    }
  }

  async #forget(accountKey: AccountKey, options: { tellServer: boolean }): Promise<void> {
    await this.#drop(accountKey, options);
    try {
      await this.#records.remove(accountKey);
    } catch (error) {
      // It has gone all the same: of what is left on the disk the server takes nothing.
      this.#warn("What was kept of an account could not be let go.", error);
    }
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
    session.tokens.retire();
    const record = { account: session.account, deviceId };
    try {
      if (tellServer) await this.#records.addPendingSignOut(record);
      else await session.tokens.forget();
    } catch (error) {
      // The server hears of it now, or knows it already.
      this.#warn("A sign-out could not be kept.", error);
    }
    if (tellServer) this.#inBackground(this.#sendSignOut(record, session.tokens));
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
      this.#sendSignOutsLater();
      return;
    }
    this.#signOutAgainMs = FIRST_SIGN_OUT_AGAIN_MS;
    await this.#inOrder(async () => {
      // Signed in again meanwhile: the secret under this name is the new session's.
      if (!this.#hosted.has(account.accountKey)) await keeper.forget();
      await this.#records.removePendingSignOut(record);
    });
  }

  #sendSignOutsLater(): void {
    if (this.#isStopped) return;
    this.#signOutAgain ??= this.#deps.ports.clock.setTimer(() => {
      this.#signOutAgain = undefined;
      this.#inBackground(this.#sendPendingSignOuts());
    }, this.#signOutAgainMs);
    this.#signOutAgainMs = Math.min(LAST_SIGN_OUT_AGAIN_MS, this.#signOutAgainMs * 2);
  }

  #keeperOf({ account, deviceId }: AccountRecord, api: AccountApi): TokenKeeper {
    const { clock, tokens } = this.#deps.ports;
    const keeper = new TokenKeeper({
      api,
      clock,
      transport: tokens,
      serverId: account.serverId,
      deviceId,
      secretName: secretNameOf(account.accountKey),
      granted: () => undefined,
    });
    keeper.retire();
    return keeper;
  }

  /** Work that nobody waits for. */
  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#warn("Background work failed.", error));
  }

  #warn(message: string, error: unknown): void {
    this.#deps.ports.log.warn(message, { error: String(error) });
  }
}
