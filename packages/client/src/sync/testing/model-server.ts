import type { Change } from "@parley/protocol/chat.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { type Event, REL, type Send, type SystemContent } from "@parley/protocol/event.ts";
import {
  type AccountId,
  type ChatId,
  ClientId,
  DataEpoch,
  type DeviceId,
  newId,
} from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import { mergeMarks } from "@parley/protocol/receipts.ts";
import type { SendOutcome } from "@parley/protocol/socket/requests.ts";
import type { AccountValuePut } from "@parley/protocol/values.ts";
import { type ModelValues, putModelValues } from "./model-values.ts";
import {
  append,
  countsFor,
  headSeq,
  memberOf,
  type ModelChat,
  movedIn,
  partOf,
  stateFor,
  systemSend,
  visibleHead,
} from "./model-chat.ts";
import { relFault } from "./model-relations.ts";

export type Caller = { accountId: AccountId; deviceId: DeviceId };
export type Connection = Caller & { push(changes: Change[]): void };

type State = {
  dataEpoch: DataEpoch;
  change: number;
  chats: Map<ChatId, ModelChat>;
  people: Map<AccountId, Person>;
  values: ModelValues;
};

/** A message whose payload has this in it is refused for good. */
export const POISON = "☠";

/**
 * A server in a few hundred lines, for tests of the sync engine: the rules of the SPEC that a client
 * can see, with small limits so that pages and snapshots happen often. Synchronous and in memory.
 */
export class ModelServer {
  readonly limits = {
    helloItems: 1,
    pullEvents: 6,
    snapshotGap: 10,
    snapshotEvents: 4,
    page: 5,
    moved: 3,
  };
  /** Whether the next item is answered `busy`. */
  busy: () => boolean = () => false;
  readonly #connections = new Set<Connection>();
  #state: State;

