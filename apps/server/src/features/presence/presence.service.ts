import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { Presence } from "@parley/protocol/person.ts";
import { hasGone } from "../../fanout/has-gone.ts";
import { type Fanout, type FanoutConnection, Push } from "../../fanout/port.ts";
import type { Storage } from "../../storage/port.ts";
import type { MarkSeen } from "./presence.commands.ts";

/** S10: a group's count is asked for again at most this often. */
const COUNT_KEPT_MS = 10_000;
/** Counts that are kept; beyond, the oldest goes. */
const COUNTS_KEPT = 1_000;

export type PresenceDeps = {
  storage: Storage;
  fanout: Fanout;
  nowMs(): number;
  /** Told of what went wrong while nobody waited for an answer. */
  report: (error: unknown) => void;
};

/** What one account has said of itself on this node. */
type Seen = { active: Set<string>; lastSeenAt: number | null };

/** What those are told who may not know. */
function hiddenPresence(accountId: AccountId): Presence {
  return { accountId, online: false, lastSeenAt: null };
}

/**
 * S10: who is there. An account is online while a device of it says that its user is there; nothing
 * of it is stored but when that ended. Told to watchers only, and only about people they share a
 * chat with.
 */
export class PresenceService {
  readonly #deps: PresenceDeps;
  readonly #seen = new Map<AccountId, Seen>();
  readonly #watchers = new Map<AccountId, Set<FanoutConnection>>();
  readonly #watched = new Map<string, readonly AccountId[]>();
  readonly #counts = new Map<ChatId, { online: number; atMs: number }>();

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  isOnline(accountId: AccountId): boolean {
    return (this.#seen.get(accountId)?.active.size ?? 0) > 0;
  }

  /** Whether this device's user is there. `isGone`: they are not, because the connection ended. */
  setActive(connection: FanoutConnection, active: boolean, isGone = false): void {
    const { accountId, id } = connection;
    // What came in one piece with the end of the connection is read after it: nothing would end it again.
    if (hasGone(this.#deps.fanout, connection)) return;
    const seen = this.#seen.get(accountId) ?? { active: new Set<string>(), lastSeenAt: null };
    if (seen.active.has(id) === active) return;
    this.#seen.set(accountId, seen);
    const before = seen.active.size > 0;
    if (active) seen.active.add(id);
    else seen.active.delete(id);
    const isNow = seen.active.size > 0;
    if (!active) this.#markSeen(connection, seen, isGone);
    if (before !== isNow) void this.#tell(accountId);
  }

  /** S10: replaces what the connection watches; answers with the present of those it may see. */
  async watch(connection: FanoutConnection, accountIds: readonly AccountId[]): Promise<Presence[]> {
    if (hasGone(this.#deps.fanout, connection)) return [];
    this.#unwatch(connection);
    const wanted = [...new Set(accountIds)].filter((id) => id !== connection.accountId);
    this.#watched.set(connection.id, wanted);
    const visible: AccountId[] = [];
    for (const id of wanted) {
      if (await this.#deps.storage.shareChat(connection.accountId, id)) visible.push(id);
    }
    // A later request, or the end of the connection, came first.
    if (this.#watched.get(connection.id) === wanted) {
      for (const id of visible) {
        const watchers = this.#watchers.get(id) ?? new Set();
        this.#watchers.set(id, watchers.add(connection));
      }
    }
    const lastSeen = await this.#deps.storage.lastSeen(visible);
    const blockers = await this.#deps.storage.blockersOf(connection.accountId, visible);
    return wanted.map((id) =>
      visible.includes(id) && !blockers.has(id)
        ? this.#presenceOf(id, lastSeen.get(id) ?? null)
        : hiddenPresence(id),
    );
  }

  /** V33: a block, or its end, is in force at once: those who watch hear of it. */
  async blockChanged(blocker: AccountId, blocked: AccountId): Promise<void> {
    for (const watcher of this.#watchers.get(blocker) ?? []) {
      if (watcher.accountId === blocked) await this.#tellOne(blocker, watcher, null);
    }
  }

  /** S10: members of a group who are online; the number may be some seconds old. */
  async count(chatId: ChatId): Promise<number> {
    const now = this.#deps.nowMs();
    const kept = this.#counts.get(chatId);
    // Clocks are put back: nothing is kept for longer because of it.
    if (kept && Math.abs(now - kept.atMs) < COUNT_KEPT_MS) return kept.online;
    const members = await this.#deps.fanout.membersOf(chatId);
    const online = members.filter((accountId) => this.isOnline(accountId)).length;
    this.#counts.delete(chatId);
    this.#counts.set(chatId, { online, atMs: now });
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= COUNTS_KEPT) break;
      this.#counts.delete(oldest);
    }
    return online;
  }

  /** The connection is gone. */
  forget(connection: FanoutConnection): void {
    this.setActive(connection, false, true);
    this.#unwatch(connection);
    const { accountId } = connection;
    const isLast = this.#deps.fanout.connectionsOf(accountId).every((one) => one === connection);
    if (isLast) this.#seen.delete(accountId);
  }

  #unwatch(connection: FanoutConnection): void {
    for (const id of this.#watched.get(connection.id) ?? []) this.#dropWatcher(id, connection);
    this.#watched.delete(connection.id);
  }

  #presenceOf(accountId: AccountId, storedLastSeenAt: number | null): Presence {
    if (this.isOnline(accountId)) {
      return { accountId, online: true, lastSeenAt: this.#deps.nowMs() };
    }
    const lastSeenAt = this.#seen.get(accountId)?.lastSeenAt ?? storedLastSeenAt;
    return { accountId, online: false, lastSeenAt };
  }

  /** V21: a watcher may have left the last shared chat since it began to watch. */
  async #tell(accountId: AccountId): Promise<void> {
    // Kept here: with its last connection an account is forgotten while this still asks.
    const lastSeenAt = this.#seen.get(accountId)?.lastSeenAt ?? null;
    for (const watcher of this.#watchers.get(accountId) ?? []) {
      await this.#tellOne(accountId, watcher, lastSeenAt);
    }
  }

  async #tellOne(
    accountId: AccountId,
    watcher: FanoutConnection,
    lastSeenAt: number | null,
  ): Promise<void> {
    const { storage, report } = this.#deps;
    try {
      const mayHear = await storage.shareChat(watcher.accountId, accountId);
      const blockers = await storage.blockersOf(watcher.accountId, [accountId]);
      const stored = lastSeenAt ?? (await storage.lastSeen([accountId])).get(accountId) ?? null;
      if (!this.#watchers.get(accountId)?.has(watcher)) return;
      if (!mayHear) {
        this.#dropWatcher(accountId, watcher);
        return;
      }
      // What is so by now, so that two changes in a row cannot be told in the wrong order.
      const presence = blockers.has(accountId)
        ? hiddenPresence(accountId)
        : this.#presenceOf(accountId, stored);
      watcher.send(new Push("presence:changed", { presences: [presence] }));
    } catch (error) {
      report(error);
    }
  }

  #dropWatcher(accountId: AccountId, connection: FanoutConnection): void {
    const watchers = this.#watchers.get(accountId);
    watchers?.delete(connection);
    if (watchers?.size === 0) this.#watchers.delete(accountId);
  }

  #markSeen({ accountId, deviceId }: FanoutConnection, seen: Seen, isGone: boolean): void {
    const at = this.#deps.nowMs();
    seen.lastSeenAt = at;
    const command: MarkSeen = { kind: "presence.mark-seen", accountId, deviceId, at, isGone };
    // Ephemeral (S10): when the queue is full the time is not written down.
    void this.#deps.storage.transact([command]);
  }
}
