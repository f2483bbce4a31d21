import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { Change, CountsChange } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import { foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { chatStateOf } from "../../storage/chat-state.ts";
import { listedDevices } from "../../storage/listed-devices.ts";
import type { CommittedCommand, Numbers, StorageReads } from "../../storage/port.ts";
import type { Publication } from "../../storage/publication.ts";
import { Lanes } from "./lanes.ts";
import { type Fanout, type FanoutConnection, Push } from "../port.ts";
import { type Roster, Rosters } from "./rosters.ts";

type Of<Kind extends Publication["kind"]> = Extract<Publication, { kind: Kind }>;

/** What this node knows of an account with a connection. */
type Presence = {
  attached: FanoutConnection[];
  subscribed: FanoutConnection[];
  touchedChange: number;
};

const NONE: readonly FanoutConnection[] = [];
/** Chats read for their members before the event loop gets its turn. */
const VIEWS_AT_ONCE = 32;
/** Members whose numbers are counted before the event loop gets its turn. */
const COUNTED_AT_ONCE = 64;

function without(
  list: readonly FanoutConnection[],
  connection: FanoutConnection,
): FanoutConnection[] {
  return list.filter((one) => one !== connection);
}

function pushOf(...changes: Change[]): Push {
  return new Push("sync:changes", { changes });
}

function countsChange(chatId: ChatId, numbers: Numbers, change: number): CountsChange {
  const { membership, unread, mentions, headSeq: countedThroughSeq } = numbers;
  const { deliveredSeq, readSeq } = membership;
  const marks = { deliveredSeq, readSeq };
  return { kind: "counts", change, chatId, ...marks, unread, mentions, countedThroughSeq };
}

/** X3: whether some who hear of a relation joined after its target, and so may not see that. */
function isHiddenFromSome(roster: Roster, event: Event): event is Event & { targetSeq: number } {
  const { targetSeq } = event;
  if (targetSeq === undefined || foldTargetOf(event) === undefined) return false;
  for (const joinedSeq of roster.members.values()) if (joinedSeq > targetSeq) return true;
  return false;
}

/** Fan-out within one process. */
export class LocalFanout implements Fanout {
  readonly #storage: StorageReads;
  readonly #rosters: Rosters;
  readonly #lanes: Lanes;
  readonly #accounts = new Map<AccountId, Presence>();
  /** V57: accounts whose connections wait to be told of their devices. */
  readonly #devicesDue = new Set<AccountId>();
  /** Newest commit that could not be told: whoever it concerns is not known. */
  #missedChange = 0;

  constructor(storage: StorageReads, report: (error: unknown) => void) {
    this.#storage = storage;
    this.#rosters = new Rosters(storage);
    this.#lanes = new Lanes(report);
  }

  attach(connection: FanoutConnection): void {
    const { accountId } = connection;
    const known = this.#accounts.get(accountId);
    if (known) known.attached = [...known.attached, connection];
    else {
      this.#accounts.set(accountId, { attached: [connection], subscribed: [], touchedChange: 0 });
    }
  }

  subscribe(connection: FanoutConnection): void {
    const known = this.#accounts.get(connection.accountId);
    if (!known?.attached.includes(connection) || known.subscribed.includes(connection)) return;
    known.subscribed = [...known.subscribed, connection];
  }

  detach(connection: FanoutConnection): void {
    const known = this.#accounts.get(connection.accountId);
    if (!known) return;
    known.attached = without(known.attached, connection);
    known.subscribed = without(known.subscribed, connection);
    if (known.attached.length === 0) this.#accounts.delete(connection.accountId);
  }

  connectionsOf(accountId: AccountId): readonly FanoutConnection[] {
    return this.#accounts.get(accountId)?.attached ?? NONE;
  }

  tellDevices(accountId: AccountId): void {
    if (!this.#accounts.get(accountId)?.subscribed.length) return;
    if (this.#devicesDue.has(accountId)) return;
    this.#devicesDue.add(accountId);
    this.#lanes.run(`devices ${accountId}`, async () => {
      this.#devicesDue.delete(accountId);
      const connected = new Set(this.connectionsOf(accountId).map(({ deviceId }) => deviceId));
      const devices = await listedDevices(this.#storage, accountId, connected);
      const push = new Push("devices:changed", { devices });
      for (const connection of this.#accounts.get(accountId)?.subscribed ?? NONE) {
        connection.send(push);
      }
    });
  }

  touchedChange(accountId: AccountId): number {
    return Math.max(this.#accounts.get(accountId)?.touchedChange ?? 0, this.#missedChange);
  }

  async isMember(chatId: ChatId, accountId: AccountId): Promise<boolean> {
    return (await this.#roster(chatId)).members.has(accountId);
  }

  async membersOf(chatId: ChatId): Promise<readonly AccountId[]> {
    return [...(await this.#roster(chatId)).members.keys()];
  }

  inOrder(chatId: ChatId, task: () => void): void {
    this.#lanes.run(chatId, task);
  }

  publish({ publications, change }: CommittedCommand): void {
    for (const publication of publications) this.#publishOne(publication, change);
  }

  #publishOne(publication: Publication, change: number): void {
    switch (publication.kind) {
      case "event":
        return this.#inChat(publication.event.chatId, change, (roster) =>
          this.#sendEvent(roster, publication, change),
        );
      case "marks":
        return this.#inChat(publication.chatId, change, (roster) =>
          this.#sendMarks(roster, publication, change),
        );
      case "floors":
        return this.#inChat(publication.chatId, change, (roster) =>
          this.#sendFloors(roster, publication, change),
        );
      case "recount":
        // Beside the chat's events: counting for a large group holds up neither them nor the ack.
        return this.#tell(`recount ${publication.chatId}`, change, () =>
          this.#withRoster(publication.chatId, (roster) =>
            this.#sendRecount(roster, publication, change),
          ),
        );
      case "chat":
        return this.#tell(publication.chatId, change, () => this.#sendChat(publication, change));
      case "counts":
        return this.#tell(publication.chatId, change, () => this.#sendCounts(publication, change));
      case "values":
        return this.#sendValues(publication, change);
      case "person":
        return this.#tell(publication.person.accountId, change, () =>
          this.#sendPerson(publication, change),
        );
      case "floors-due":
        return undefined;
      case "session-ended":
        return this.#endSessions(publication);
      case "devices":
        return this.tellDevices(publication.accountId);
    }
  }

  #roster(chatId: ChatId): Roster | Promise<Roster> {
    return this.#rosters.cached(chatId) ?? this.#rosters.load(chatId);
  }

  #inChat(chatId: ChatId, change: number, task: (roster: Roster) => void | Promise<void>): void {
    this.#tell(chatId, change, () => this.#withRoster(chatId, task));
  }

  #withRoster(
    chatId: ChatId,
    task: (roster: Roster) => void | Promise<void>,
  ): void | Promise<void> {
    const roster = this.#roster(chatId);
    return roster instanceof Promise ? roster.then(task) : task(roster);
  }

  /** Tells a commit in its lane. What fails there, as a read may, is told to all by their heals (S6). */
  #tell(lane: string, change: number, task: () => void | Promise<void>): void {
    const missed = (error: unknown): never => {
      this.#missedChange = Math.max(this.#missedChange, change);
      throw error;
    };
    this.#lanes.run(lane, () => {
      try {
        const pending = task();
        return pending instanceof Promise ? pending.catch(missed) : undefined;
      } catch (error) {
        return missed(error);
      }
    });
  }

  /** The connections that hear of something, with the account marked as touched (S6). */
  #hearing(accountId: AccountId, change: number): readonly FanoutConnection[] {
    const known = this.#accounts.get(accountId);
    if (!known) return NONE;
    known.touchedChange = Math.max(known.touchedChange, change);
    return known.subscribed;
  }

  #sendEvent(roster: Roster, publication: Of<"event">, change: number): void | Promise<void> {
    const { event } = publication;
    if (!isHiddenFromSome(roster, event)) return this.#tellEvent(roster, publication, change);
    return this.#storage
      .seersOf(event.chatId, event.targetSeq)
      .then((seers) => this.#tellEvent(roster, publication, change, seers));
  }

  /** X3: whoever is not among `seers` may not see the target, and gets the event without payload. */
  #tellEvent(
    roster: Roster,
    publication: Of<"event">,
    change: number,
    seers?: ReadonlySet<AccountId>,
  ): void {
    const { event, people, origin } = publication;
    const push = pushOf({ kind: "event", change, event, ...(people && { people }) });
    const blank = seers && pushOf({ kind: "event", change, event: { ...event, payload: null } });
    for (const [accountId, joinedSeq] of roster.members) {
      // X3: a roster that was read later may name members who may not see this one.
      if (joinedSeq > event.seq) continue;
      const told = blank === undefined || seers?.has(accountId) ? push : blank;
      for (const connection of this.#hearing(accountId, change)) {
        if (connection.id !== origin) connection.send(told);
      }
    }
    // Whoever leaves with this event has just got it; whoever joins gets the chat instead (V9).
    this.#rosters.apply(roster, event);
  }

  /** S9: a large group may have been far behind: others must not wait while all are counted. */
  async #sendRecount(roster: Roster, publication: Of<"recount">, change: number): Promise<void> {
    const { chatId, seq, senderId } = publication;
    const heard = [...roster.members.keys()].filter(
      (id) => id !== senderId && this.#hearing(id, change).length > 0,
    );
    for (let from = 0; from < heard.length; from += COUNTED_AT_ONCE) {
      if (from > 0) await yieldToOthers();
      const ids = heard.slice(from, from + COUNTED_AT_ONCE);
      for (const numbers of await this.#storage.countsBefore(chatId, seq, ids)) {
        const push = pushOf(countsChange(chatId, numbers, change));
        for (const connection of this.#hearing(numbers.membership.accountId, change)) {
          connection.send(push);
        }
      }
    }
  }

  #sendMarks(roster: Roster, { chatId, rev, marks }: Of<"marks">, change: number): void {
    const push = pushOf({ kind: "receipts", change, chatId, rev, marks, othersMin: null });
    for (const accountId of roster.members.keys()) {
      for (const connection of this.#hearing(accountId, change)) connection.send(push);
    }
  }

  #sendFloors(roster: Roster, publication: Of<"floors">, change: number): void {
    const { chatId, rev, delivered, read } = publication;
    const pushFor = (isDeliveredSole: boolean, isReadSole: boolean): Push => {
      const othersMin = {
        deliveredSeq: isDeliveredSole ? delivered.next : delivered.min,
        readSeq: isReadSole ? read.next : read.min,
      };
      return pushOf({ kind: "receipts", change, chatId, rev, marks: [], othersMin });
    };
    const most = pushFor(false, false);
    for (const accountId of roster.members.keys()) {
      const connections = this.#hearing(accountId, change);
      if (connections.length === 0) continue;
      const isDeliveredSole = accountId === delivered.sole;
      const isReadSole = accountId === read.sole;
      const push = isDeliveredSole || isReadSole ? pushFor(isDeliveredSole, isReadSole) : most;
      for (const connection of connections) connection.send(push);
    }
  }

  async #sendChat({ chatId, accountIds }: Of<"chat">, change: number): Promise<void> {
    let read = 0;
    for (const accountId of accountIds) {
      if (this.#hearing(accountId, change).length === 0) continue;
      // A large group is described to each of its members anew: others must not wait for that.
      if (++read % VIEWS_AT_ONCE === 0) await yieldToOthers();
      const [view] = await this.#storage.chatViews(accountId, [chatId]);
      if (!view) continue;
      const chat = chatStateOf(view);
      const push = pushOf({ kind: "chat", change, chat, people: [...view.people] });
      for (const connection of this.#hearing(accountId, change)) connection.send(push);
    }
  }

  #sendCounts(publication: Of<"counts">, change: number): Promise<void> | void {
    const { chatId, accountId, allRead, origin } = publication;
    // V34: whoever has it in the answer needs no heal for it either.
    const isHeard = this.connectionsOf(accountId).some((connection) => connection.id !== origin);
    if (!isHeard) return undefined;
    if (!allRead) return this.#sendCounted(publication, change);
    const none = { unread: 0, mentions: 0, countedThroughSeq: allRead.readSeq };
    const push = pushOf({ kind: "counts", change, chatId, ...allRead, ...none });
    this.#sendToOthers(accountId, change, origin, push);
    return undefined;
  }

  async #sendCounted({ chatId, accountId, origin }: Of<"counts">, change: number): Promise<void> {
    const counts = await this.#storage.counts(accountId, chatId);
    if (!counts) return;
    this.#sendToOthers(accountId, change, origin, pushOf(countsChange(chatId, counts, change)));
  }

  #sendToOthers(
    accountId: AccountId,
    change: number,
    origin: string | undefined,
    push: Push,
  ): void {
    for (const connection of this.#hearing(accountId, change)) {
      if (connection.id !== origin) connection.send(push);
    }
  }

  #sendValues({ accountId, values, origin }: Of<"values">, change: number): void {
    const changes = values.map((value): Change => ({ kind: "value", ...value }));
    this.#sendToOthers(accountId, change, origin, pushOf(...changes));
  }

  async #sendPerson({ person }: Of<"person">, change: number): Promise<void> {
    const push = pushOf({ kind: "person", change, person });
    const others = await this.#storage.acquaintances(person.accountId);
    for (const accountId of [person.accountId, ...others]) {
      for (const connection of this.#hearing(accountId, change)) connection.send(push);
    }
  }

  #endSessions(publication: Of<"session-ended">): void {
    const { accountId, deviceId, exceptDeviceId, code, endedBy } = publication;
    for (const connection of this.connectionsOf(accountId)) {
      if (deviceId !== null && connection.deviceId !== deviceId) continue;
      if (connection.deviceId === exceptDeviceId) continue;
      const by = endedBy !== null && { endedBy };
      connection.end(code, "This session has ended. Sign in again.", { ...by });
    }
  }
}
