import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Cancel, Clock, Log } from "@parley/client/connection/ports.ts";
import { createClient, type Message, type MessageBus, Variant } from "dbus-native";
import type { BusSocket } from "./bus-address.ts";
import type {
  BusAnswer,
  BusArguments,
  BusCall,
  BusFailure,
  BusSignal,
  SessionBus,
  SignalName,
  SignalRule,
} from "./ports.ts";

const BUS = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
};
/** The bus itself answers at once, or hangs. */
const BUS_TIMEOUT_MS = 4_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 60_000;
const SIGNAL = 4;
/** Far above anything a desktop sends; a picture in a notification is some hundred kilobytes. */
const MAX_MESSAGE_BYTES = 8 * 1_024 * 1_024;

type Options = {
  /** Asked at each try: a session's bus may come later than the app. */
  sockets: () => BusSocket[];
  clock: Clock;
  log: Log;
};
type Hearing = { rule: SignalRule; listener: (signal: BusSignal) => void };
type Watching = { name: string; listener: (owner: string | undefined) => void; owner?: string };

/** A value of a named D-Bus type inside a dictionary. */
export function variant(signature: string, value: unknown): Variant {
  return new Variant(signature, value);
}

function ruleText(rule: SignalRule): string {
  const path = rule.path === undefined ? "" : `,path='${rule.path}'`;
  return `type='signal',interface='${rule.interface}'${path}`;
}

function ownerRule(name: string): string {
  return `type='signal',sender='${BUS.destination}',interface='${BUS.interface}',member='NameOwnerChanged',arg0='${name}'`;
}

function failureOf(error: unknown): BusFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Error)) return { kind: "refused", message };
  const code = "code" in error ? error.code : undefined;
  if (code === "ETIMEDOUT") return { kind: "timeout", message };
  if (code === "ECONNCLOSED") return { kind: "gone", message };
  const name = "dbusName" in error ? error.dbusName : undefined;
  return { kind: "refused", message, ...(typeof name === "string" && { name }) };
}

/**
 * The session bus over a socket of Node's: nothing of it ever blocks the process. Lost, it is looked for
 * again, with growing pauses; what was heard and watched is then heard and watched anew.
 */