  constructor() {
    this.#state = {
      dataEpoch: newId(DataEpoch),
      change: 0,
      chats: new Map(),
      people: new Map(),
      values: new Map(),
    };
  }

  get chats(): ReadonlyMap<ChatId, ModelChat> {
    return this.#state.chats;
  }

  get values(): ModelValues {
    return this.#state.values;
  }

  get dataEpoch(): DataEpoch {
    return this.#state.dataEpoch;
  }

  get watermark(): number {
    return this.#state.change;
  }

  addPerson(person: Person): void {
    this.#state.people.set(person.accountId, person);
  }

  backup(): State {
    return structuredClone(this.#state);
  }

  /** S6c: a new epoch on older data; all connections end. */
  restore(backup: State): void {
    this.#state = { ...structuredClone(backup), dataEpoch: newId(DataEpoch) };
    this.#connections.clear();
  }

  disconnect(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** S6: what changed for an account after `since`. */
  changesSince(accountId: AccountId, since: number): Change[] {
    const found: { change: number; chat: ModelChat }[] = [];
    for (const chat of this.#state.chats.values()) {
      const change = chat.changed.get(accountId) ?? 0;
      if (change > since) found.push({ change, chat });
    }
    const chats = found.map(({ change, chat }) => this.#chatChange(chat, accountId, change));
    const values = [...(this.values.get(accountId)?.values() ?? [])]
      .filter(({ change }) => change > since)
      .map((value): Change => ({ kind: "value", ...value }));
    return [...chats, ...values].sort((a, b) => a.change - b.change);
  }

  request(connection: Connection, name: string, body: never): Result<unknown> {
    const handlers = new Map<string, () => Result<unknown>>([
      ["sync:hello", () => this.#hello(connection, body)],
      ["sync:pull", () => this.#pull(connection, body)],
      ["chat:history", () => this.#history(connection, body)],
      ["sync:erased", () => success({ clientIds: [] })],
      ["values:put", () => this.#putValues(connection, body)],
      ["chat:send", () => this.#send(connection, body)],
      ["chat:create-group", () => this.#create(connection, body)],
      ["chat:add-members", () => this.#add(connection, body)],
      ["chat:remove-member", () => this.#remove(connection, body)],
      ["chat:leave", () => this.#leave(connection, body)],
      ["chat:set-title", () => this.#title(connection, body)],
    ]);
    return handlers.get(name)?.() ?? failure("unknown_event", name);
  }

  #putValues(connection: Connection, body: { puts: AccountValuePut[] }): Result<unknown> {
    const { accountId } = connection;
    return putModelValues(
      {
        values: this.values,
        accountId,
        nextChange: () => (this.#state.change += 1),
        isBusy: () => this.busy(),
        written: (value) => {
          for (const other of this.#connections) {
            if (other === connection || other.accountId !== accountId) continue;
            other.push([{ kind: "value", ...value }]);
          }
        },
      },
      body.puts,
    );
  }

  /** S8: one batch of own marks. */
  mark(
    caller: Caller,
    marks: readonly {
      chatId: ChatId;
      deliveredSeq?: number | undefined;
      readSeq?: number | undefined;
    }[],
  ): void {
    for (const { chatId, deliveredSeq = 0, readSeq = 0 } of marks) {
      const chat = this.#state.chats.get(chatId);
      const member = chat && memberOf(chat, caller.accountId);
      if (chat === undefined || member === undefined) continue;
      const head = visibleHead(chat, caller.accountId);
      const capped = {
        deliveredSeq: Math.min(head, deliveredSeq),
        readSeq: Math.min(head, readSeq),
      };
      const moved = mergeMarks(member, capped);
      if (moved.deliveredSeq === member.deliveredSeq && moved.readSeq === member.readSeq) continue;
      const { members } = chat.roster;
      chat.roster = {
        ...chat.roster,
        members: members.map((one) => (one === member ? { ...one, ...moved } : one)),
      };
      const change = this.#touch(chat);
      chat.rev = change;
      for (const connection of this.#connections) {
        if (memberOf(chat, connection.accountId) === undefined) continue;
        const own = connection.accountId === caller.accountId;
        const counts = countsFor(chat, connection.accountId);
        connection.push([
          own
            ? { kind: "counts", change, chatId, ...moved, ...counts }
            : {
                kind: "receipts",
                change,
                chatId,
                rev: change,
                marks: [{ accountId: caller.accountId, ...moved }],
                othersMin: null,
              },
        ]);
      }
    }
  }

  #chatChange(chat: ModelChat, accountId: AccountId, change: number): Change {
    const people = [...this.#state.people.values()];
    return { kind: "chat", change, chat: stateFor(chat, accountId), people };
  }

  #touch(chat: ModelChat): number {
    this.#state.change += 1;
    for (const member of chat.roster.members) {
      chat.changed.set(member.accountId, this.#state.change);
    }
    return this.#state.change;
  }

  #hello(
    connection: Connection,
    body: { dataEpoch: DataEpoch | null; since: number; after?: string },
  ): Result<unknown> {
    if (body.dataEpoch !== null && body.dataEpoch !== this.dataEpoch) {
      return failure("epoch_changed", "restored");
    }
    if (body.since > this.watermark) return failure("epoch_changed", "ahead");
    this.#connections.add(connection);
    const all = this.changesSince(connection.accountId, body.since);
    const from = Number(body.after ?? 0);
    const changes = all.filter((change) => change.change > from).slice(0, this.limits.helloItems);
    const last = changes.at(-1)?.change ?? from;
    const next = all.some((change) => change.change > last) ? String(last) : null;
    return success({ dataEpoch: this.dataEpoch, watermark: this.watermark, changes, next });
  }

  #pull(
    caller: Caller,
    body: { chats: { chatId: ChatId; after: number; held?: { from: number; to: number }[] }[] },
  ): Result<unknown> {
    const parts = [];
    let room = this.limits.pullEvents;
    let more = false;
    for (const { chatId, after, held = [] } of body.chats) {
      const chat = this.#state.chats.get(chatId);
      if (chat === undefined || !chat.periods.has(caller.accountId)) continue;
      const head = visibleHead(chat, caller.accountId);
      if (after > head) return failure("epoch_changed", "ahead");
      if (room <= 0) {
        more = true;
        continue;
      }
      const snapshot = head - after > this.limits.snapshotGap;
      const span = snapshot
        ? { from: head - this.limits.snapshotEvents + 1, to: head }
        : { from: after + 1, to: Math.min(head, after + room) };
      if (span.to < head) more = true;
      const moved = movedIn(chat, caller.accountId, after, held, this.limits.moved);
      parts.push(partOf(chat, caller.accountId, span, snapshot, moved));
      room -= span.to - span.from + 1;
    }
    return success({ parts, more });
  }

  #history(
    caller: Caller,
    body: { chatId: ChatId; before: number; limit: number },
  ): Result<unknown> {
    const chat = this.#state.chats.get(body.chatId);
    if (chat === undefined) return failure("chat_not_found", "no such chat");
    const to = Math.min(body.before - 1, visibleHead(chat, caller.accountId));
    const from = to - Math.min(body.limit, this.limits.page) + 1;
    return success(partOf(chat, caller.accountId, { from, to }, false));
  }

  #send(caller: Connection, body: { chatId: ChatId; items: Send[] }): Result<unknown> {
    const outcomes: SendOutcome[] = [];
    for (const item of body.items) {
      if (this.busy()) {
        // S11: it stops at the first error that may pass.
        outcomes.push({
          error: { code: "busy", message: "full", retryAfterMs: 100, requestId: "model" },
        });
        break;
      }
      const outcome = this.#accept(caller, item);
      outcomes.push(
        outcome.ok ? { event: outcome.value } : { error: { ...outcome.error, requestId: "model" } },
      );
    }
    return success({ outcomes });
  }

  #accept(caller: Connection, send: Send): Result<Event> {
    for (const chat of this.#state.chats.values()) {
      const known = chat.events.find((event) => event.clientId === send.clientId);
      if (known !== undefined) {
        return known.senderId === caller.accountId
          ? success(known)
          : failure("id_taken", "someone else's");
      }
    }
    const chat = this.#state.chats.get(send.chatId);
    if (chat === undefined || !chat.periods.has(caller.accountId)) {
      return failure("chat_not_found", "no such chat");
    }
    if (memberOf(chat, caller.accountId) === undefined) return failure("not_a_member", "gone");
    if (send.payload.includes(POISON)) return failure("invalid_request", "poisoned");
    const fault = relFault(chat, caller.accountId, send);
    if (fault !== undefined) return { ok: false, error: fault };
    const { ifMembership: _ifMembership, ...rest } = send;
    return success(this.#publish(chat, caller, rest, caller));
  }

  #publish(
    chat: ModelChat,
    caller: Caller,
    send: Omit<Send, "payload"> & { payload: string; system?: SystemContent },
    /** V15: the connection that gets the event in its ack alone. */
    origin?: Connection,
  ): Event {
    const before = new Set(chat.roster.members.map((member) => member.accountId));
    // Clocks say nothing of order (S5): one tick each.
    const event = append(chat, caller, send, this.watermark + 1);
    const change = this.#touch(chat);
    const { system } = event;
    const gone =
      system?.kind === "removed" || system?.kind === "left" ? system.accountId : undefined;
    if (gone !== undefined) chat.changed.set(gone, change);
    chat.rev = change;
    for (const connection of this.#connections) {
      const { accountId } = connection;
      if (connection === origin) {
        if (event.rel?.kind === REL.redact) this.#pushCounts(chat, connection, change);
        continue;
      }
      const isMember = memberOf(chat, accountId) !== undefined;
      if (isMember && !before.has(accountId)) {
        connection.push([this.#chatChange(chat, accountId, change)]);
      } else if (isMember) {
        connection.push([{ kind: "event", change, event }]);
        if (event.rel?.kind === REL.redact) this.#pushCounts(chat, connection, change);
      } else if (accountId === gone) {
        connection.push([
          { kind: "event", change, event },
          this.#chatChange(chat, accountId, change),
        ]);
      }
    }
    return event;
  }

  #pushCounts(chat: ModelChat, connection: Connection, change: number): void {
    const { deliveredSeq = 0, readSeq = 0 } = memberOf(chat, connection.accountId) ?? {};
    const counts = countsFor(chat, connection.accountId);
    const { chatId } = chat;
    connection.push([{ kind: "counts", change, chatId, deliveredSeq, readSeq, ...counts }]);
  }

  #create(
    caller: Caller,
    body: { chatId: ChatId; title: string; accountIds: AccountId[]; history?: "all" | "joined" },
  ): Result<unknown> {
    let chat = this.#state.chats.get(body.chatId);
    if (chat === undefined) {
      chat = {
        chatId: body.chatId,
        kind: "group",
        createdAt: this.watermark,
        history: body.history ?? "joined",
        events: [],
        roster: { membershipVersion: 0, title: body.title, members: [] },
        periods: new Map(),
        former: new Map(),
        rev: 0,
        changed: new Map(),
      };
      this.#state.chats.set(body.chatId, chat);
      const accountIds = [caller.accountId, ...body.accountIds];
      const system = { kind: "created" as const, title: body.title, accountIds };
      this.#publish(chat, caller, systemSend(body.chatId, newId(ClientId), system));
    }
    const people = [...this.#state.people.values()];
    return success({ chat: stateFor(chat, caller.accountId), people });
  }

  #command(caller: Caller, chatId: ChatId, system: SystemContent | null): Result<unknown> {
    const chat = this.#state.chats.get(chatId);
    if (chat === undefined) return failure("chat_not_found", "no such chat");
    if (memberOf(chat, caller.accountId) === undefined) return failure("not_a_member", "gone");
    if (system === null) return success({ event: null });
    return success({
      event: this.#publish(chat, caller, systemSend(chatId, newId(ClientId), system)),
    });
  }

  #add(caller: Caller, body: { chatId: ChatId; accountIds: AccountId[] }): Result<unknown> {
    const chat = this.#state.chats.get(body.chatId);
    const fresh = body.accountIds.filter((id) => chat && memberOf(chat, id) === undefined);
    const system = fresh.length > 0 ? { kind: "added" as const, accountIds: fresh } : null;
    return this.#command(caller, body.chatId, system);
  }

  #remove(caller: Caller, body: { chatId: ChatId; accountId: AccountId }): Result<unknown> {
    const chat = this.#state.chats.get(body.chatId);
    const there = chat && memberOf(chat, body.accountId) !== undefined;
    const system = there ? { kind: "removed" as const, accountId: body.accountId } : null;
    return this.#command(caller, body.chatId, system);
  }

  #leave(caller: Caller, body: { chatId: ChatId }): Result<unknown> {
    return this.#command(caller, body.chatId, { kind: "left", accountId: caller.accountId });
  }

  #title(caller: Caller, body: { chatId: ChatId; title: string }): Result<unknown> {
    return this.#command(caller, body.chatId, { kind: "title", title: body.title });
  }

  /** Newest seq that exists, whoever may see it. */
  headOf(chatId: ChatId): number {
    const chat = this.#state.chats.get(chatId);
    return chat === undefined ? 0 : headSeq(chat);
  }
}
