import type { Change } from "@parley/protocol/chat.ts";
import type { Counts } from "@parley/protocol/counts.ts";
import { type Event, SeqMark } from "@parley/protocol/event.ts";
import { type AccountId, type AccountKey, ChatId, DataEpoch } from "@parley/protocol/ids.ts";
import { Person } from "@parley/protocol/person.ts";
import {
  AccountValue,
  isBlocked,
  isMuted,
  readValue,
  splitValueKey,
  type ValueKey,
  type ValueOf,
  valueKey,
  type ValueOutcome,
} from "@parley/protocol/values.ts";
import { parseWith } from "../connection/parse.ts";
import type { Cancel, Clock, Log } from "../connection/ports.ts";
import { createSerial } from "../sync/serial.ts";
import { type Held, type KnownChat, type Named, readChat } from "./known-chat.ts";
import type { HostStore } from "./ports.ts";
import { StatedCounts } from "./stated-counts.ts";

const SAVE_AFTER_MS = 1_000;

/** Names of people and chats of one account, as they came by; kept over restarts of the host. */
export class Directory {
  readonly #store: HostStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #prefix: string;
  readonly #people = new Map<AccountId, Person>();
  readonly #chats = new Map<ChatId, KnownChat>();
  readonly #values = new Map<ValueKey, AccountValue>();
  readonly #counts: StatedCounts;
  readonly #unsaved = new Map<string, unknown>();
  /** One write after the other: an older value never takes the place of a newer one. */
  readonly #inOrder = createSerial();
  #epoch: DataEpoch | undefined;
  #since = 0;
  #timer: Cancel | undefined;

  constructor(options: {
    store: HostStore;
    clock: Clock;
    log: Log;
    accountKey: AccountKey;
    me: AccountId;
  }) {
    this.#counts = new StatedCounts(options.me);
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#prefix = directoryPrefix(options.accountKey);
  }

