import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { StorageReads } from "../../storage/port.ts";

/** Who is in a chat, as of `version` (S17). */
export type Roster = { version: number; members: Map<AccountId, number> };

/** Members that the cache may hold over all chats; beyond, the chats loaded first are forgotten. */
const CACHED_MEMBERS = 200_000;

/** S17: members of chats in memory, so that no message needs a read of its group. */
export class Rosters {
  readonly #storage: Pick<StorageReads, "roster">;
  readonly #known = new Map<ChatId, Roster>();
  readonly #capacity: number;
  #size = 0;

  constructor(storage: Pick<StorageReads, "roster">, capacity = CACHED_MEMBERS) {
    this.#storage = storage;
    this.#capacity = capacity;
  }

  /** The roster if it is in memory. */
  cached(chatId: ChatId): Roster | undefined {
    return this.#known.get(chatId);
  }

  /**
   * Reads a roster. An unknown chat has no members, and is not kept: its id may be one that a client
   * has proposed and will make a chat of, which no event would tell this cache (V9).
   */
  async load(chatId: ChatId): Promise<Roster> {
    const stored = await this.#storage.roster(chatId);
    const cached = this.#known.get(chatId);
    if (cached) return cached;
    if (!stored) return { version: 0, members: new Map() };
    const roster: Roster = {
      version: stored.membershipVersion,
      members: new Map(stored.members.map((member) => [member.accountId, member.joinedSeq])),
    };
    this.#known.set(chatId, roster);
    this.#size += roster.members.size;
    this.#forget();
    return roster;
  }

  /** Applies what an event did to the members. Does nothing to a roster that knows it already. */
  apply(roster: Roster, event: Event): void {
    const { system, seq } = event;
    if (!system || system.kind === "title" || seq <= roster.version) return;
    const before = roster.members.size;
    roster.version = seq;
    if (system.kind === "created" || system.kind === "added") {
      for (const accountId of system.accountIds) roster.members.set(accountId, seq);
    } else if (system.kind === "removed" || system.kind === "left") {
      roster.members.delete(system.accountId);
    }
    // A roster that was forgotten meanwhile is used up by whoever holds it; it counts no more.
    if (this.#known.get(event.chatId) !== roster) return;
    this.#size += roster.members.size - before;
  }

  #forget(): void {
    for (const [chatId, roster] of this.#known) {
      if (this.#size <= this.#capacity || this.#known.size === 1) return;
      this.#known.delete(chatId);
      this.#size -= roster.members.size;
    }
  }
}
