import type { Input } from "@parley/client/sync/apply.ts";
import type { CacheStore } from "@parley/client/sync/cache-store.ts";
import type { HostLink } from "@parley/client/sync/host-link.ts";
import { gapsWithin, type Span } from "@parley/client/sync/ranges.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";

export type Ingest = (inputs: readonly Input[]) => Promise<boolean>;

const PAGE = LIMITS.pageEvents;

/** The page that fills `gap` from one of its ends. `before` is exclusive. Pure. */
export function pageOf(gap: Span, end: "newer" | "older"): { before: number; limit: number } {
  const size = Math.min(PAGE, gap.to - gap.from + 1);
  return { before: end === "newer" ? gap.to + 1 : gap.from + size, limit: size };
}

/** S6b: fetches what the timeline needs and has the writer put it into the cache. */
export function createHistory(cache: CacheStore, link: HostLink, ingest: Ingest) {
  const underWay = new Map<string, Promise<Result<void>>>();

  /** What the store cannot read or take is a failure like any other: whoever waits for it goes on. */
  async function valued(work: () => Promise<Result<void>>): Promise<Result<void>> {
    try {
      return await work();
    } catch (cause) {
      return failure("internal", `The cache could not be used: ${String(cause)}`);
    }
  }

  async function fetchPage(chatId: ChatId, before: number, limit: number): Promise<Result<void>> {
    const answer = await link.request("chat:history", { chatId, before, limit });
    if (!answer.ok) return answer;
    const applied = await ingest([{ kind: "part", part: answer.value }]);
    return applied ? success(undefined) : failure("timeout", "No window writes the cache.");
  }

  /** The same page is fetched once, however often it is asked for meanwhile. */
  function fetchOnce(
    chatId: ChatId,
    page: { before: number; limit: number },
  ): Promise<Result<void>> {
    const key = `${chatId}:${page.before}:${page.limit}`;
    const same = underWay.get(key);
    if (same !== undefined) return same;
    const fetched = valued(() => fetchPage(chatId, page.before, page.limit)).finally(() =>
      underWay.delete(key),
    );
    underWay.set(key, fetched);
    return fetched;
  }

  async function gapsOf(chatId: ChatId, span: Span): Promise<Span[]> {
    if (span.from > span.to) return [];
    return gapsWithin(await cache.read((reads) => reads.ranges(chatId)), span);
  }

  async function loadOlder(chatId: ChatId, beforeSeq: number): Promise<Result<void>> {
    const span = { from: Math.max(1, beforeSeq - PAGE), to: beforeSeq - 1 };
    const nearest = (await gapsOf(chatId, span)).at(-1);
    return nearest === undefined
      ? success(undefined)
      : fetchOnce(
          chatId,
          pageOf({ from: Math.max(1, nearest.to - PAGE + 1), to: nearest.to }, "newer"),
        );
  }

  async function loadAround(chatId: ChatId, seq: number): Promise<Result<void>> {
    const [row] = await cache.read((reads) => reads.chats([chatId]));
    const to = Math.min(row?.headSeq ?? seq, seq + PAGE / 2 - 1);
    const span = { from: Math.max(1, to - PAGE + 1), to };
    const gaps = await gapsOf(chatId, span);
    return gaps.length === 0
      ? success(undefined)
      : fetchOnce(chatId, { before: span.to + 1, limit: span.to - span.from + 1 });
  }

  async function loadMembers(chatId: ChatId): Promise<Result<void>> {
    const answer = await link.request("chat:members", { chatId });
    if (!answer.ok) return answer;
    await ingest([{ kind: "members", chatId, ...answer.value }]);
    return success(undefined);
  }

  return {
    loadOlder: (chatId: ChatId, beforeSeq: number) => valued(() => loadOlder(chatId, beforeSeq)),
    fillGap: (chatId: ChatId, gap: Span, end: "newer" | "older") =>
      fetchOnce(chatId, pageOf(gap, end)),
    loadAround: (chatId: ChatId, seq: number) => valued(() => loadAround(chatId, seq)),
    /** S7: the writer checks what comes; the mark of an event that fits now goes. */
    fetchAgain: (chatId: ChatId, seq: number) => fetchOnce(chatId, { before: seq + 1, limit: 1 }),
    loadMembers: (chatId: ChatId) => valued(() => loadMembers(chatId)),
  };
}