export class DesktopBus implements SessionBus {
  readonly #options: Options;
  readonly #hearings = new Set<Hearing>();
  readonly #watchings = new Set<Watching>();
  #bus: Promise<MessageBus | undefined> | undefined;
  #live: MessageBus | undefined;
  #id: string | undefined;
  /** The last signal of each kind: said anew to a bus that comes later, or again. */
  readonly #said = new Map<string, (bus: MessageBus) => void>();
  #retryMs = FIRST_RETRY_MS;
  #retry: Cancel | undefined;
  #isStopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  get id(): string | undefined {
    return this.#live && this.#id;
  }

  async call(call: BusCall, timeoutMs?: number): Promise<BusAnswer> {
    const bus = await this.#connected();
    if (!bus) return { ok: false, failure: { kind: "gone", message: "There is no session bus." } };
    return invoke(bus, call, timeoutMs);
  }

  onSignal(rule: SignalRule, listener: (signal: BusSignal) => void): Cancel {
    const hearing = { rule, listener };
    this.#hearings.add(hearing);
    if (this.#live) void this.#match(this.#live, ruleText(rule));
    else void this.#connected();
    return () => {
      this.#hearings.delete(hearing);
    };
  }

  onOwner(name: string, listener: (owner: string | undefined) => void): Cancel {
    const watching: Watching = { name, listener };
    this.#watchings.add(watching);
    if (this.#live) void this.#watch(this.#live, watching);
    else {
      void this.#connected().then((bus) => {
        if (!bus && this.#watchings.has(watching)) listener(undefined);
      });
    }
    return () => {
      this.#watchings.delete(watching);
    };
  }

  emit(path: string, { interface: of, name }: SignalName, args: BusArguments): void {
    const { signature, body } = args;
    const say = (bus: MessageBus): void => {
      try {
        bus.sendSignal(path, of, name, signature, [...body]);
      } catch (error) {
        this.#options.log.warn("A signal could not be sent.", { error: String(error) });
      }
    };
    this.#said.set(`${path} ${of} ${name}`, say);
    if (this.#live) say(this.#live);
  }

  stop(): void {
    this.#isStopped = true;
    this.#retry?.();
    this.#hearings.clear();
    this.#watchings.clear();
    this.#live?.connection.end();
    this.#live = undefined;
  }

  #connected(): Promise<MessageBus | undefined> {
    if (this.#isStopped) return Promise.resolve(undefined);
    this.#bus ??= this.#connect();
    return this.#bus;
  }

  async #connect(): Promise<MessageBus | undefined> {
    for (const socket of this.#options.sockets()) {
      const stream = await opened(socket);
      const bus = stream && (await this.#greet(stream));
      if (!bus) continue;
      this.#retryMs = FIRST_RETRY_MS;
      this.#live = bus;
      bus.connection.on("close", () => this.#lost(bus));
      for (const { rule } of this.#hearings) void this.#match(bus, ruleText(rule));
      for (const watching of this.#watchings) void this.#watch(bus, watching);
      for (const say of this.#said.values()) say(bus);
      return bus;
    }
    this.#tryLater();
    return undefined;
  }

  /** Says hello itself: the library would throw out of nowhere where a bus does not answer. */
  async #greet(stream: Socket): Promise<MessageBus | undefined> {
    const bus = createClient({
      stream,
      direct: true,
      authMethods: ["EXTERNAL"],
      fdTransport: false,
      maxMessageSize: MAX_MESSAGE_BYTES,
    });
    const { connection } = bus;
    connection.on("error", (error) => {
      this.#options.log.warn("The session bus failed.", { error: String(error) });
      stream.destroy();
    });
    connection.on("handlerError", (error) => {
      this.#options.log.warn("A signal could not be taken in.", { error: String(error) });
    });
    connection.on("message", (message) => this.#heard(bus, message));
    const hello = await invoke(bus, { ...BUS, member: "Hello" }, BUS_TIMEOUT_MS);
    const named = hello.ok ? await invoke(bus, { ...BUS, member: "GetId" }, BUS_TIMEOUT_MS) : hello;
    if (!named.ok && (!hello.ok || named.failure.kind !== "refused")) {
      this.#options.log.warn("The session bus did not let the app in.", { ...named.failure });
      stream.destroy();
      return undefined;
    }
    const [id] = named.ok ? named.values : [];
    // One that does not say is like no other.
    this.#id = typeof id === "string" ? id : randomUUID();
    return bus;
  }

  #lost(bus: MessageBus): void {
    if (this.#live !== bus) return;
    this.#live = undefined;
    this.#bus = undefined;
    for (const watching of this.#watchings) tellOwner(watching, "");
    this.#tryLater();
  }

  /** Somebody waits for signals: the bus is looked for again. A call looks for it at once. */
  #tryLater(): void {
    const { clock } = this.#options;
    this.#retry?.();
    if (this.#isStopped) return;
    this.#retry = clock.setTimer(() => {
      this.#bus = undefined;
      if (this.#hearings.size > 0 || this.#watchings.size > 0) void this.#connected();
    }, this.#retryMs);
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }

  async #match(bus: MessageBus, rule: string): Promise<void> {
    const call = { ...BUS, member: "AddMatch", signature: "s", body: [rule] };
    const answer = await invoke(bus, call, BUS_TIMEOUT_MS);
    if (!answer.ok) this.#options.log.warn("Signals cannot be heard.", { ...answer.failure });
  }

  async #watch(bus: MessageBus, watching: Watching): Promise<void> {
    await this.#match(bus, ownerRule(watching.name));
    const call = { ...BUS, member: "GetNameOwner", signature: "s", body: [watching.name] };
    const answer = await invoke(bus, call, BUS_TIMEOUT_MS);
    if (this.#live !== bus || !this.#watchings.has(watching)) return;
    const owner = answer.ok ? answer.values[0] : "";
    tellOwner(watching, typeof owner === "string" ? owner : "");
  }

  #heard(bus: MessageBus, message: Message): void {
    if (message.type !== SIGNAL || this.#live !== bus) return;
    const { sender = "", path = "", member = "", body = [] } = message;
    if (message.interface === BUS.interface && sender === BUS.destination) {
      const [name, , owner] = body;
      if (member !== "NameOwnerChanged" || typeof owner !== "string") return;
      for (const watching of this.#watchings) {
        if (watching.name === name) tellOwner(watching, owner);
      }
      return;
    }
    for (const { rule, listener } of this.#hearings) {
      if (rule.interface !== message.interface) continue;
      if (rule.path !== undefined && rule.path !== path) continue;
      listener({ sender, path, member, body });
    }
  }
}

function tellOwner(watching: Watching, owner: string): void {
  if (watching.owner === owner) return;
  watching.owner = owner;
  watching.listener(owner === "" ? undefined : owner);
}

/** Resolves to a socket that is connected; undefined if nobody listens there. */
function opened({ path }: BusSocket): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", () => resolve(undefined));
  });
}

function invoke(bus: MessageBus, call: BusCall, timeoutMs = 0): Promise<BusAnswer> {
  const { signature, body, ...to } = call;
  const message: Message = {
    ...to,
    ...(signature !== undefined && { signature, body: [...(body ?? [])] }),
  };
  return new Promise((resolve) => {
    bus.invoke(message, { timeout: timeoutMs }, (error: unknown, ...values: unknown[]) => {
      resolve(error ? { ok: false, failure: failureOf(error) } : { ok: true, values });
    });
  });
}