  /** Reads what an earlier host learned. Damaged entries are passed over: they are learned again. */
  async load(): Promise<void> {
    for (const [key, value] of await this.#store.list(this.#prefix)) {
      const [kind, id] = key.slice(this.#prefix.length).split(":");
      if (kind === "epoch") {
        const epoch = parseWith(DataEpoch, value);
        if (epoch.ok) this.#epoch = epoch.value;
      }
      if (kind === "since") {
        const since = parseWith(SeqMark, value);
        if (since.ok) this.#since = since.value;
      }
      if (kind === "person") {
        const person = parseWith(Person, value);
        if (person.ok) this.#people.set(person.value.accountId, person.value);
      }
      if (kind === "value") {
        const known = parseWith(AccountValue, value);
        if (known.ok) this.#values.set(known.value.key, known.value);
      }
      const chatId = parseWith(ChatId, id);
      const chat = kind === "chat" ? readChat(value) : undefined;
      if (chatId.ok && chat && !this.#chats.has(chatId.value)) this.#chats.set(chatId.value, chat);
    }
  }

  get epoch(): DataEpoch | undefined {
    return this.#epoch;
  }

  /** S21: up to which change all of the account is known here. */
  get since(): number {
    return this.#since;
  }

  advance(watermark: number): void {
    if (watermark <= this.#since) return;
    this.#since = watermark;
    this.#save("since", watermark);
  }

  /** S9: unread messages and mentions of all chats, as far as they are known here. */
  get totals(): { unread: number; mentions: number } {
    const totals = { unread: 0, mentions: 0 };
    for (const { counts } of this.#chats.values()) {
      totals.unread += counts?.unread ?? 0;
      totals.mentions += counts?.mentions ?? 0;
    }
    return totals;
  }

  /** V42: whether the chat is muted at a time of the server's clock. */
  isMuted(chatId: ChatId, atMs: number): boolean {
    return isMuted(readValue("mute", this.#valueOf(valueKey("mute", chatId))), atMs);
  }

  /** V33: whether the user has blocked an account. */
  hasBlocked(accountId: AccountId): boolean {
    return isBlocked(this.#valueOf(valueKey("block", accountId)));
  }

  nameOf(accountId: AccountId): string | undefined {
    return this.#people.get(accountId)?.name;
  }

  chat(chatId: ChatId): KnownChat | undefined {
    return this.#chats.get(chatId);
  }

  /** Takes in what changes say about people and chats. Answers the chats of which less is unread. */
  learn(changes: readonly Change[]): ChatId[] {
    const read: ChatId[] = [];
    for (const change of changes) {
      if (change.kind === "value") this.#learnValue(change);
      if (change.kind === "person") this.learnPeople([change.person]);
      if (change.kind === "chat" || change.kind === "event") this.learnPeople(change.people ?? []);
      if (change.kind === "chat") {
        const { chatId, kind, title, memberCount, my } = change.chat;
        const { readSeq } = my;
        const counts = this.#stated(chatId, my, change.change);
        if (this.#update(chatId, { kind, title, memberCount, readSeq, ...counts })) {
          read.push(chatId);
        }
      }
      if (change.kind === "event" && change.event.system?.kind === "title") {
        this.#update(change.event.chatId, { title: change.event.system.title });
      }
      if (change.kind === "event") this.#count(change.event);
      if (change.kind === "counts") {
        const { chatId, readSeq } = change;
        const counts = this.#stated(chatId, change, change.change);
        if (this.#update(chatId, { readSeq, ...counts })) read.push(chatId);
      }
    }
    return read;
  }

  /** Outcomes of puts by windows: others hear of them as changes. */
  learnOutcomes(outcomes: readonly ValueOutcome[]): void {
    for (const outcome of outcomes) {
      if ("written" in outcome) this.#learnValue(outcome.written);
      if ("stale" in outcome) this.#learnValue(outcome.stale);
    }
  }

  learnPeople(people: readonly Person[]): void {
    for (const person of people) {
      const known = this.#people.get(person.accountId);
      if (known?.name === person.name && known.handle === person.handle) continue;
      this.#people.set(person.accountId, person);
      this.#save(`person:${person.accountId}`, person);
    }
  }

  /** S6c: marks of another epoch mean nothing: names stay, marks and values start anew. */
  setEpoch(epoch: DataEpoch): void {
    if (this.#epoch === epoch) return;
    if (this.#epoch !== undefined) this.beginAnew();
    this.#since = 0;
    this.#save("since", 0);
    this.#epoch = epoch;
    this.#save("epoch", epoch);
  }

  /** S6c: the server knows less than was told here: marks and values start anew, names stay. */
  beginAnew(): void {
    this.#counts.forget();
    for (const [chatId, chat] of this.#chats) {
      const none = { counts: null, shown: null, held: null };
      const fresh = { ...chat, readSeq: 0, notifiedThroughSeq: 0, ...none };
      this.#chats.set(chatId, fresh);
      this.#save(`chat:${chatId}`, fresh);
    }
    for (const { key } of this.#values.values()) this.#keepValue({ key, value: null, change: 0 });
    this.#since = 0;
    this.#save("since", 0);
  }

  /** A chat was read here, before the server confirms it. Answers whether less is unread. */
  read(chatId: ChatId, readSeq: number): boolean {
    const counts = this.#chats.get(chatId)?.counts;
    if (counts && readSeq >= counts.countedThroughSeq) {
      return this.#update(chatId, { readSeq, counts: { ...counts, unread: 0, mentions: 0 } });
    }
    return this.#update(chatId, { readSeq });
  }

  /** S21: on the disk at once, so that a crash does not notify twice. Resolves when it is there. */
  notified(events: readonly Pick<Event, "chatId" | "seq">[]): Promise<void> {
    for (const { chatId, seq } of events) this.#update(chatId, { notifiedThroughSeq: seq });
    return this.flush();
  }

  /** Chats of which a notification is on the screen. */
  shownChats(): ChatId[] {
    return [...this.#chats].flatMap(([chatId, { shown }]) => (shown ? [chatId] : []));
  }

  /** V51: decided on, and nothing was shown. */
  passedOver(chatId: ChatId, seq: number): void {
    if (seq > (this.#chats.get(chatId)?.notifiedThroughSeq ?? 0)) {
      this.#update(chatId, { notifiedThroughSeq: seq });
    }
  }

  /** A notification of this message is on the screen now: on the disk at once, for it may outlive us. */
  shown(chatId: ChatId, shown: Named): void {
    this.#update(chatId, { shown });
    void this.flush();
  }

  withdrawn(chatId: ChatId): void {
    this.#update(chatId, { shown: null });
  }

  /** V51: a message belongs to the wake digest. */
  hold({ chatId, seq, clientId, senderId }: Held & { chatId: ChatId }): void {
    const known = this.#chats.get(chatId);
    this.#chats.delete(chatId);
    if (known) this.#chats.set(chatId, known);
    this.#update(chatId, { held: { seq, clientId, senderId } });
  }

  /** What was held back, the chat of the newest message last. */
  held(): (Held & { chatId: ChatId })[] {
    return [...this.#chats].flatMap(([chatId, { held }]) => (held ? [{ chatId, ...held }] : []));
  }

  /** What was held back is told, or no longer wanted. */
  letGo(): void {
    for (const { chatId } of this.held()) this.#update(chatId, { held: null });
    void this.flush();
  }

  /** V51: how alerts of a chat differ from the device's. */
  alertOf(chatId: ChatId): ValueOf<"alert"> | undefined {
    return readValue("alert", this.#valueOf(valueKey("alert", chatId)));
  }

  /** Writes what waits to be written; resolves when that is on the disk, or could not be written. */
  flush(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    return this.#inOrder(() => this.#write());
  }

  /** What cannot be written is written with what comes next. */
  async #write(): Promise<void> {
    const taken = [...this.#unsaved];
    this.#unsaved.clear();
    if (taken.length === 0) return;
    try {
      await this.#store.put(taken.map(([key, value]) => [`${this.#prefix}${key}`, value] as const));
    } catch (error) {
      for (const [key, value] of taken) {
        if (!this.#unsaved.has(key)) this.#unsaved.set(key, value);
      }
      this.#log.warn("What is known of an account could not be kept.", { error: String(error) });
    }
  }

  #valueOf(key: ValueKey): string | null {
    return this.#values.get(key)?.value ?? null;
  }

  /** Only what decides on alerts is kept here; the rest is the windows' business. */
  #learnValue({ key, value, change }: AccountValue): void {
    const kind = splitValueKey(key)?.kind;
    if (kind !== "mute" && kind !== "block" && kind !== "alert") return;
    if (change > (this.#values.get(key)?.change ?? 0)) this.#keepValue({ key, value, change });
  }

  #keepValue(value: AccountValue): void {
    this.#values.set(value.key, value);
    this.#save(`value:${value.key}`, value);
  }

  /** S9: a chat that the server has not counted yet is counted by its next word. */
  #count(event: Event): void {
    const counts = this.#counts.add(this.#chats.get(event.chatId)?.counts ?? null, event);
    if (counts) this.#update(event.chatId, { counts });
  }

  #stated(chatId: ChatId, stated: Counts, change: number): { counts?: Counts } {
    const { unread, mentions, countedThroughSeq } = stated;
    const counts = this.#counts.state(chatId, { unread, mentions, countedThroughSeq }, change);
    return counts ? { counts } : {};
  }

  /** Marks only grow; within one epoch of data, which is all that notifications need. */
  #update(chatId: ChatId, news: Partial<KnownChat>): boolean {
    const known = this.#chats.get(chatId) ?? {
      kind: "group" as const,
      title: null,
      memberCount: 0,
      readSeq: 0,
      notifiedThroughSeq: 0,
      counts: null,
      shown: null,
      held: null,
    };
    const next: KnownChat = {
      kind: news.kind ?? known.kind,
      title: news.title === undefined ? known.title : news.title,
      memberCount: news.memberCount ?? known.memberCount,
      readSeq: Math.max(known.readSeq, news.readSeq ?? 0),
      notifiedThroughSeq: Math.max(known.notifiedThroughSeq, news.notifiedThroughSeq ?? 0),
      counts: news.counts ?? known.counts,
      shown: news.shown === undefined ? known.shown : news.shown,
      held: news.held === undefined ? known.held : news.held,
    };
    this.#chats.set(chatId, next);
    this.#save(`chat:${chatId}`, next);
    const isNothingLeft = (known.counts?.unread ?? 0) > 0 && next.counts?.unread === 0;
    return isNothingLeft || next.readSeq > known.readSeq;
  }

  #save(key: string, value: unknown): void {
    this.#unsaved.set(key, value);
    this.#timer ??= this.#clock.setTimer(() => void this.flush(), SAVE_AFTER_MS);
  }
}

/** S19: where a host's store keeps the directory of an account. */
export function directoryPrefix(accountKey: AccountKey): string {
  return `directory:${accountKey}:`;
}
