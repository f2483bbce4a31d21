import type {
  CallBody,
  ConnectionStatus,
  HostedAccount,
  NoticeBody,
  NoticeName,
  RelayedName,
} from "@parley/protocol/bridge/contract.ts";
import type { Change } from "@parley/protocol/chat.ts";
import { failure, type Failure, type Result, success } from "@parley/protocol/errors.ts";
import type { SessionGrant } from "@parley/protocol/http/accounts.ts";
import type { AccountKey, ChatId, DataEpoch, DeviceId } from "@parley/protocol/ids.ts";
import type { Welcome } from "@parley/protocol/socket/pushes.ts";
import type { RequestData } from "@parley/protocol/socket/requests.ts";
import { AccountApi } from "../connection/account-api.ts";
import { Connection, type ConnectionPorts, type Push } from "../connection/connection.ts";
import type { ConnectionState } from "../connection/machine.ts";
import type { Cancel, HttpPort } from "../connection/ports.ts";
import { TokenKeeper, type TokenTransport } from "../connection/token-keeper.ts";
import { AccountReceipts } from "./account-receipts.ts";
import { Attention } from "./attention.ts";
import { ChangeMerger, type Heal } from "./change-merger.ts";
import { statusOf } from "./connection-status.ts";
import { Directory } from "./directory.ts";
import type { View } from "./interest.ts";
import { type NotificationTexts, Notifier } from "./notifier.ts";
import type {
  HostStore,
  NotificationPermission,
  NotificationSurface,
  OpenContent,
} from "./ports.ts";
import { OthersTyping, OwnTyping } from "./typing.ts";
import { Summary } from "./summary.ts";
import { chooseWriter } from "./writer-choice.ts";

export type SessionPorts = ConnectionPorts & {
  http: HttpPort;
  store: HostStore;
  tokens: TokenTransport;
  notificationPermission: () => NotificationPermission;
  openContent: OpenContent;
  texts: NotificationTexts;
  /** Where notifications are shown; by windows if there is none. */
  surface?: NotificationSurface;
  /**
   * S21: told the numbers that the host counts itself while no window writes. Where it is given, the
   * host says hello in summary mode then.
   */
  counted?: (accountKey: AccountKey, totals: { unread: number; mentions: number }) => void;
  /** Hears how the connection of an account stands. */
  connected?: (accountKey: AccountKey, status: ConnectionStatus) => void;
  /** Whether the user wants no alerts on this device for now. */
  isSnoozed?: () => boolean;
};

/** A window as an account sees it. */
export type SessionWindow = {
  readonly windowId: string;
  readonly order: number;
  readonly responsive: boolean;
  notify<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void;
};

type Options = {
  ports: SessionPorts;
  account: HostedAccount;
  deviceId: DeviceId;
  /** The grant of a sign-in that just happened; without one the first token is a refreshed one. */
  grant?: SessionGrant;
  /** All windows that have said hello. */
  windows: () => readonly SessionWindow[];
  /** The account's own name or role changed on the server. */
  renamed: (account: HostedAccount) => void;
  /** The server ended the session (X2). */
  ended: (error: Failure) => void;
};

/** A writer that has not asked for anything for so long while catching up is told again. */
const STALLED_MS = 20_000;

export function secretNameOf(accountKey: AccountKey): string {
  return `refresh:${accountKey}`;
}

/** Everything of one signed-in account: connection, writer, receipts, typing, presence, notifications. */
export class AccountSession {
  readonly api: AccountApi;
  readonly tokens: TokenKeeper;
  readonly #options: Options;
  readonly #connection: Connection;
  readonly #directory: Directory;
  readonly #notifier: Notifier;
  readonly #receipts: AccountReceipts;
  readonly #ownTyping: OwnTyping;
  readonly #othersTyping: OthersTyping;
  readonly #changes: ChangeMerger;
  readonly #summary: Summary;
  readonly #learners: Learners = {
    "sync:hello": ({ changes }) => this.#learn(changes),
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
  #writerId: string | undefined;
  #writerReady = false;
  #relayed = 0;
  #stopped = false;
  #stallTimer: Cancel | undefined;

