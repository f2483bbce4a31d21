import { addToCounts } from "@parley/protocol/counts.ts";
import { type Event, isMessage, type Send } from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import { type AccountId, type ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import type { Command } from "../../../storage/command.ts";
import type { Storage } from "../../../storage/port.ts";
import { chainFaults } from "../../../storage/testing/contract-suite.ts";
import { textItem } from "../../../testing/socket-client.ts";
import type { TestAccount } from "../../../testing/test-accounts.ts";
import { SyncService } from "../../sync/sync.service.ts";
import type { ItemOutcome } from "../send.commands.ts";
import { RelationModel } from "./relation-model.ts";

export const PEOPLE = 4;
const KEYS = ["👍", "🙏"];
const who = fc.nat(PEOPLE - 1);

/** What an item relates to: one of the newest that suit it, now and then anything ever tried. */
const on = fc.record({ back: fc.nat(5), isOwn: fc.boolean(), isWild: fc.boolean() });
const key = fc.constantFrom(...KEYS);
const item = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("say" as const), mention: fc.option(who) }),
  },
  fc.record({ kind: fc.constant("reply" as const), on }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("edit" as const), on }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("reaction" as const), on, key }) },
  fc.record({ kind: fc.constant("redact" as const), on }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("redact" as const), on, key }) },
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("flush" as const),
      by: who,
      items: fc.array(item, { minLength: 1, maxLength: 6 }),
    }),
  },
  fc.record({ kind: fc.constant("add" as const), whom: who }),
  fc.record({ kind: fc.constant("leave" as const), by: who }),
  fc.record({ kind: fc.constant("read" as const), by: who }),
);
/** Groups of steps: each is one commit. After it, these people look at what they missed. */
export const relationProgram = fc.array(
  fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    pulls: fc.subarray([0, 1, 2, 3]),
  }),
  { minLength: 1, maxLength: 12 },
);
export type Group = typeof relationProgram extends fc.Arbitrary<(infer T)[]> ? T : never;
type Item = typeof item extends fc.Arbitrary<infer T> ? T : never;
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

type Claim = { found: unknown; expected: unknown };

/** What a client holds: rows by seq, as the answers told them. */
type Cache = { cursor: number; rows: Map<number, Event>; withheld: Set<number> };

export class RelationPlay {
  readonly model: RelationModel;
  /** What is to be compared: the test does that. */
  readonly claims: Claim[] = [];
  readonly #storage: Storage;
  readonly #people: readonly TestAccount[];
  readonly #chatId: ChatId;
  readonly #sync: SyncService;
  readonly #tried: { item: Send; by: number }[] = [];
  readonly #caches = new Map<AccountId, Cache>();

  constructor(
    storage: Storage,
    people: readonly TestAccount[],
    chatId: ChatId,
    history: "joined" | "all",
  ) {
    this.#storage = storage;
    this.#people = people;
    this.#chatId = chatId;
    this.#sync = new SyncService(storage);
    this.model = new RelationModel(history);
  }

