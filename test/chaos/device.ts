import { createHash } from "node:crypto";

import { fetchHttp } from "@parley/client/connection/fetch-http.ts";
import type { Cancel, Clock, SocketPort } from "@parley/client/connection/ports.ts";
import { socketIo } from "@parley/client/connection/socket-io.ts";
import { systemClock } from "@parley/client/connection/system-clock.ts";
import { SessionHost } from "@parley/client/session/session-host.ts";
import type { CacheStore } from "@parley/client/sync/cache-store.ts";
import { composeText } from "@parley/client/sync/compose.ts";
import { createSyncEngine, type SyncEngine } from "@parley/client/sync/engine.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import {
  MemoryCacheData,
  openMemoryCache,
} from "@parley/client/sync/testing/memory-cache-store.ts";
import {
  MemoryJournalData,
  openMemoryJournal,
} from "@parley/client/sync/testing/memory-journal-store.ts";
import {
  FakeHints,
  MemoryHostStore,
  MemoryLog,
  MemorySecrets,
} from "@parley/client/testing/memory-ports.ts";
import type { ConnectionStatus, HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { openPayload } from "@parley/protocol/content.ts";
import type { Send } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { Presence } from "@parley/protocol/person.ts";
import { io } from "socket.io-client";

import { type NodeWindow, NODE_BUILD, openNodeWindow } from "../support/node-window.ts";

export const CHAOS_PASSWORD = "tide table thursday";

/** Sockets as the shells make them. */
export function realSockets(): SocketPort {
  return socketIo((serverUrl, { auth, ...options }) =>
    io(serverUrl, { ...options, auth: { ...auth } }),
  );
}

/** This machine's clock, off by so much, now or later; timers run as ever. */
export class WrongClock implements Clock {
  offByMs: number;

  constructor(offByMs: number) {
    this.offByMs = offByMs;
  }

  nowMs(): number {
    return systemClock.nowMs() + this.offByMs;
  }

  setTimer(run: () => void, afterMs: number): Cancel {
    return systemClock.setTimer(run, afterMs);
  }

  random(): number {
    return systemClock.random();
  }
}

type DeviceOptions = {
  serverUrl: string;
  clock?: Clock;
  socket?: SocketPort;
};

/** What runs: gone after a crash, while the data stay. */
type Running = {
  host: SessionHost;
  window: NodeWindow;
  engine: SyncEngine;
  cache: CacheStore;
  journal: JournalStore;
};

/**
 * One device of one account, in this process: the real connection, session host, bridge and sync
 * engine over real sockets; what a disk keeps is kept in memory and survives a crash.
 */
export class ChaosDevice {
  readonly hints = new FakeHints();
  readonly log = new MemoryLog();
  readonly clock: Clock;
  readonly #options: DeviceOptions;
  readonly #store = new MemoryHostStore();
  readonly #secrets = new MemorySecrets();
  readonly #cacheData = new MemoryCacheData();
  readonly #journalData = new MemoryJournalData();
  #running: Running | undefined;
  #account: HostedAccount | undefined;
  /** Every word about the connection since the device was made. */
  readonly statuses: ConnectionStatus[] = [];
  readonly #presences: Presence[] = [];

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
  }

  get account(): HostedAccount {
    if (!this.#account) throw new Error("the device is not signed in");
    return this.#account;
  }

  get status(): ConnectionStatus | undefined {
    return this.statuses.at(-1);
  }

  get isLive(): boolean {
    return this.#running !== undefined && this.status?.state === "live";
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get running(): Running {
    if (!this.#running) throw new Error("the device does not run");
    return this.#running;
  }

  /** Makes the account and starts. */
  async signUp(handle: string): Promise<void> {
    const { host, window } = await this.#openHost();
    const answer = await window.bridge.call("account:sign-up", {
      serverUrl: this.#options.serverUrl,
      handle,
      name: `Person ${handle}`,
      password: CHAOS_PASSWORD,
    });
    if (!answer.ok) throw new Error(`${handle} could not sign up: ${answer.error.message}`);
    this.#account = answer.value;
    this.#openEngine(host, window);
  }

  /** Signs in to an account that another device made, and starts. */
  async signIn(handle: string): Promise<void> {
    const { host, window } = await this.#openHost();
    const { serverUrl } = this.#options;
    const body = { serverUrl, handle, password: CHAOS_PASSWORD };
    const answer = await window.bridge.call("account:sign-in", body);
    if (!answer.ok) throw new Error(`${handle} could not sign in: ${answer.error.message}`);
    this.#account = answer.value;
    this.#openEngine(host, window);
  }

  /** Starts again with what it kept. */
  async start(): Promise<void> {
    const { host, window } = await this.#openHost();
    this.#openEngine(host, window);
  }

  /** Ends without a word and without finishing anything. */
  async crash(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.window.die();
    running.engine.stop();
    await running.host.stop();
  }

  /** S10: what the window shows. */
  async view(watchAccountIds: readonly AccountId[]): Promise<void> {
    const { window } = this.running;
    const { accountKey } = this.account;
    const seen = { visible: true, focused: true, openChatIds: [] };
    const body = { accountKey, ...seen, watchAccountIds: [...watchAccountIds] };
    await window.bridge.call("view:set", body);
  }

  /** Whether an account was online, by each word that this device heard of it. */
  presences(accountId: AccountId): boolean[] {
    return this.#presences.filter((one) => one.accountId === accountId).map((one) => one.online);
  }

  /** Journals a message as a composer does (S11). Answers its clientId. */
  async write(chatId: ChatId, text: string): Promise<ClientId> {
    const composed = composeText(chatId, { text });
    if (!composed.ok) throw new Error(composed.error.message);
    await this.journal(composed.value);
    return composed.value.clientId;
  }

  /** Journals what was composed, a relation for instance. */
  async journal(send: Send): Promise<void> {
    const { journal, engine } = this.running;
    await journal.add({
      clientId: send.clientId,
      chatId: send.chatId,
      send,
      state: "journaled",
      seq: null,
      error: null,
      createdAtMs: this.clock.nowMs(),
    });
    engine.nudge();
  }

  /** S8: reads a chat to the end of what is cached. */
  async read(chatId: ChatId): Promise<void> {
    const { journal, engine, cache } = this.running;
    const [row] = await cache.read((reads) => reads.chats([chatId]));
    if (!row || row.cursor <= row.my.readSeq) return;
    await journal.putReadMark({ chatId, readSeq: row.cursor });
    await engine.link.mark([{ chatId, readSeq: row.cursor }]);
  }

  async #openHost(): Promise<{ host: SessionHost; window: NodeWindow }> {
    const host = new SessionHost({
      build: NODE_BUILD,
      device: { name: "Chaos", platform: "other" },
      clock: this.clock,
      http: fetchHttp,
      socket: this.#options.socket ?? realSockets(),
      power: this.hints,
      network: this.hints,
      store: this.#store,
      decisions: this.#store,
      tokens: { kind: "body", secrets: this.#secrets },
      log: this.log,
      notificationPermission: () => "denied",
      openContent: ({ alg, payload }) =>
        Promise.resolve(payload === null ? { type: "unknown" } : openPayload(alg, payload)),
      texts: {
        someone: "Parley",
        newMessage: "New message",
        unread: (messages) => `${messages} unread`,
        unreadIn: (messages, chats) => `${messages} unread in ${chats}`,
      },
    });
    await host.started;
    const window = await openNodeWindow(host, this.log);
    window.bridge.on("connection:changed", ({ status }) => this.statuses.push(status));
    window.bridge.on("presence:changed", ({ presences }) => this.#presences.push(...presences));
    return { host, window };
  }

  #openEngine(host: SessionHost, window: NodeWindow): void {
    const { accountKey, me } = this.account;
    const cache = openMemoryCache(this.#cacheData);
    const journal = openMemoryJournal(this.#journalData);
    const engine = createSyncEngine({
      accountKey,
      me: me.accountId,
      bridge: window.bridge,
      cache,
      journal,
      clock: this.clock,
      log: this.log,
      trouble: () => undefined,
      newEpoch: () => crypto.randomUUID(),
      sha256: (bytes) => createHash("sha256").update(bytes).digest(),
    });
    this.#running = { host, window, engine, cache, journal };
    engine.start();
    // Somebody looks at it: it tries as often as an app in use does.
    void this.view([]);
  }
}
