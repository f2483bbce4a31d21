import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { NoticeBody, NoticeName } from "@parley/protocol/bridge/contract.ts";
import type { Change } from "@parley/protocol/chat.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import {
  type AccountId,
  accountKeyOf,
  type AccountKey,
  DeviceId,
  newId,
  type ServerId,
} from "@parley/protocol/ids.ts";
import type { FakeClock } from "../../testing/fake-clock.ts";
import type { CacheStore } from "../cache-store.ts";
import { createSyncEngine, type SyncEngine } from "../engine.ts";
import type { JournalStore } from "../journal-store.ts";
import { damageEvents } from "./damage.ts";
import { cacheOn, type Disk, journalOn, SOUND_DISK } from "./failing-disk.ts";
import { sha256 } from "./model-chat.ts";
import type { Connection, ModelServer } from "./model-server.ts";

/** What may go wrong between a device and the server; each a chance in [0, 1). */
export type Faults = {
  /** A request never reaches the server. */
  loseRequest: number;
  /** The server did it, but the answer is lost. */
  loseAnswer: number;
  /** An answer takes its time: live frames and other answers overtake it. */
  slowAnswer: number;
  /** A live batch is lost. */
  losePush: number;
  /** A live batch comes twice. */
  repeatPush: number;
  /** A live batch comes after later ones. */
  delayPush: number;
  /** An event on the way, live or in an answer, is not the one that was sent. */
  damage: number;
};

export const NO_FAULTS: Faults = {
  loseRequest: 0,
  loseAnswer: 0,
  slowAnswer: 0,
  losePush: 0,
  repeatPush: 0,
  delayPush: 0,
  damage: 0,
};

export type Stores = { openCache(): Promise<CacheStore>; openJournal(): JournalStore };

export type DeviceOptions = {
  server: ModelServer;
  clock: FakeClock;
  accountId: AccountId;
  serverId: ServerId;
  stores: Stores;
  /** In [0, 1), seeded. */
  random: () => number;
};

type Listener = (body: never) => void;

/** A window: its engine, its side of the bridge, and whether its process still runs. */
export class ModelWindow {
  alive = true;
  /** Crashes after this many more steps (calls of bridge or store). */
  stepsLeft = Infinity;
  readonly listeners = new Map<string, Set<Listener>>();
  engine: SyncEngine | undefined;
  cache: CacheStore | undefined;
  journal: JournalStore | undefined;

  notify<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    // Listeners are kept by name, so the body is the one they take.
    for (const listener of this.listeners.get(name) ?? []) if (this.alive) listener(body as never);
  }

  /** A dead process neither does anything nor hears of an answer. */
  step(onCrash: () => void): boolean {
    if (!this.alive) return false;
    this.stepsLeft -= 1;
    if (this.stepsLeft >= 0) return true;
    this.alive = false;
    onCrash();
    return false;
  }
}

const NEVER = new Promise<never>(() => undefined);

/** A store as one process has it: every call is a step at which the process may die, before or after. */
function mortal<Store extends object>(
  store: Store,
  window: ModelWindow,
  onCrash: () => void,
): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        if (!window.step(onCrash)) return NEVER;
        const result: unknown = Reflect.apply(member, target, args);
        if (!(result instanceof Promise)) return result;
        return result.then(
          (value: unknown) => (window.step(onCrash) ? value : NEVER),
          (cause: unknown) => (window.step(onCrash) ? Promise.reject(cause) : NEVER),
        );
      };
    },
  });
}

