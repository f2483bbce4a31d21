import type { AccountId, ChatId, ClientId, DeviceId } from "@parley/protocol/ids.ts";
import type { ValueKey } from "@parley/protocol/values.ts";
import { REL } from "@parley/protocol/event.ts";
import type { State, Write } from "./command.ts";
import type { LoadedRows } from "./engine.ts";
import { type Key, keyText } from "./keys.ts";
import type {
  AccountRow,
  AccountValueRow,
  ChatRow,
  DeviceRow,
  EventRow,
  InviteRow,
  MembershipRow,
} from "./rows.ts";

/** `decide` asked for a key that nobody had declared: the group loads it and decides again. */
export class NotLoaded extends Error {
  override readonly name = "NotLoaded";
  readonly key: Key;
  constructor(key: Key) {
    super(`The key ${keyText(key)} was not loaded.`);
    this.key = key;
  }
}

const byJoining = (a: MembershipRow, b: MembershipRow): number => a.joinedSeq - b.joinedSeq;

/** The name under which a written row is kept once, however often a group puts it. */
export function rowName(write: Write): string | undefined {
  switch (write.put) {
    case "account":
      return `account ${write.row.accountId}`;
    case "device":
      return `device ${write.row.deviceId}`;
    case "invite":
      return `invite ${write.row.codeHash}`;
    case "chat":
      return `chat ${write.row.chatId}`;
    case "membership":
      return membershipName(write.row);
    case "event":
    case "fold":
      return `event ${write.row.event.chatId} ${write.row.event.seq}`;
    case "value":
      return valueName(write.row);
    case "receipt-move":
    case "erasure":
      return undefined;
  }
}

function membershipName(row: MembershipRow): string {
  return `membership ${row.chatId} ${row.accountId} ${row.joinedSeq}`;
}

function valueName({ accountId, key }: { accountId: AccountId; key: ValueKey }): string {
  return `value ${accountId} ${key}`;
}

function reactionName(target: ClientId, accountId: AccountId, key: string): string {
  return `${target} ${accountId} ${key}`;
}

/** All periods of one chat that are known here, by account. */
type Periods = Map<AccountId, MembershipRow[]>;

/**
 * The rows of one commit group: what was loaded, with the accepted commands applied. It answers
 * `decide` (as `State`) and in the end lists what to store.
 */
export class WorkingSet implements State {
  readonly #loaded = new Set<string>();
  readonly #accounts = new Map<AccountId, AccountRow>();
  readonly #accountsByHandle = new Map<string, AccountRow>();
  readonly #devices = new Map<DeviceId, DeviceRow>();
  readonly #invites = new Map<string, InviteRow>();
  readonly #chats = new Map<ChatId, ChatRow>();
  readonly #chatsByPair = new Map<string, ChatRow>();
  readonly #periods = new Map<ChatId, Periods>();
  readonly #members = new Map<ChatId, MembershipRow[]>();
  readonly #eventsByClientId = new Map<ClientId, EventRow>();
  readonly #eventsBySeq = new Map<string, EventRow>();
  readonly #reactions = new Map<string, EventRow>();
  readonly #erasedElsewhere = new Set<ClientId>();
  readonly #values = new Map<string, AccountValueRow>();
  readonly #valueCounts = new Map<AccountId, number>();
  /** Values that this group has made, by account: the database does not count them yet. */
  readonly #newValues = new Map<AccountId, number>();
  #hasAccounts = false;
  readonly #dirty = new Map<string, Write>();
  readonly #appended: Write[] = [];

