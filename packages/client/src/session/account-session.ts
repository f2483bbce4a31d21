import type {
  CallBody,
  ConnectionStatus,
  HostedAccount,
  NoticeBody,
  NoticeName,
  RelayedName,
} from "@parley/protocol/bridge/contract.ts";
import type { Change } from "@parley/protocol/chat.ts";
import { type Result, success } from "@parley/protocol/errors.ts";
import type { ListedDevice, SessionGrant } from "@parley/protocol/http/accounts.ts";
import type { AccountKey, ChatId, DataEpoch } from "@parley/protocol/ids.ts";
import type { Welcome } from "@parley/protocol/socket/pushes.ts";
import type { RequestData } from "@parley/protocol/socket/requests.ts";
import { AccountApi } from "../connection/account-api.ts";
import { Connection, type Push } from "../connection/connection.ts";
import type { ConnectionState } from "../connection/machine.ts";
import { TokenKeeper } from "../connection/token-keeper.ts";
import { AccountAlerts } from "./account-alerts.ts";
import { AccountDevices } from "./account-devices.ts";
import { AccountReceipts } from "./account-receipts.ts";
import { AccountWriter, notWriter } from "./account-writer.ts";
import { Attention } from "./attention.ts";
import { statusOf } from "./connection-status.ts";
import { Directory } from "./directory.ts";
import type { View } from "./interest.ts";
import { secretNameOf, type SessionOptions } from "./session-ports.ts";
import type { SessionWindow } from "./session-window.ts";
import { Summary } from "./summary.ts";
import { OthersTyping, OwnTyping } from "./typing.ts";