  #claim(found: unknown, expected: unknown): void {
    this.claims.push({ found, expected });
  }

  async run(steps: readonly Step[]): Promise<void> {
    const commands = steps.map((one) => this.#commandOf(one));
    const results = await this.#storage.transact<unknown>(commands);
    for (const [index, one] of steps.entries()) {
      const command = commands[index]!;
      const result = results[index]!;
      if (one.kind === "flush") {
        const sends = (command as unknown as { items: Send[] }).items;
        this.#checkFlush(this.#people[one.by]!.accountId, sends, result.ok ? result.value : []);
      } else if (one.kind === "read") {
        const { accountId } = this.#people[one.by]!;
        const { marks } = command as unknown as { marks: { readSeq: number }[] };
        const before = this.model.readSeqs.get(accountId) ?? 0;
        if (result.ok) this.model.readSeqs.set(accountId, Math.max(before, marks[0]!.readSeq));
      } else if (result.ok) {
        const { event } = result.value as { event: Event | null };
        if (event) this.model.add(event, "");
      }
    }
  }

  #checkFlush(by: AccountId, sends: readonly Send[], answer: unknown): void {
    const outcomes = answer as ItemOutcome[];
    const role = by === this.#people[0]!.accountId ? "owner" : "member";
    const failed = new Set<ClientId>();
    for (const [index, send] of sends.entries()) {
      const outcome = outcomes[index];
      const told = outcome && ("event" in outcome ? "ok" : outcome.error.code);
      const isOnFailed = send.rel !== undefined && failed.has(send.rel.target);
      const isMember = this.model.isMember(by);
      const expected =
        isOnFailed && isMember ? "target_failed" : this.model.verdict(by, role, send);
      this.#claim(`${send.rel?.kind}: ${told}`, `${send.rel?.kind}: ${expected}`);
      if (outcome && "event" in outcome) {
        const { fold: _fold, ...event } = outcome.event;
        this.model.add(event, send.payload);
      } else failed.add(send.clientId);
    }
  }

  #commandOf(one: Step): Command {
    const chatId = this.#chatId;
    if (one.kind === "add") {
      const accountIds = [this.#people[one.whom]!.accountId];
      return { kind: "chat.add-members", chatId, accountIds, by: this.#people[0] } as Command;
    }
    const by = this.#people[one.by]!;
    if (one.kind === "leave") return { kind: "chat.leave", chatId, by } as Command;
    if (one.kind === "read") {
      // As of the commits before: some of what this one adds stays unread.
      const readSeq = Math.max(
        this.model.readSeqs.get(by.accountId) ?? 1,
        this.model.periods.has(by.accountId) ? this.model.visibleHead(by.accountId) : 1,
      );
      const marks = [{ chatId, readSeq }];
      return { kind: "receipt.put", marks, accountId: by.accountId } as Command;
    }
    const items = one.items.map((what) => this.#itemOf(what, one.by));
    return { kind: "message.send", chatId, items, by } as Command;
  }

  #itemOf(what: Item, by: number): Send {
    const send = textItem(this.#chatId, "", {
      notify: false,
      payload: `payload ${this.#tried.length}`,
    });
    if (what.kind === "say") {
      if (what.mention !== null) send.mentions = [this.#people[what.mention]!.accountId];
    } else {
      const target = this.#targetOf(what, by)?.clientId ?? newId(ClientId);
      send.rel = { kind: what.kind, target, ...("key" in what && { key: what.key }) };
    }
    this.#tried.push({ item: send, by });
    return send;
  }

  #targetOf(what: Exclude<Item, { kind: "say" }>, by: number): Send | undefined {
    const { back, isOwn, isWild } = what.on;
    const kind = what.kind === "redact" && "key" in what ? "reaction" : undefined;
    const suits = (one: Send): boolean =>
      one.rel?.kind === kind &&
      (kind === undefined || one.rel?.key === ("key" in what && what.key));
    const pool = this.#tried.filter(
      (one) => (isWild && back === 0) || (suits(one.item) && (!isOwn || one.by === by)),
    );
    return pool.at(-1 - (back % (pool.length || 1)))?.item;
  }

  /** What pages and chat states tell everyone, against the stream folded anew. */
  async check(): Promise<void> {
    const { model } = this;
    for (const { accountId } of this.#people) {
      if (!model.periods.has(accountId)) continue;
      const body = { chatId: this.#chatId, before: 1_000_000, limit: 200 };
      const page = await this.#sync.history(accountId, body);
      if (!page.ok) throw new Error(page.error.code);
      const visible = model.events.filter(({ event }) => model.sees(accountId, event.seq));
      const expected = visible.map((known) => model.shown(accountId, known));
      this.#claim(page.value.events, expected);
      this.#claim(await this.#numbers(accountId), this.#recount(accountId, expected));
    }
  }

  async #numbers(accountId: AccountId) {
    const [view] = await this.#storage.chatViews(accountId, [this.#chatId]);
    return { unread: view?.unread, mentions: view?.mentions, last: view?.last };
  }

  #recount(accountId: AccountId, events: readonly Event[]) {
    const readSeq = this.model.readSeqs.get(accountId)!;
    // S9: numbers follow the message, erased or not, whoever may know of it.
    const stored = events.map((event) => {
      const by = this.model.erasedBy(event.seq);
      return by ? { ...event, fold: foldEvent(undefined, by) } : event;
    });
    const before = { unread: 0, mentions: 0, countedThroughSeq: readSeq };
    const { unread, mentions } = addToCounts(before, stored, accountId);
    return { unread, mentions, last: events.findLast((event) => isMessage(event)) ?? null };
  }

  /** V31: a client that holds all it was ever told pulls; what it then holds is as a page would say. */
  async pull(index: number): Promise<void> {
    const { accountId } = this.#people[index]!;
    if (!this.model.periods.has(accountId)) return;
    const cache = this.#caches.get(accountId) ?? {
      cursor: 0,
      rows: new Map<number, Event>(),
      withheld: new Set<number>(),
    };
    this.#caches.set(accountId, cache);
    const held = heldRanges([...cache.rows.keys()]);
    const { cursor: after, rows } = cache;
    const body = { chats: [{ chatId: this.#chatId, after, held }] };
    const pulled = await this.#sync.pull(accountId, body);
    if (!pulled.ok) throw new Error(pulled.error.code);
    this.#claim(pulled.value.more, false);
    const [part] = pulled.value.parts;
    for (const { seq, fold } of part!.moved) {
      const row = rows.get(seq);
      if (!row) throw new Error(`#${seq} moved, but is not held.`);
      this.#claim(fold.foldSeq > after, true);
      const payload = fold.edit || fold.erased ? null : row.payload;
      rows.set(seq, { ...row, fold, payload });
    }
    for (const event of part!.events) rows.set(event.seq, event);
    cache.cursor = part!.headSeq;
    for (const row of rows.values()) {
      const expected = this.model.shown(accountId, this.model.events[row.seq - 1]!);
      // Whoever left before an erasure keeps the texts of then.
      const isKept = this.model.erasedBy(row.seq) !== undefined && !expected.fold?.erased;
      this.#claim(isKept ? withoutTexts(row) : row, expected);
    }
  }

  async checkStored(): Promise<void> {
    const cut = { order: "oldest", limit: 1_000, maxBytes: 1e9 } as const;
    const stored = await this.#storage.events(this.#chatId, { from: 1, to: 1e9 }, cut);
    this.#claim(chainFaults(stored.map((row) => row.event)), []);
    // S13: nothing of what was erased is stored, whoever asks.
    for (const { event } of stored) {
      const root = event.rel?.kind === "redact" ? undefined : foldTargetOf(event);
      const isErased = [event.seq, root].some((seq) => seq && this.model.erasedBy(seq));
      if (isErased) this.#claim(event.payload, null);
    }
  }
}

function withoutTexts({ fold, ...event }: Event): Event {
  if (fold === undefined) return { ...event, payload: null };
  const { edit: _edit, ...rest } = fold;
  return { ...event, payload: null, fold: rest };
}

function heldRanges(seqs: readonly number[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const seq of seqs.toSorted((a, b) => b - a)) {
    const last = ranges.at(-1);
    if (last?.from === seq + 1) last.from = seq;
    else ranges.push({ from: seq, to: seq });
  }
  return ranges;
}
