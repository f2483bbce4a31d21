import type { Failure, Result } from "@parley/protocol/errors.ts";
import { success } from "@parley/protocol/errors.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { CacheStore } from "./cache-store.ts";
import {
  asideOf,
  blankErased,
  changedBefore,
  commonSeq,
  cutChat,
  entriesOfLost,
  markLost,
} from "./epoch.ts";
import type { HostLink } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import type { ChatRow } from "./model.ts";
import { NOT_WRITTEN } from "./store-failure.ts";
import type { Writer } from "./writer.ts";

export type ReconcileDeps = {
  me: AccountId;
  writer: Writer;
  cache: CacheStore;
  journal: JournalStore;
  link: HostLink;
  nowMs(): number;
};

/**
 * S6c, steps 3 and 4 for one chat: finds where this cache and the restored server part, puts what is
 * lost of this account's own into the journal, and cuts the chat there. Null when it is done; it can
 * be repeated from any point.
 */
export async function reconcileChat(deps: ReconcileDeps, row: ChatRow): Promise<Failure | null> {
  const { me, cache, journal, writer } = deps;
  const { chatId } = row;
  const found = await findCommon(deps, row);
  if (!found.ok) return found.error;
  const common = found.value;
  const rows = await cache.read((reads) =>
    reads.eventsBetween(chatId, common + 1, Number.MAX_SAFE_INTEGER),
  );
  const names = await erasedAmong(deps.link, rows);
  if (!names.ok) return names.error;
  const erased = names.value;
  const changed = await cache.read((reads) =>
    reads.events(chatId, changedBefore(rows, me, common)),
  );
  const kept = new Map(changed.map((event) => [event.seq, event]));
  const { dataEpoch } = await cache.read((reads) => reads.meta());
  if (dataEpoch === null) return null;
  const lost = { rows, kept, erased, common };
  const entries = entriesOfLost(lost, me, deps.nowMs());
  await journal.setAside(asideOf(lost, me, dataEpoch));
  await journal.offer(entries);
  if (entries.some((entry) => entry.state === "journaled")) await deps.link.nudge();
  const isCut = await writer.write((reads) => cutChat(reads, chatId, common));
  return isCut ? null : NOT_WRITTEN;
}

/**
 * S6c, step 2: the chats that a full hello of the restored server did not list stay readable, marked as
 * lost, without what was deleted for everyone. Null when it is done.
 */
export async function loseChats(
  deps: Pick<ReconcileDeps, "cache" | "writer" | "link">,
  listed: ReadonlySet<string>,
): Promise<Failure | null> {
  const { cache, writer, link } = deps;
  const rows = await cache.read((reads) => reads.allChats());
  for (const { chatId, statedChange } of rows) {
    if (listed.has(chatId) || statedChange !== 0) continue;
    const events = await cache.read((reads) =>
      reads.eventsBetween(chatId, 1, Number.MAX_SAFE_INTEGER),
    );
    const erased = await erasedAmong(link, events);
    if (!erased.ok) return erased.error;
    if (erased.value.size > 0) {
      const isBlank = await writer.write((reads) => blankErased(reads, chatId, erased.value));
      if (!isBlank) return NOT_WRITTEN;
    }
  }
  return (await writer.write((reads) => markLost(reads, listed))) ? null : NOT_WRITTEN;
}

/** Step 3: page by page, newest first; 0 if both agree nowhere. */
async function findCommon({ cache, link }: ReconcileDeps, row: ChatRow): Promise<Result<number>> {
  const { chatId } = row;
  const limit = LIMITS.pageEvents;
  for (let before = Math.min(row.cursor, row.headSeq) + 1; before > 1;) {
    const answer = await link.request("chat:history", { chatId, before, limit });
    if (!answer.ok) return answer;
    const { events, withheld } = answer.value;
    const first = Math.min(
      ...events.map((event) => event.seq),
      ...withheld.map((span) => span.from),
    );
    if (!Number.isFinite(first)) break;
    const bound = before;
    const cached = await cache.read((reads) => reads.eventsBetween(chatId, first, bound - 1));
    const common = commonSeq(cached, events);
    if (common !== undefined) return success(common);
    before = first;
  }
  return success(0);
}

/** S13: of the messages whose text this device holds, those that were deleted for everyone. */
async function erasedAmong(
  link: HostLink,
  rows: readonly Event[],
): Promise<Result<ReadonlySet<ClientId>>> {
  const names = rows
    .filter((event) => event.system === undefined && event.fold?.erased === undefined)
    .map((event) => event.clientId);
  const erased = new Set<ClientId>();
  for (let from = 0; from < names.length; from += LIMITS.erasedNames) {
    const clientIds = names.slice(from, from + LIMITS.erasedNames);
    const answer = await link.request("sync:erased", { clientIds });
    if (!answer.ok) return answer;
    for (const clientId of answer.value.clientIds) erased.add(clientId);
  }
  return success(erased);
}
