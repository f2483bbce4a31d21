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
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { DeviceInfo } from "@parley/protocol/http/accounts.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { isCallName } from "@parley/protocol/bridge/names.ts";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";
import { type Parser, parseWith } from "../connection/parse.ts";
import { normaliseServerUrl } from "../connection/server-url.ts";
import type { AccountSession } from "./account-session.ts";
import { DeviceAlerts } from "./alert-settings.ts";
import { HostWindow } from "./host-window.ts";
import { HostedSessions } from "./hosted-sessions.ts";
import type { ShellPort, WindowPort } from "./ports.ts";
import type { SessionPorts } from "./session-ports.ts";
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
  readonly #windows = new Set<HostWindow>();
  readonly #sessions: HostedSessions;
  readonly #alerts: DeviceAlerts;
  readonly #started: Promise<void>;
  readonly #handlers: Handlers;
  #order = 0;
  #retiring = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#alerts = new DeviceAlerts({
      ...options,
      changed: (settings) => {
        this.#tell("alerts:changed", { settings });
        options.shell?.alertsChanged(settings);
        for (const session of this.#sessions.all) session.alerts.look();
      },
    });
    this.#sessions = new HostedSessions({
      ports: options,
      device: this.#alerts,
      windows: () => this.#greeted,
      changed: () => this.#tell("accounts:changed", { accounts: this.accounts }),
      endedChanged: () => this.#tell("accounts:ended", { ended: this.#sessions.ended }),
      gone: (accountKey) => options.shell?.reported(accountKey, undefined),
    });
    this.#handlers = this.#makeHandlers();
    this.#started = this.#start();
  }

  /** Resolves once the kept accounts are known and connecting. */
  get started(): Promise<void> {
    return this.#started;
  }

  get accounts(): HostedAccount[] {
    return this.#sessions.all.map((session) => session.account);
  }

  session(accountKey: AccountKey): AccountSession | undefined {
    return this.#sessions.get(accountKey);
  }

  /** V51: sets alerts of this device as a window does, for what the shell offers outside of windows. */
  async configureAlerts(change: Partial<AlertSettings>): Promise<void> {
    await this.#started;
    await this.#alerts.configure(change);
  }

  /** V52: what became of a notification, as a window or the shell around this host has heard. */
  told(outcome: NotificationOutcome): void {
    if (outcome.of) this.#sessions.get(outcome.of.accountKey)?.alerts.told(outcome);
  }

  /** V52: notifications can be shown again, after nobody was there to show them. */
  notificationsShownAgain(): void {
    for (const session of this.#sessions.all) session.alerts.shownAgain();
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
    await this.#sessions.stop();
  }

  get #signInPorts(): SignInPorts {
    const { http, tokens, device, onlyOrigin } = this.#options;
    return { http, tokenTransport: tokens.kind, device, onlyOrigin };
  }

  /** The windows that have said hello. */
  get #greeted(): HostWindow[] {
    return [...this.#windows].filter((window) => window.hasSaidHello);
  }

  async #start(): Promise<void> {
    try {
      await this.#alerts.load();
      this.#options.shell?.alertsChanged(this.#alerts.settings);
    } catch (error) {
      this.#options.log.warn("The kept alert settings could not be read.", {
        error: String(error),
      });
    }
    await this.#sessions.start();
  }

  #windowsChanged(): void {
    for (const session of this.#sessions.all) session.windowsChanged();
  }

  #tell<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    for (const window of this.#greeted) window.notify(name, body);
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
        this.#with(accountKey, (session) => this.#sessions.signOut(session, everywhere)),
      "account:rename": (_window, { accountKey, name }) =>
        this.#with(accountKey, (session) => session.rename(name)),
      "devices:list": (_window, { accountKey }) =>
        this.#with(accountKey, ({ devices }) => devices.list()),
      "devices:sign-out": (_window, { accountKey, deviceId }) =>
        this.#with(accountKey, ({ devices }) => devices.signOut(deviceId)),
      "devices:rename": (_window, { accountKey, deviceId, name }) =>
        this.#with(accountKey, ({ devices }) => devices.rename(deviceId, name)),
      "ended:dismiss": async (_window, { accountKey }) => {
        await this.#sessions.dismissEnded(accountKey);
        return success({});
      },
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
      "notification:told": (_window, outcome) => done(() => this.told(outcome)),
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
      "shell:open-logs": noShell,
      "shell:crash-reports": noShell,
      "shell:crash-report": noShell,
      "shell:crash-report-mail": noShell,
      "shell:crash-report-delete": noShell,
      "window:open": noShell,
      "window:state": noShell,
      "window:configure": noShell,
    };
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
    for (const session of this.#sessions.all) {
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
        window.notify("accounts:ended", { ended: this.#sessions.ended });
        for (const session of this.#sessions.all) {
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
    const busy = (): boolean => this.#sessions.all.some((one) => one.relayedCount > 0);
    while (busy() && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void clock.setTimer(resolve, RETIRE_LOOK_MS));
    }
    await this.stop();
    this.#tell("host:outdated", {});
    retired();
  }

  async #adopted(signed: Result<SignedIn>): Promise<Result<HostedAccount>> {
    return signed.ok ? success(await this.#sessions.adopt(signed.value)) : signed;
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
