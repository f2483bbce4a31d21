import { AlertDecision } from "@parley/protocol/bridge/alerts.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import { type AccountKey, ChatId, type ClientId } from "@parley/protocol/ids.ts";
import { parseWith } from "../connection/parse.ts";
import type { Cancel, Clock, Log } from "../connection/ports.ts";
import { createSerial } from "../sync/serial.ts";
import type { HostStore } from "./ports.ts";

const KEPT_PER_CHAT = 20;
const KEPT_CHATS = 200;
const KEPT_MS = 14 * 24 * 3_600_000;
/** What is decided in this time is written at once. */
const SAVE_AFTER_MS = 2_000;

type Options = { store: HostStore; clock: Clock; log: Log; accountKey: AccountKey };

/**
 * V52: the last decisions of each chat, to answer "why was I not notified?", over restarts too. At most
 * 20 of a chat, of 200 chats, for 14 days; no text of a message is among them. A crash may take those of
 * the last two seconds; what cannot be read is passed over with a line in the log.
 */
export class AlertLog {
  readonly #options: Options;
  readonly #prefix: string;
  readonly #chats = new Map<ChatId, Map<ClientId, AlertDecision>>();
  readonly #unsaved = new Set<ChatId>();
  /** One write after the other: an older list never takes the place of a newer one. */
  readonly #inOrder = createSerial();
  #timer: Cancel | undefined;
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
    this.#prefix = decisionsPrefix(options.accountKey);
  }

  /** Reads what an earlier run decided; before the first decision of this one. Never rejects. */
  async load(): Promise<void> {
    try {
      const kept = (await this.#options.store.list(this.#prefix))
        .map(([key, value]) => this.#read(key, value))
        .toSorted((a, b) => newestOf(a.decisions) - newestOf(b.decisions));
      for (const { key, decisions } of kept) {
        const chatId = parseWith(ChatId, key.slice(this.#prefix.length));
        const young = decisions.filter((decision) => this.#isYoung(decision));
        if (!chatId.ok || young.length === 0) await this.#options.store.deleteAll(key);
        else this.#chats.set(chatId.value, new Map(young.map((one) => [one.clientId, one])));
      }
    } catch (error) {
      this.#warn("could not be read", String(error));
    }
  }

  /** A message has one entry: a later decision about it takes the place of the one before. */
  add(chatId: ChatId, decision: AlertDecision): void {
    const decisions = this.#chats.get(chatId) ?? new Map<ClientId, AlertDecision>();
    // That it came again says nothing new.
    if (decision.reason === "already-notified" && decisions.has(decision.clientId)) return;
    decisions.delete(decision.clientId);
    decisions.set(decision.clientId, decision);
    dropOldest(decisions, KEPT_PER_CHAT);
    this.#chats.delete(chatId);
    this.#chats.set(chatId, decisions);
    for (const dropped of dropOldest(this.#chats, KEPT_CHATS)) this.#save(dropped);
    this.#save(chatId);
  }

  /** What the system did with a notification, as a window or the shell says. */
  learn({ of, ...outcome }: NotificationOutcome): void {
    const decisions = of && this.#chats.get(of.chatId);
    const decision = of && decisions?.get(of.clientId);
    if (!of || !decision) return;
    decisions?.set(decision.clientId, { ...decision, outcome });
    this.#save(of.chatId);
  }

  /** Newest last. */
  of(chatId: ChatId): AlertDecision[] {
    const decisions = [...(this.#chats.get(chatId)?.values() ?? [])];
    return decisions.filter((decision) => this.#isYoung(decision));
  }

  /** Writes what waits to be written, and nothing after that: the account may be about to go. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#flush();
  }

  #flush(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    return this.#inOrder(() => this.#write());
  }

  /** What cannot be written is written with what comes next. */
  async #write(): Promise<void> {
    const { store } = this.#options;
    const taken = [...this.#unsaved];
    this.#unsaved.clear();
    const kept = taken.filter((chatId) => this.#chats.has(chatId));
    const dropped = taken.filter((chatId) => !this.#chats.has(chatId));
    try {
      await Promise.all([
        kept.length > 0 && store.put(kept.map((id) => [`${this.#prefix}${id}`, this.of(id)])),
        ...dropped.map((id) => store.deleteAll(`${this.#prefix}${id}`)),
      ]);
    } catch (error) {
      for (const chatId of taken) this.#unsaved.add(chatId);
      this.#warn("could not be kept", String(error));
    }
  }

  #save(chatId: ChatId): void {
    if (this.#stopped) return;
    this.#unsaved.add(chatId);
    this.#timer ??= this.#options.clock.setTimer(() => void this.#flush(), SAVE_AFTER_MS);
  }

  #read(key: string, value: unknown): { key: string; decisions: AlertDecision[] } {
    const decisions = parseWith(AlertDecision.array(), value);
    if (!decisions.ok) this.#warn("could not be read", decisions.problem);
    return { key, decisions: decisions.ok ? decisions.value : [] };
  }

  #isYoung({ atMs }: AlertDecision): boolean {
    return this.#options.clock.nowMs() - atMs < KEPT_MS;
  }

  #warn(what: string, error: string): void {
    this.#options.log.warn(`The decisions on alerts ${what}.`, { error });
  }
}

/** S19: where the decisions on alerts of an account are kept. */
export function decisionsPrefix(accountKey: AccountKey): string {
  return `decisions:${accountKey}:`;
}

function newestOf(decisions: readonly AlertDecision[]): number {
  return decisions.at(-1)?.atMs ?? 0;
}

/** Answers what was dropped. */
function dropOldest<Key>(map: Map<Key, unknown>, max: number): Key[] {
  const dropped = [...map.keys()].slice(0, Math.max(0, map.size - max));
  for (const key of dropped) map.delete(key);
  return dropped;
}
