import {
  type CallBody,
  type CallData,
  type CallName,
  CALLS,
  type HostedAccount,
  type NoticeBody,
  type NoticeName,
} from "@parley/protocol/bridge/contract.ts";
import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import { ERRORS, failure, type Failure, type Result, success } from "@parley/protocol/errors.ts";
import type { DeviceInfo } from "@parley/protocol/http/accounts.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { isCallName } from "@parley/protocol/bridge/names.ts";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";
import { AccountApi } from "../connection/account-api.ts";
import { type Parser, parseWith } from "../connection/parse.ts";
import { normaliseServerUrl } from "../connection/server-url.ts";
import { saveRefreshToken, TokenKeeper } from "../connection/token-keeper.ts";
import { type AccountRecord, AccountRecords } from "./account-records.ts";
import { DeviceAlerts } from "./alert-settings.ts";
import { createSerial } from "../sync/serial.ts";
import { AccountSession, secretNameOf, type SessionPorts } from "./account-session.ts";
import { HostWindow } from "./host-window.ts";
import type { ShellPort, WindowPort } from "./ports.ts";
import { probeServer, type SignedIn, signIn, type SignInPorts, signUp } from "./sign-in.ts";

export type HostOptions = SessionPorts & {
  /** Names the build; a window of another one makes everything reload (S20). */
  build: string;
  /** S16: what this device says of itself. */
  device: DeviceInfo;
  /** X2: set in the web shell, which speaks only to its own origin. */
  onlyOrigin?: string;
  /** The desktop around this host; none in a browser. */
  shell?: ShellPort;
  /**
   * S20: the host has ended its work because another build is here; it should go now. Absent where host
   * and windows come as one build: there a window that names another is no window of ours, and refused.
   */
  retired?: () => void;
};

type Handlers = {
  readonly [Name in CallName]: (
    window: HostWindow,
    body: CallBody<Name>,
  ) => Promise<Result<CallData<Name>>> | Result<CallData<Name>>;
};

const BODIES: { [Name in CallName]: { body: Parser<CallBody<Name>> } } = CALLS;

/** How long an outdated host waits for requests that are on their way. */
const RETIRE_MS = 3_000;
const RETIRE_LOOK_MS = 50;

/**
 * The session host: owns the signed-in sessions of this device and serves any number of windows by
 * the bridge contract. Every call is checked by its schema; a failure is an answer, never a throw.
 */