/** One device: a session host with any number of windows, as the engine sees them. */
export class ModelDevice {
  readonly deviceId = newId(DeviceId);
  readonly accountKey: AccountKey;
  readonly windows: ModelWindow[] = [];
  faults: Faults = NO_FAULTS;
  /** What lies under the databases of its windows. */
  disk: Disk = SOUND_DISK;
  /** Changes what comes from the server, in place, as a test wants it. */
  tamper: (data: unknown) => void = () => undefined;
  online = false;
  caughtUp = false;
  readonly #options: DeviceOptions;
  #connection: Connection | undefined;
  #writer: ModelWindow | undefined;
  #writerReady = false;
  #healedTo = 0;
  #delayed: Change[][] = [];

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.accountKey = accountKeyOf(options.serverId, options.accountId);
  }

  get accountId(): AccountId {
    return this.#options.accountId;
  }

  get writer(): ModelWindow | undefined {
    return this.#writer;
  }

  async openWindow(): Promise<ModelWindow> {
    const { stores, clock } = this.#options;
    const window = new ModelWindow();
    const onCrash = (): void => this.#gone(window);
    const { random } = this.#options;
    const disk = (): Disk => this.disk;
    window.cache = mortal(cacheOn(disk, random, await stores.openCache()), window, onCrash);
    window.journal = mortal(journalOn(disk, random, stores.openJournal()), window, onCrash);
    let claims = 0;
    window.engine = createSyncEngine({
      accountKey: this.accountKey,
      me: this.accountId,
      bridge: this.#bridge(window, onCrash),
      cache: window.cache,
      journal: window.journal,
      clock: {
        nowMs: () => clock.nowMs(),
        random: () => this.#options.random(),
        setTimer: (run, afterMs) => clock.setTimer(() => window.alive && run(), afterMs),
      },
      sha256,
      log: { warn: () => undefined },
      trouble: () => undefined,
      newEpoch: () => `${this.deviceId}:${this.windows.indexOf(window)}:${++claims}`,
    });
    window.engine.start();
    this.windows.push(window);
    this.#chooseWriter();
    return window;
  }

  /** A window whose account is opened by the caller; `start` is its `host:hello`. */
  attach(): { window: ModelWindow; bridge: Bridge; start: () => void } {
    const window = new ModelWindow();
    const bridge = this.#bridge(window, () => this.#gone(window));
    return {
      window,
      bridge,
      start: () => {
        this.windows.push(window);
        this.#chooseWriter();
      },
    };
  }

  closeWindow(window: ModelWindow): void {
    window.alive = false;
    this.#gone(window);
  }

  /** The host means another window from now on; the one before is not told (it hangs, say). */
  assign(window: ModelWindow): void {
    this.#writer = window;
    this.#writerReady = false;
    this.caughtUp = false;
    window.notify("writer:assigned", { accountKey: this.accountKey, assigned: true });
  }

  /** S20: the host ends under its windows; the next one chooses the writer anew. */
  restartHost(): void {
    const wasOnline = this.online;
    this.disconnect();
    this.#writer = undefined;
    this.#chooseWriter();
    if (wasOnline) this.connect();
  }

  connect(): void {
    if (this.online) return;
    this.online = true;
    const connection: Connection = {
      accountId: this.accountId,
      deviceId: this.deviceId,
      push: (changes) => {
        if (this.#connection === connection) this.#pushed(changes);
      },
    };
    this.#connection = connection;
    this.#catchUp();
  }

  disconnect(): void {
    if (this.#connection !== undefined) this.#options.server.disconnect(this.#connection);
    this.#connection = undefined;
    this.online = false;
    this.caughtUp = false;
    this.#delayed = [];
    const status = { state: "offline" as const };
    for (const window of this.windows) {
      window.notify("connection:changed", { accountKey: this.accountKey, status });
    }
  }

  /** S6: what the server sends every 30 s. */
  heal(): void {
    const { server } = this.#options;
    if (!this.online || !this.caughtUp) return;
    const since = this.#healedTo;
    const { watermark, dataEpoch } = server;
    const changes = server.changesSince(this.accountId, since);
    this.#healedTo = watermark;
    this.#deliver(changes, { dataEpoch, since, watermark });
  }

  /** Delayed batches arrive now, the latest first. */
  releaseDelayed(): void {
    for (const changes of this.#delayed.splice(0).reverse()) this.#deliver(changes);
  }

  #catchUp(): void {
    if (!this.online || !this.#writerReady) return;
    this.#writer?.notify("sync:catch-up", { accountKey: this.accountKey });
  }

  #pushed(changes: Change[]): void {
    const { random } = this.#options;
    const { losePush, delayPush, repeatPush } = this.faults;
    if (random() < losePush) return;
    if (random() < delayPush) {
      this.#delayed.push(changes);
      return;
    }
    this.#deliver(changes);
    if (random() < repeatPush) this.#deliver(changes);
    if (this.#delayed.length > 0 && random() < 0.5) this.releaseDelayed();
  }

  #deliver(changes: Change[], heal?: NoticeBody<"sync:changes">["heal"]): void {
    if (!this.#writerReady) return;
    const { accountKey } = this;
    const sent = structuredClone(changes);
    damageEvents(sent, this.faults.damage, this.#options.random);
    this.tamper(sent);
    this.#writer?.notify("sync:changes", {
      accountKey,
      changes: sent,
      ...(heal && { heal }),
    });
  }

  #gone(window: ModelWindow): void {
    this.windows.splice(0, this.windows.length, ...this.windows.filter((one) => one !== window));
    if (this.#writer === window) this.#chooseWriter();
  }

  #chooseWriter(): void {
    const next = this.windows.find((window) => window.alive);
    if (next === this.#writer) return;
    if (next !== undefined) return this.assign(next);
    this.#writer = undefined;
    this.#writerReady = false;
    this.caughtUp = false;
  }

  async #request(name: string, body: unknown): Promise<Result<unknown>> {
    const { server, random } = this.#options;
    const connection = this.#connection;
    if (connection === undefined) return failure("offline", "no connection");
    if (random() < this.faults.loseRequest) return failure("timeout", "lost");
    const answer = server.request(connection, name, structuredClone(body) as never);
    if (name === "sync:hello") this.#healedTo = server.watermark;
    const sent = structuredClone(answer);
    await Promise.resolve();
    while (random() < this.faults.slowAnswer) await new Promise((next) => setImmediate(next));
    if (this.#connection !== connection) return failure("offline", "connection ended");
    if (random() < this.faults.loseAnswer) return failure("timeout", "answer lost");
    damageEvents(sent, this.faults.damage, random);
    this.tamper(sent);
    return sent;
  }

  #bridge(window: ModelWindow, onCrash: () => void): Bridge {
    const done = success({});
    const handle = async (name: string, body: never): Promise<Result<unknown>> => {
      const {
        name: request,
        body: inner,
        marks,
      } = body as { name: string; body: unknown; marks: [] };
      switch (name) {
        case "server:request":
          return this.#request(request, inner);
        case "receipt:mark":
          if (this.#connection) this.#options.server.mark(this.#connection, marks);
          return done;
        case "writer:ready":
          if (this.#writer !== window) return failure("not_allowed", "not the writer");
          this.#writerReady = true;
          this.#catchUp();
          return done;
        case "writer:caught-up":
          this.caughtUp = true;
          return done;
        case "outbox:nudge":
          this.#writer?.notify("outbox:nudged", { accountKey: this.accountKey });
          return done;
        default:
          return failure("bridge_failed", name);
      }
    };
    return {
      call: async (name, body) => {
        if (!window.step(onCrash)) return NEVER;
        const answer = await handle(name, body as never);
        // The model answers by the contract, which the compiler cannot follow through the switch.
        return window.step(onCrash) ? (answer as never) : NEVER;
      },
      on: (name, listener) => {
        const list = window.listeners.get(name) ?? new Set();
        window.listeners.set(name, list.add(listener));
        return () => list.delete(listener);
      },
    };
  }
}