  /** The keys of these that still have to be loaded, each once, by their texts. */
  missing(keys: readonly Key[]): ReadonlyMap<string, Key> {
    const wanted = new Map<string, Key>();
    for (const key of keys) {
      const text = keyText(key);
      if (!this.#loaded.has(text)) wanted.set(text, key);
    }
    return wanted;
  }

  /** Takes in what missing keys led to. Rows that the group has already changed stay as they are. */
  add(missing: ReadonlyMap<string, Key>, rows: LoadedRows): void {
    for (const text of missing.keys()) this.#loaded.add(text);
    if (rows.hasAccounts !== null) this.#hasAccounts ||= rows.hasAccounts;
    for (const row of rows.accounts) this.#keep({ put: "account", row });
    for (const row of rows.devices) this.#keep({ put: "device", row });
    for (const row of rows.invites) this.#keep({ put: "invite", row });
    for (const row of rows.chats) this.#keep({ put: "chat", row });
    for (const row of rows.memberships) this.#keep({ put: "membership", row });
    for (const row of rows.events) this.#keep({ put: "event", row });
    for (const clientId of rows.erasedElsewhere) this.#erasedElsewhere.add(clientId);
    for (const row of rows.values) this.#keep({ put: "value", row });
    for (const { accountId, count } of rows.valueCounts) this.#valueCounts.set(accountId, count);
  }

  /** Applies what an accepted command writes. */
  apply(writes: readonly Write[]): void {
    for (const write of writes) {
      const name = rowName(write);
      if (name === undefined) {
        this.#appended.push(write);
      } else {
        // What is new in this group is stored at once as it is in the end.
        const isNew = write.put === "fold" && this.#dirty.get(name)?.put === "event";
        this.#dirty.set(name, isNew ? { put: "event", row: write.row } : write);
        if (write.put === "value" && !this.#values.has(name)) this.#countValue(write.row);
        this.#index(write);
      }
    }
  }

  /** Everything to store, each row once in its last state, in order of its first change. */
  writes(): Write[] {
    return [...this.#dirty.values(), ...this.#appended];
  }

  #keep(write: Write): void {
    // Nearly all is loaded before anything is decided.
    if (this.#dirty.size === 0) return this.#index(write);
    const name = rowName(write);
    if (name === undefined || !this.#dirty.has(name)) this.#index(write);
  }

  #index(write: Write): void {
    switch (write.put) {
      case "account": {
        const before = this.#accounts.get(write.row.accountId);
        if (before) this.#accountsByHandle.delete(before.handleKey);
        this.#accounts.set(write.row.accountId, write.row);
        this.#accountsByHandle.set(write.row.handleKey, write.row);
        this.#hasAccounts = true;
        return;
      }
      case "device":
        this.#devices.set(write.row.deviceId, write.row);
        return;
      case "invite":
        this.#invites.set(write.row.codeHash, write.row);
        return;
      case "chat":
        this.#chats.set(write.row.chatId, write.row);
        if (write.row.pairKey !== null) this.#chatsByPair.set(write.row.pairKey, write.row);
        return;
      case "membership":
        this.#indexMembership(write.row);
        return;
      case "event":
      case "fold":
        this.#eventsByClientId.set(write.row.event.clientId, write.row);
        this.#eventsBySeq.set(`${write.row.event.chatId} ${write.row.event.seq}`, write.row);
        if (write.row.event.rel?.kind === REL.reaction) this.#indexReaction(write.row);
        return;
      case "value":
        this.#values.set(valueName(write.row), write.row);
        return;
      case "receipt-move":
      case "erasure":
        return;
    }
  }

  #countValue({ accountId }: AccountValueRow): void {
    this.#newValues.set(accountId, (this.#newValues.get(accountId) ?? 0) + 1);
  }

  #indexReaction(row: EventRow): void {
    const { rel, senderId, payload, clientId } = row.event;
    if (rel?.key === undefined) return;
    const name = reactionName(rel.target, senderId, rel.key);
    if (payload !== null) this.#reactions.set(name, row);
    else if (this.#reactions.get(name)?.event.clientId === clientId) this.#reactions.delete(name);
  }

  #indexMembership(row: MembershipRow): void {
    this.#members.delete(row.chatId);
    const chat = this.#periods.get(row.chatId) ?? new Map<AccountId, MembershipRow[]>();
    this.#periods.set(row.chatId, chat);
    const others = (chat.get(row.accountId) ?? []).filter((one) => one.joinedSeq !== row.joinedSeq);
    chat.set(row.accountId, [...others, row].sort(byJoining));
  }

  #found<Row>(row: Row | undefined, key: Key): Row | undefined {
    if (row === undefined) this.#require(key);
    return row;
  }

  #require(key: Key): void {
    if (!this.#loaded.has(keyText(key))) throw new NotLoaded(key);
  }

  account(accountId: AccountId): AccountRow | undefined {
    return this.#found(this.#accounts.get(accountId), { table: "account", accountId });
  }

  accountByHandle(handleKey: string): AccountRow | undefined {
    return this.#found(this.#accountsByHandle.get(handleKey), { table: "handle", handleKey });
  }

  hasAccounts(): boolean {
    if (!this.#hasAccounts) this.#require({ table: "any-account" });
    return this.#hasAccounts;
  }

  device(deviceId: DeviceId): DeviceRow | undefined {
    return this.#found(this.#devices.get(deviceId), { table: "device", deviceId });
  }

  devicesOf(accountId: AccountId): readonly DeviceRow[] {
    this.#require({ table: "devices", accountId });
    return [...this.#devices.values()].filter((row) => row.accountId === accountId);
  }

  invite(codeHash: string): InviteRow | undefined {
    return this.#found(this.#invites.get(codeHash), { table: "invite", codeHash });
  }

  chat(chatId: ChatId): ChatRow | undefined {
    return this.#found(this.#chats.get(chatId), { table: "chat", chatId });
  }

  directChat(pairKey: string): ChatRow | undefined {
    return this.#found(this.#chatsByPair.get(pairKey), { table: "direct-chat", pairKey });
  }

  periods(chatId: ChatId, accountId: AccountId): readonly MembershipRow[] {
    this.#require({ table: "membership", chatId, accountId });
    return this.#periods.get(chatId)?.get(accountId) ?? [];
  }

  members(chatId: ChatId): readonly MembershipRow[] {
    this.#require({ table: "members", chatId });
    const known = this.#members.get(chatId);
    if (known) return known;
    const current = [...(this.#periods.get(chatId)?.values() ?? [])]
      .flat()
      .filter((row) => row.leftSeq === null)
      .sort((a, b) => byJoining(a, b) || (a.accountId < b.accountId ? -1 : 1));
    this.#members.set(chatId, current);
    return current;
  }

  eventByClientId(clientId: ClientId): EventRow | undefined {
    return this.#found(this.#eventsByClientId.get(clientId), { table: "client-id", clientId });
  }

  isErasedElsewhere(clientId: ClientId): boolean {
    this.#require({ table: "client-id", clientId });
    return this.#erasedElsewhere.has(clientId);
  }

  liveReaction(target: ClientId, accountId: AccountId, key: string): EventRow | undefined {
    const found = this.#reactions.get(reactionName(target, accountId, key));
    return this.#found(found, { table: "reaction", target, accountId, key });
  }

  event(chatId: ChatId, seq: number): EventRow | undefined {
    return this.#found(this.#eventsBySeq.get(`${chatId} ${seq}`), { table: "event", chatId, seq });
  }

  value(accountId: AccountId, key: ValueKey): AccountValueRow | undefined {
    const row = this.#values.get(valueName({ accountId, key }));
    return this.#found(row, { table: "value", accountId, key });
  }

  valueCount(accountId: AccountId): number {
    this.#require({ table: "value-count", accountId });
    return (this.#valueCounts.get(accountId) ?? 0) + (this.#newValues.get(accountId) ?? 0);
  }
}