  constructor(options: Options) {
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
      learn: (changes) => this.#learn(changes),
      notify: (event) => this.#notifier.arrived(event, false),
      done: () => this.#connection.caughtUp(),
      isWanted: () => !this.#writerReady && this.#connection.isUp,
    });
    this.#notifier = new Notifier({
      accountKey,
      me: account.me.accountId,
      directory: this.#directory,
      log,
      texts: ports.texts,
      permission: ports.notificationPermission,
      isSnoozed: ports.isSnoozed ?? (() => false),
      open: ports.openContent,
      isInView: (chatId) => this.#attention.isInView(chatId),
      show: (notice) => this.#show(notice),
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
        if (this.#writerReady) this.#changes.add([...counts]);
      },
    });
    this.#ownTyping = new OwnTyping(clock, (chatId, typing) => {
      // S10: droppable. Lost, it is repeated or ends by itself.
      void this.#connection.request("typing:set", { chatId, typing });
    });
    this.#othersTyping = new OthersTyping(clock, (chatId, accountId, typing) =>
      this.#tellAll("typing:changed", { accountKey, chatId, accountId, typing }),
    );
    this.#changes = new ChangeMerger(clock, (changes, heal) => this.#deliver(changes, heal));
  }

  get account(): HostedAccount {
    return this.#account;
  }

  get accountKey(): AccountKey {
    return this.#account.accountKey;
  }

  /** The window that writes the cache now (S20). */
  get writerId(): string | undefined {
    return this.#writerId;
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get notifier(): Notifier {
    return this.#notifier;
  }

  /** Requests of windows that have no answer yet. */
  get relayedCount(): number {
    return this.#relayed;
  }

  async start(): Promise<void> {
    await this.#directory.load();
    this.#tellCounts();
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
    this.#changes.drop();
    this.#attention.stop();
    this.#stallTimer?.();
    await this.#directory.flush();
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
    const candidates = windows.map(({ windowId, order, responsive }) => ({
      windowId,
      order,
      responsive,
      visible: this.#attention.isVisible(windowId),
    }));
    const next = chooseWriter(candidates, this.#writerId);
    if (next === this.#writerId) return;
    const before = this.#writerId;
    this.#writerId = next;
    this.#writerReady = false;
    this.#changes.drop();
    for (const window of windows) {
      if (window.windowId !== before && window.windowId !== next) continue;
      const assigned = window.windowId === next;
      window.notify("writer:assigned", { accountKey: this.accountKey, assigned });
    }
  }

  writerReady(windowId: string): Result<Record<string, never>> {
    if (windowId !== this.#writerId) return notWriter();
    this.#writerReady = true;
    this.#summary.cancel();
    this.#connection.wantCatchUp();
    return success({});
  }

  /** What the writer has seen, the host has learned on the way: its own `since` follows. */
  writerCaughtUp(windowId: string, watermark: number): Result<Record<string, never>> {
    if (windowId !== this.#writerId) return notWriter();
    this.#directory.advance(watermark);
    this.#connection.caughtUp();
    return success({});
  }

  /** S11: the writer flushes the journal. */
  nudge(): void {
    const { accountKey } = this;
    this.#writer()?.notify("outbox:nudged", { accountKey });
  }

  /** Passes a window's request on. Its body is checked by the request's own schema before it leaves. */
  async relay<Name extends RelayedName>(
    windowId: string,
    name: Name,
    body: unknown,
  ): Promise<Result<RequestData<Name>>> {
    this.#relayed += 1;
    if (windowId === this.#writerId) this.#watchForStall();
    const answer = await this.#connection.pass(name, body);
    this.#relayed -= 1;
    if (answer.ok) this.#learners[name]?.(answer.value);
    return answer;
  }

  mark({ marks }: CallBody<"receipt:mark">): void {
    this.#receipts.add(marks);
    const read = marks.filter((mark) => this.#directory.read(mark.chatId, mark.readSeq ?? 0));
    this.#notifier.read(read.map((mark) => mark.chatId));
    this.#tellCounts();
  }

  #learn(changes: readonly Change[]): void {
    this.#notifier.read(this.#directory.learn(changes));
    this.#tellCounts();
  }

  /** S9, S21: a window counts in the cache, which knows more; without one the host's numbers hold. */
  #tellCounts(): void {
    if (!this.#writerReady) {
      this.#options.ports.counted?.(this.accountKey, this.#directory.totals);
    }
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

  #forget(windowId: string): void {
    this.#ownTyping.windowGone(windowId);
    this.#attention.forget(windowId);
    if (!this.#attention.interest.active) this.#receipts.hurry();
  }

  #writer(): SessionWindow | undefined {
    return this.#options.windows().find((window) => window.windowId === this.#writerId);
  }

  #tellAll<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    for (const window of this.#options.windows()) window.notify(name, body);
  }

  #granted(grant: SessionGrant): void {
    const { me } = this.#account;
    if (grant.me.name === me.name && grant.me.role === me.role && grant.me.handle === me.handle)
      return;
    this.setMe(grant.me);
  }

  /** What the server last said of the account itself. */
  setMe(me: HostedAccount["me"]): HostedAccount {
    this.#account = { ...this.#account, me };
    this.#options.renamed(this.#account);
    return this.#account;
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
      this.#changes.drop();
    }
    if (state.name === "live") this.#attention.tell();
    this.#watchForStall();
    if (this.#stopped) return;
    const status = statusOf(state, this.#serverAheadMs);
    this.#options.ports.connected?.(this.accountKey, status);
    this.#tellAll("connection:changed", { accountKey: this.accountKey, status });
  }

  #welcomed({ dataEpoch, nowMs }: Welcome): void {
    this.#serverAheadMs = nowMs - Math.round(this.#options.ports.clock.nowMs());
    if (this.#dataEpoch !== undefined && this.#dataEpoch !== dataEpoch) this.#receipts.forget();
    this.#dataEpoch = dataEpoch;
    this.#directory.setEpoch(dataEpoch);
  }

  #catchUp(): void {
    if (this.#writerReady) this.#writer()?.notify("sync:catch-up", { accountKey: this.accountKey });
    else if (this.#options.ports.counted) this.#summary.wanted();
    this.#watchForStall();
  }

  /** Whatever became of the writer's catch-up: a silent one is told again. */
  #watchForStall(): void {
    this.#stallTimer?.();
    this.#stallTimer = undefined;
    if (this.#connection.state.name !== "catching-up") return;
    this.#stallTimer = this.#options.ports.clock.setTimer(() => {
      this.#stallTimer = undefined;
      if (this.#relayed === 0) this.#connection.wantCatchUp();
      else this.#watchForStall();
    }, STALLED_MS);
  }

  #pushed(push: Push): void {
    switch (push.name) {
      case "sync:changes": {
        const { changes } = push.body;
        this.#learn(changes);
        for (const change of changes) {
          if (change.kind !== "event") continue;
          this.#othersTyping.set(change.event.chatId, change.event.senderId, false);
          void this.#notifier.arrived(change.event, false);
        }
        if (this.#writerReady) this.#changes.add(changes);
        return;
      }
      case "sync:heal": {
        this.#learn(push.body.changes);
        if (push.body.since <= this.#directory.since) this.#directory.advance(push.body.watermark);
        for (const change of push.body.changes) {
          if (change.kind === "event") void this.#notifier.arrived(change.event, true);
        }
        if (this.#writerReady) this.#changes.heal(push.body);
        return;
      }
      case "typing:changed":
        this.#othersTyping.set(push.body.chatId, push.body.accountId, push.body.typing);
        return;
      case "presence:changed":
        this.#attention.learn(push.body.presences);
        return;
      case "session:others":
        this.#receipts.setOthers(push.body.others);
        return;
      case "session:ended":
        // The connection acts on it; the account hears of it by `ended`.
        return;
    }
  }

  #deliver(changes: NoticeBody<"sync:changes">["changes"], heal?: Heal): void {
    const { accountKey } = this;
    this.#writer()?.notify("sync:changes", { accountKey, changes, ...(heal && { heal }) });
  }

  #show(notice: NoticeBody<"notification:show">): boolean {
    const { surface } = this.#options.ports;
    if (surface) return surface.show(notice);
    const windows = this.#options.windows().filter((window) => window.responsive);
    const window = windows.find((one) => one.windowId === this.#writerId) ?? windows[0];
    window?.notify("notification:show", notice);
    return window !== undefined;
  }
}

/** What the host itself takes from answers to windows: names. */
type Learners = { readonly [Name in RelayedName]?: (data: RequestData<Name>) => void };

function notWriter(): Result<never> {
  return failure("not_allowed", "This window is not the writer of the account.");
}