/** Everything of one signed-in account: connection, writer, receipts, typing, presence, notifications. */
export class AccountSession {
  readonly api: AccountApi;
  readonly tokens: TokenKeeper;
  readonly #options: SessionOptions;
  readonly #connection: Connection;
  readonly #directory: Directory;
  readonly alerts: AccountAlerts;
  readonly devices: AccountDevices;
  readonly #receipts: AccountReceipts;
  readonly #ownTyping: OwnTyping;
  readonly #othersTyping: OthersTyping;
  readonly #writer: AccountWriter;
  readonly #summary: Summary;
  readonly #learners: Learners = {
    "sync:hello": ({ changes }) => this.#learnListed(changes),
    "chat:create-direct": (data) =>
      void this.#directory.learn([{ kind: "chat", change: 0, ...data }]),
    "chat:create-group": (data) =>
      void this.#directory.learn([{ kind: "chat", change: 0, ...data }]),
    "values:put": ({ outcomes }) => this.#directory.learnOutcomes(outcomes),
    "chat:members": ({ people }) => this.#directory.learnPeople(people),
    "people:search": ({ people }) => this.#directory.learnPeople(people),
  };
  readonly #attention: Attention;
  #account: HostedAccount;
  #dataEpoch: DataEpoch | undefined;
  #serverAheadMs: number | undefined;
  #relayed = 0;
  /** V28: whether a window's numbers hold: from its first catch-up on, without a connection before that. */
  #windowCounts = false;
  #stopped = false;

  constructor(options: SessionOptions) {
    const { ports, account, deviceId } = options;
    const { clock, log, store } = ports;
    const { accountKey } = account;
    this.#options = options;
    this.#account = account;
    this.api = new AccountApi(ports.http, account.serverUrl);
    this.tokens = new TokenKeeper(
      {
        api: this.api,
        clock,
        transport: ports.tokens,
        serverId: account.serverId,
        deviceId,
        secretName: secretNameOf(accountKey),
        granted: (grant) => this.#granted(grant),
      },
      options.grant,
    );
    this.devices = new AccountDevices({
      api: this.api,
      tokens: this.tokens,
      deviceId,
      changed: (devices) => this.#devicesChanged(devices),
    });
    this.#connection = new Connection({
      ...ports,
      serverUrl: account.serverUrl,
      serverId: account.serverId,
      api: this.api,
      tokens: this.tokens,
      attentive: () => this.#attention.interest.active,
      changed: (state) => this.#connectionChanged(state),
      pushed: (push) => this.#pushed(push),
      checkBody: () => ({ chatIds: this.#attention.interest.openChatIds }),
      welcomed: (welcome) => this.#welcomed(welcome),
      catchUp: () => this.#catchUp(),
      signedOut: (error) => options.ended(error),
    });
    this.#directory = new Directory({ store, clock, log, accountKey, me: account.me.accountId });
    this.#summary = new Summary({
      clock,
      log,
      directory: this.#directory,
      hello: (body) => this.#connection.request("sync:hello", body),
      learn: (changes) => this.#learnListed(changes),
      caughtUp: (isNews) => this.alerts.caughtUp(isNews),
      beginAnew: () => this.alerts.beginAnew(),
      done: () => this.#connection.caughtUp(),
      isWanted: () => !this.#writer.isReady && this.#connection.isUp,
    });
    this.alerts = new AccountAlerts({
      accountKey,
      me: account.me.accountId,
      clock,
      log,
      decisions: ports.decisions,
      directory: this.#directory,
      device: options.device,
      texts: ports.texts,
      permission: ports.notificationPermission,
      open: ports.openContent,
      isInView: (chatId) => this.#attention.isInView(chatId),
      isInViewElsewhere: (chatId) => this.#attention.isInViewElsewhere(chatId),
      isCatchingUp: () => this.#connection.state.name === "catching-up",
      serverNowMs: () => clock.nowMs() + (this.#serverAheadMs ?? 0),
      show: (notice) => (ports.surface ?? this.#writer).show(notice),
      replace: ports.surface?.replace && ((notice) => ports.surface?.replace?.(notice)),
      history: (body) => this.#connection.request("chat:history", body),
      clear: (chatId) => {
        if (ports.surface) ports.surface.clear(accountKey, chatId);
        else this.#tellAll("notification:clear", { accountKey, chatId });
      },
    });
    this.#attention = new Attention({
      clock,
      request: (name, body) => this.#connection.request(name, body),
      isLive: () => this.#connection.state.name === "live",
      presencesChanged: (presences) =>
        this.#tellAll("presence:changed", { accountKey, presences: [...presences] }),
    });
    this.#receipts = new AccountReceipts({
      clock,
      log,
      request: (name, body) => this.#connection.request(name, body),
      memberCountOf: (chatId) => this.#directory.chat(chatId)?.memberCount ?? 0,
      counted: (counts) => {
        this.#learn(counts);
        this.#writer.add(counts);
      },
    });
    this.#ownTyping = new OwnTyping(clock, (chatId, typing) => {
      // S10: droppable. Lost, it is repeated or ends by itself.
      void this.#connection.request("typing:set", { chatId, typing });
    });
    this.#othersTyping = new OthersTyping(clock, (chatId, accountId, typing) =>
      this.#tellAll("typing:changed", { accountKey, chatId, accountId, typing }),
    );
    this.#writer = new AccountWriter({
      accountKey,
      clock,
      windows: options.windows,
      isVisible: (windowId) => this.#attention.isVisible(windowId),
      isCatchingUp: () => this.#connection.state.name === "catching-up",
      isAsking: () => this.#relayed > 0,
      wantCatchUp: () => this.#connection.wantCatchUp(),
    });
  }

  get account(): HostedAccount {
    return this.#account;
  }

  get accountKey(): AccountKey {
    return this.#account.accountKey;
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Requests of windows that have no answer yet. */
  get relayedCount(): number {
    return this.#relayed;
  }

  async start(): Promise<void> {
    const { accountKey } = this;
    try {
      await this.#directory.load();
    } catch (error) {
      // Everything in it is learned again from the server; without a connection nothing would be.
      const { log } = this.#options.ports;
      log.warn("What is known of an account could not be read.", {
        accountKey,
        error: String(error),
      });
    }
    this.#tellCounts();
    await this.alerts.start();
    this.windowsChanged();
    this.#connection.start();
  }

  /** Ends everything, without a word to windows: what they last heard stays true or is told by the host. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#summary.cancel();
    this.#connection.stop();
    this.#receipts.stop();
    this.#ownTyping.clear();
    this.#othersTyping.clear();
    this.#attention.stop();
    this.#writer.stop();
    await Promise.all([this.alerts.stop(), this.#directory.flush()]);
  }

  status(): ConnectionStatus {
    return statusOf(this.#connection.state, this.#serverAheadMs);
  }

  /** Tells a window that came what it has missed. */
  greet(window: SessionWindow): void {
    const { accountKey } = this;
    window.notify("connection:changed", { accountKey, status: this.status() });
    const { presences } = this.#attention;
    if (presences.length > 0) {
      window.notify("presence:changed", { accountKey, presences });
    }
  }

  /** A window came, went, fell silent or answers again: who writes now? (S20) */
  windowsChanged(): void {
    const windows = this.#options.windows();
    for (const windowId of this.#attention.windowIds()) {
      if (windows.every((window) => window.windowId !== windowId)) this.#forget(windowId);
    }
    this.#writer.choose();
    this.#windowCounts &&= this.#writer.isReady;
    this.#tellCounts();
  }

  writerReady(windowId: string): Result<Record<string, never>> {
    if (!this.#writer.ready(windowId)) return notWriter();
    this.#windowCounts = !this.#connection.isUp;
    this.#tellCounts();
    this.#summary.cancel();
    this.#connection.wantCatchUp();
    return success({});
  }

  /** What the writer has seen, the host has learned on the way: its own `since` follows. */
  writerCaughtUp(windowId: string, watermark: number): Result<Record<string, never>> {
    if (!this.#writer.is(windowId)) return notWriter();
    this.alerts.caughtUp(this.#directory.since > 0);
    this.#summary.writerCaughtUp(watermark);
    this.#connection.caughtUp();
    this.#windowCounts = true;
    this.#tellCounts();
    return success({});
  }

  /** S11: the writer flushes the journal. */
  nudge(): void {
    this.#writer.nudge();
  }

  /**
   * Passes a window's request on. Its body is checked by the request's own schema before it leaves. The
   * window reads the answer; here it is read only where something is learned from it.
   */
  async relay<Name extends RelayedName>(
    windowId: string,
    name: Name,
    body: unknown,
  ): Promise<Result<unknown>> {
    this.#relayed += 1;
    if (this.#writer.is(windowId)) this.#writer.watchForStall();
    if (name === "sync:hello") await this.#summary.beforeHello(body);
    const answer = await this.#connection.pass(name, body);
    this.#relayed -= 1;
    if (name === "sync:hello" && !answer.ok && answer.error.code === "epoch_changed") {
      this.#summary.refused(body);
    }
    const learn = this.#learners[name];
    if (!answer.ok || learn === undefined) return answer;
    const read = this.#connection.read(name, answer.value);
    if (read.ok) learn(read.value);
    return read;
  }

  mark({ marks }: CallBody<"receipt:mark">): void {
    this.#receipts.add(marks);
    const read = marks.filter((mark) => this.#directory.read(mark.chatId, mark.readSeq ?? 0));
    this.alerts.read(read.map((mark) => mark.chatId));
    this.#tellCounts();
  }

  #learnListed(changes: readonly Change[]): void {
    this.#learn(changes);
    this.alerts.listed(changes);
  }

  #learn(changes: readonly Change[]): void {
    this.alerts.read(this.#directory.learn(changes));
    this.#tellCounts();
  }

  /** S9, S21: a window counts in the cache, which knows more; without one the host's numbers hold. */
  #tellCounts(): void {
    const totals = this.#windowCounts ? undefined : this.#directory.totals;
    this.#options.ports.counted?.(this.accountKey, totals);
  }

  setTyping(windowId: string, chatId: ChatId, typing: boolean): void {
    if (this.#connection.isUp) this.#ownTyping.set(windowId, chatId, typing);
  }

  setView(windowId: string, view: View): void {
    if (this.#attention.set(windowId, view)) this.#connection.look();
    if (!this.#attention.interest.active) this.#receipts.hurry();
  }

  retry(): void {
    this.#connection.retry();
  }

  /** Names the account anew on its server, and here with it. */
  async rename(name: string): Promise<Result<HostedAccount>> {
    const token = await this.tokens.obtain(false);
    if (!token.ok) return token;
    const renamed = await this.api.rename(token.value.accessToken, name);
    return renamed.ok ? success(this.#setMe(renamed.value)) : renamed;
  }

  #forget(windowId: string): void {
    this.#ownTyping.windowGone(windowId);
    this.#attention.forget(windowId);
    if (!this.#attention.interest.active) this.#receipts.hurry();
  }

  #tellAll<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    for (const window of this.#options.windows()) window.notify(name, body);
  }

  #granted(grant: SessionGrant): void {
    const { me } = this.#account;
    if (grant.me.name === me.name && grant.me.role === me.role && grant.me.handle === me.handle)
      return;
    this.#setMe(grant.me);
  }

  /** What the server last said of the account itself. */
  #setMe(me: HostedAccount["me"]): HostedAccount {
    this.#account = { ...this.#account, me };
    this.#options.renamed(this.#account);
    return this.#account;
  }

  /** V57: windows are told all devices; of this one the host keeps the name. */
  #devicesChanged(devices: ListedDevice[]): void {
    const deviceName = devices.find((device) => device.current)?.name;
    if (deviceName !== undefined && deviceName !== this.#account.deviceName) {
      this.#account = { ...this.#account, deviceName };
      this.#options.renamed(this.#account);
    }
    this.#tellAll("devices:changed", { accountKey: this.accountKey, devices });
  }

  #connectionChanged(state: ConnectionState): void {
    const { isUp } = this.#connection;
    this.#receipts.setUp(state.name === "live");
    if (!isUp) {
      this.#receipts.setOthers(0);
      this.#summary.cancel();
      this.#attention.disconnected();
      this.#ownTyping.clear();
      this.#othersTyping.clear();
      this.#writer.drop();
      this.#windowCounts ||= this.#writer.isReady;
    }
    if (state.name === "live") this.#attention.tell();
    this.#writer.watchForStall();
    if (this.#stopped) return;
    this.#tellCounts();
    const status = statusOf(state, this.#serverAheadMs);
    this.#options.ports.connected?.(this.accountKey, status);
    this.#tellAll("connection:changed", { accountKey: this.accountKey, status });
  }

  #welcomed({ dataEpoch, nowMs }: Welcome): void {
    this.#serverAheadMs = nowMs - Math.round(this.#options.ports.clock.nowMs());
    if (this.#dataEpoch !== undefined && this.#dataEpoch !== dataEpoch) this.#receipts.forget();
    this.#dataEpoch = dataEpoch;
    this.alerts.setEpoch(dataEpoch);
  }

  #catchUp(): void {
    if (this.#writer.isReady) this.#writer.catchUp();
    else if (this.#options.ports.counted) this.#summary.wanted();
    this.#writer.watchForStall();
  }

  #pushed(push: Push): void {
    switch (push.name) {
      case "sync:changes": {
        const { changes } = push.body;
        this.#learn(changes);
        for (const change of changes) {
          if (change.kind !== "event") continue;
          this.#othersTyping.set(change.event.chatId, change.event.senderId, false);
          this.alerts.arrived(change.event);
        }
        this.#writer.add(changes);
        return;
      }
      case "sync:heal": {
        // What a lost frame hid is news like that of a time away.
        const { changes, since, watermark } = push.body;
        this.#learnListed(changes);
        // V42: mutes may come with a later frame (V19), or with the catch-up that is under way.
        const isWhole = watermark > since && this.#connection.state.name === "live";
        if (isWhole) this.alerts.healed(this.#directory.since > 0);
        if (since <= this.#directory.since) this.#directory.advance(watermark);
        this.#writer.heal(push.body);
        return;
      }
      case "typing:changed":
        this.#othersTyping.set(push.body.chatId, push.body.accountId, push.body.typing);
        return;
      case "presence:changed":
        this.#attention.learn(push.body.presences);
        return;
      case "attention:changed":
        this.#attention.learnElsewhere(push.body);
        return;
      case "session:others":
        this.#attention.setOthers(push.body.others);
        this.#receipts.setOthers(push.body.others);
        return;
      case "devices:changed":
        this.devices.told(push.body.devices);
        return;
      case "session:ended":
        // The connection acts on it; the account hears of it by `ended`.
        return;
    }
  }
}

/** What the host itself takes from answers to windows: names. */
type Learners = { readonly [Name in RelayedName]?: (data: RequestData<Name>) => void };