export class SessionHost {
  readonly #options: HostOptions;
  readonly #records: AccountRecords;
  readonly #windows = new Set<HostWindow>();
  readonly #sessions = new Map<AccountKey, AccountSession>();
  readonly #deviceIds = new Map<AccountKey, AccountRecord["deviceId"]>();
  readonly #alerts: DeviceAlerts;
  readonly #started: Promise<void>;
  readonly #handlers: Handlers;
  /** Sessions come and go one at a time: two sign-ins at once must not leave two of one account. */
  readonly #inOrder = createSerial();
  #order = 0;
  #retiring = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#records = new AccountRecords(options.store, options.log);
    this.#alerts = new DeviceAlerts({
      ...options,
      changed: (settings) => {
        this.#tell("alerts:changed", { settings });
        options.shell?.alertsChanged(settings);
        for (const session of this.#sessions.values()) session.alerts.look();
      },
    });
    this.#handlers = this.#makeHandlers();
    this.#started = this.#start();
  }

  /** Resolves once the kept accounts are known and connecting. */
  get started(): Promise<void> {
    return this.#started;
  }

  get accounts(): HostedAccount[] {
    return [...this.#sessions.values()].map((session) => session.account);
  }

  session(accountKey: AccountKey): AccountSession | undefined {
    return this.#sessions.get(accountKey);
  }

  /** V51: sets alerts of this device as a window does, for what the shell offers outside of windows. */
  async configureAlerts(change: Partial<AlertSettings>): Promise<void> {
    await this.#started;
    await this.#alerts.configure(change);
  }

  /** Takes in a window. It counts from its `host:hello` until its port says that it is gone. */
  attach(port: WindowPort): void {
    this.#order += 1;
    const window = new HostWindow({
      port,
      order: this.#order,
      log: this.#options.log,
      called: (from, name, body) => this.#called(from, name, body),
      livenessChanged: (changed) => {
        if (changed.gone) this.#windows.delete(changed);
        this.#windowsChanged();
      },
    });
    this.#windows.add(window);
  }

  /** Ends all connections and writes what waits. */
  async stop(): Promise<void> {
    await this.#started;
    await Promise.all([...this.#sessions.values()].map((session) => session.stop()));
  }

  get #signInPorts(): SignInPorts {
    const { http, tokens, device, onlyOrigin } = this.#options;
    return { http, tokenTransport: tokens.kind, device, onlyOrigin };
  }

  async #start(): Promise<void> {
    try {
      await this.#alerts.load();
      this.#options.shell?.alertsChanged(this.#alerts.settings);
      for (const record of await this.#records.list()) this.#host(record);
    } catch (error) {
      this.#options.log.warn("The kept accounts could not be read.", { error: String(error) });
    }
    await Promise.all([...this.#sessions.values()].map((session) => this.#startSession(session)));
    void this.#sendPendingSignOuts();
  }

  async #startSession(session: AccountSession): Promise<void> {
    try {
      await session.start();
    } catch (error) {
      this.#options.log.warn("A session could not be started.", { error: String(error) });
    }
  }

  #host(record: AccountRecord, grant?: SignedIn["grant"]): AccountSession {
    const { account, deviceId } = record;
    const session = new AccountSession({
      ports: this.#options,
      account,
      deviceId,
      device: this.#alerts,
      ...(grant && { grant }),
      windows: () => [...this.#windows].filter((window) => window.hasSaidHello),
      renamed: (renamed) => {
        void this.#save({ account: renamed, deviceId });
        this.#tellAccounts();
      },
      ended: (error) => this.#inBackground(this.#inOrder(() => this.#ended(session, error))),
    });
    this.#sessions.set(account.accountKey, session);
    this.#deviceIds.set(account.accountKey, deviceId);
    return session;
  }

  async #save(record: AccountRecord): Promise<void> {
    try {
      await this.#records.save(record);
    } catch (error) {
      // The session works; after a restart the user has to sign in again.
      this.#options.log.warn("An account could not be kept.", { error: String(error) });
    }
  }

  #windowsChanged(): void {
    for (const session of this.#sessions.values()) session.windowsChanged();
  }

  #tell<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    for (const window of this.#windows) if (window.hasSaidHello) window.notify(name, body);
  }

  #tellAccounts(): void {
    this.#tell("accounts:changed", { accounts: this.accounts });
  }

  async #called(window: HostWindow, name: string, body: unknown): Promise<Result<unknown>> {
    if (!isCallName(name)) return failure("bridge_failed", "There is no such call.");
    if (name !== "host:hello" && !window.hasSaidHello) {
      return failure("bridge_failed", "A window says hello first.");
    }
    if (this.#retiring) return failure("bridge_failed", "The session host is of another build.");
    await this.#started;
    // Nobody waits for the answer, and what it says of itself is no longer so.
    if (window.gone) return failure("bridge_failed", "The window is gone.");
    try {
      return await this.#handle(window, name, body);
    } catch (error) {
      this.#options.log.warn("A call failed.", { name, error: String(error) });
      return failure("bridge_failed", "The session host failed to do this.");
    }
  }

  async #handle<Name extends CallName>(
    window: HostWindow,
    name: Name,
    input: unknown,
  ): Promise<Result<CallData<Name>>> {
    const body = parseWith(BODIES[name].body, input);
    if (!body.ok) return failure("invalid_request", body.problem);
    return this.#handlers[name](window, body.value);
  }

  #with<T>(
    accountKey: AccountKey,
    act: (session: AccountSession) => Promise<Result<T>> | Result<T>,
  ): Promise<Result<T>> | Result<T> {
    const session = this.#sessions.get(accountKey);
    return session
      ? act(session)
      : failure("account_not_found", "This account is not signed in here.");
  }

  #makeHandlers(): Handlers {
    return {
      "host:hello": (window, body) => this.#hello(window, body),
      "server:probe": (_window, { serverUrl }) => probeServer(this.#signInPorts, serverUrl),
      "server:trust": (_window, body) => this.#trust(body),
      "account:sign-in": async (_window, body) =>
        this.#adopted(await signIn(this.#signInPorts, body)),
      "account:sign-up": async (_window, body) =>
        this.#adopted(await signUp(this.#signInPorts, body)),
      "account:sign-out": (_window, { accountKey, everywhere }) =>
        this.#with(accountKey, (session) =>
          this.#inOrder(() => this.#signOut(session, everywhere)),
        ),
      "account:rename": (_window, { accountKey, name }) =>
        this.#with(accountKey, (session) => rename(session, name)),
      "account:report": (_window, { accountKey, ...report }) =>
        this.#with(accountKey, () => done(() => this.#options.shell?.reported(accountKey, report))),
      "server:request": (window, { accountKey, name, body }) =>
        this.#with(accountKey, (session) => session.relay(window.windowId, name, body)),
      "receipt:mark": (_window, body) =>
        this.#with(body.accountKey, (session) => done(() => session.mark(body))),
      "typing:set": (window, { accountKey, chatId, typing }) =>
        this.#with(accountKey, (session) =>
          done(() => session.setTyping(window.windowId, chatId, typing)),
        ),
      "view:set": (window, { accountKey, ...view }) =>
        this.#with(accountKey, (session) => done(() => session.setView(window.windowId, view))),
      "writer:ready": (window, { accountKey }) =>
        this.#with(accountKey, (session) => session.writerReady(window.windowId)),
      "writer:caught-up": (window, { accountKey, watermark }) =>
        this.#with(accountKey, (session) => session.writerCaughtUp(window.windowId, watermark)),
      "outbox:nudge": (_window, { accountKey }) =>
        this.#with(accountKey, (session) => done(() => session.nudge())),
      "connection:retry": (_window, { accountKey }) =>
        this.#with(accountKey, (session) => done(() => session.retry())),
      "alerts:state": () => success(this.#alerts.settings),
      "alerts:configure": async (_window, change) =>
        success(await this.#alerts.configure(given(change))),
      "alerts:decisions": (_window, { accountKey, chatId }) =>
        this.#with(accountKey, ({ alerts }) => success({ decisions: alerts.decisions(chatId) })),
      "notification:told": (_window, outcome) => done(() => this.#told(outcome)),
      "shell:state": async () => {
        const { shell } = this.#options;
        return shell ? success(await shell.state()) : noShell();
      },
      "shell:configure": async (_window, change) => {
        const { shell } = this.#options;
        return shell ? success(await shell.configure(given(change))) : noShell();
      },
      // What concerns only the shell it answers itself, before a call comes here.
      "shell:notification-test": noShell,
      "shell:notification-outcomes": noShell,
      "shell:open-logs": noShell,
      "shell:crash-reports": noShell,
      "shell:crash-report": noShell,
      "shell:crash-report-delete": noShell,
      "window:open": noShell,
      "window:state": noShell,
      "window:configure": noShell,
    };
  }

  #told(outcome: NotificationOutcome): void {
    if (outcome.of) this.#sessions.get(outcome.of.accountKey)?.alerts.told(outcome);
  }

  /** X1: accounts that wait for this server try again at once. */
  async #trust({
    serverUrl: typed,
    fingerprint,
  }: CallBody<"server:trust">): Promise<Result<Record<string, never>>> {
    const { shell } = this.#options;
    if (!shell) return noShell();
    const serverUrl = normaliseServerUrl(typed);
    if (!serverUrl.ok) return serverUrl;
    const trusted = await shell.trust(serverUrl.value, fingerprint);
    if (!trusted.ok) return trusted;
    for (const session of this.#sessions.values()) {
      if (session.account.serverUrl === serverUrl.value) session.retry();
    }
    return trusted;
  }

  #hello(
    window: HostWindow,
    { bridgeVersion, build, windowId }: CallBody<"host:hello">,
  ): Result<CallData<"host:hello">> {
    const { retired } = this.#options;
    const isOurs = bridgeVersion === BRIDGE_VERSION && build === this.#options.build;
    if (!isOurs && !retired) return failure("bridge_failed", "This window is of another build.");
    window.saidHello(windowId);
    if (!isOurs && retired) {
      void this.#retire(retired);
    } else {
      // After the answer, which windows read first.
      queueMicrotask(() => {
        for (const session of this.#sessions.values()) {
          session.windowsChanged();
          session.greet(window);
        }
      });
    }
    return success({ build: this.#options.build, accounts: this.accounts });
  }

  /** S20: another build is here: end what is on its way, let go, and have all windows reload. */
  async #retire(retired: () => void): Promise<void> {
    if (this.#retiring) return;
    this.#retiring = true;
    const { clock } = this.#options;
    const untilMs = clock.nowMs() + RETIRE_MS;
    const busy = (): boolean => [...this.#sessions.values()].some((one) => one.relayedCount > 0);
    while (busy() && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void clock.setTimer(resolve, RETIRE_LOOK_MS));
    }
    await this.stop();
    this.#tell("host:outdated", {});
    retired();
  }

  async #adopted(signed: Result<SignedIn>): Promise<Result<HostedAccount>> {
    return signed.ok ? this.#inOrder(() => this.#adopt(signed.value)) : signed;
  }

  /** Work that nobody waits for. */
  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#options.log.warn("Background work failed.", { error: String(error) });
    });
  }

  async #adopt({ account, grant }: SignedIn): Promise<Result<HostedAccount>> {
    const { accountKey } = account;
    // Signed in again on this device: the older session would only linger in the list of devices.
    await this.#drop(accountKey, { tellServer: true });
    await saveRefreshToken(this.#options.tokens, secretNameOf(accountKey), grant);
    const record = { account, deviceId: grant.deviceId };
    await this.#save(record);
    const session = this.#host(record, grant);
    await session.start();
    this.#tellAccounts();
    for (const window of this.#windows) if (window.hasSaidHello) session.greet(window);
    return success(account);
  }

  async #signOut(
    session: AccountSession,
    everywhere: boolean,
  ): Promise<Result<Record<string, never>>> {
    if (everywhere) {
      const token = await session.tokens.obtain(false);
      const ended = token.ok ? await session.api.signOut(token.value.accessToken, true) : token;
      if (!ended.ok) return ended;
    }
    await this.#drop(session.accountKey, { tellServer: !everywhere });
    await this.#records.remove(session.accountKey);
    this.#tellAccounts();
    return success({});
  }

  /** The server ended the session: what is in the account's own databases stays for the next sign-in. */
  async #ended(session: AccountSession, error: Failure): Promise<void> {
    const { accountKey } = session;
    // Replaced meanwhile by a new sign-in, which has not ended.
    if (this.#sessions.get(accountKey) !== session) return;
    this.#options.log.warn("A session was ended by its server.", { code: error.code });
    await this.#drop(accountKey, { tellServer: false });
    await this.#records.remove(accountKey);
    this.#tellAccounts();
  }

  async #drop(accountKey: AccountKey, { tellServer }: { tellServer: boolean }): Promise<void> {
    const session = this.#sessions.get(accountKey);
    const deviceId = this.#deviceIds.get(accountKey);
    if (!session || deviceId === undefined) return;
    this.#sessions.delete(accountKey);
    this.#deviceIds.delete(accountKey);
    this.#options.shell?.reported(accountKey, undefined);
    await session.stop();
    if (!tellServer) return session.tokens.forget();
    const record = { account: session.account, deviceId };
    await this.#records.addPendingSignOut(record);
    this.#inBackground(this.#sendSignOut(record, session.tokens));
  }

  /** Signing out works without a network; the server hears of it as soon as it can be reached. */
  async #sendPendingSignOuts(): Promise<void> {
    try {
      for (const record of await this.#records.pendingSignOuts()) await this.#sendSignOut(record);
    } catch (error) {
      this.#options.log.warn("Sign-outs could not be sent.", { error: String(error) });
    }
  }

  async #sendSignOut(record: AccountRecord, kept?: TokenKeeper): Promise<void> {
    const { http, clock, tokens, log } = this.#options;
    const { account, deviceId } = record;
    const api = new AccountApi(http, account.serverUrl);
    const keeper =
      kept ??
      new TokenKeeper({
        api,
        clock,
        transport: tokens,
        serverId: account.serverId,
        deviceId,
        secretName: secretNameOf(account.accountKey),
        granted: () => undefined,
      });
    const token = await keeper.obtain(false);
    const ended = token.ok ? await api.signOut(token.value.accessToken, false) : token;
    if (!ended.ok && ERRORS[ended.error.code].retry === "retry") {
      log.warn("A sign-out did not reach the server yet.", { code: ended.error.code });
      return;
    }
    // Signed in again meanwhile: the secret under this name is the new session's.
    if (!this.#sessions.has(account.accountKey)) await keeper.forget();
    await this.#records.removePendingSignOut(record);
  }
}

function noShell(): Result<never> {
  return failure("not_allowed", "This app has no shell around it.");
}

/** Without the keys that were not named. */
function given<T extends object>(change: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const named: { [Key in keyof T]?: Exclude<T[Key], undefined> } = { ...change };
  for (const key of Object.keys(change)) {
    if (Reflect.get(change, key) === undefined) Reflect.deleteProperty(named, key);
  }
  return named;
}

function done(act: () => void): Result<Record<string, never>> {
  act();
  return success({});
}

async function rename(session: AccountSession, name: string): Promise<Result<HostedAccount>> {
  const token = await session.tokens.obtain(false);
  if (!token.ok) return token;
  const renamed = await session.api.rename(token.value.accessToken, name);
  return renamed.ok ? success(session.setMe(renamed.value)) : renamed;
}
