import type { Failure } from "@parley/protocol/errors.ts";
import type { DataEpoch } from "@parley/protocol/ids.ts";
import type { CacheStore } from "./cache-store.ts";
import { resetEpoch } from "./epoch.ts";
import { loseChats } from "./epoch-reconcile.ts";
import type { HostLink } from "./host-link.ts";
import type { JournalStore } from "./journal-store.ts";
import type { CacheMeta } from "./model.ts";
import { resendUnconfirmed } from "./outbox.ts";
import { NOT_WRITTEN } from "./store-failure.ts";
import { beginValuesEpoch, epochOfJournal } from "./value-sender.ts";
import type { Writer } from "./writer.ts";

/** A stretch of changes that is applied, as a heal states it (S6). */
export type HealedSpan = { dataEpoch: DataEpoch; since: number; watermark: number };

/** S6: `since` moves when what is applied connects to it, within one epoch. */
export function sinceAfter(
  now: CacheMeta,
  spans: readonly HealedSpan[],
): Partial<CacheMeta> | undefined {
  let { since } = now;
  for (const span of [...spans].sort((a, b) => a.since - b.since)) {
    if (span.dataEpoch === now.dataEpoch && span.since <= since) {
      since = Math.max(since, span.watermark);
    }
  }
  return since === now.since ? undefined : { since };
}

/** S6: spans that may still connect: those that `since` has passed are of no more use. */
export function spansLeft(
  now: Pick<CacheMeta, "dataEpoch" | "since">,
  spans: readonly HealedSpan[],
): HealedSpan[] {
  return spans.filter((span) => span.dataEpoch !== now.dataEpoch || span.watermark > now.since);
}

export type CatchUpDeps = {
  writer: Writer;
  cache: CacheStore;
  journal: JournalStore;
  link: HostLink;
  /** False once a newer catch-up began or this window is no longer the writer. */
  current(): boolean;
  /** Heals that came in while the pages were on their way. */
  healed: readonly HealedSpan[];
  /**
   * S6c: an epoch is about to begin: live changes wait from now on, for they would be let go with the
   * numbers of the old one.
   */
  holdLive(): void;
  /** The epoch has begun: what waited is applied. */
  releaseLive(): Promise<void>;
};

export type CatchUpResult =
  | { kind: "done"; watermark: number }
  | { kind: "failed"; error: Failure }
  | { kind: "superseded" };

/**
 * S6c: everything that an older epoch meant is let go; the rows wait to be compared.
 * @param isCacheLost whether it begins only because the cache has forgotten it
 */
async function beginEpoch(
  deps: CatchUpDeps,
  dataEpoch: DataEpoch,
  isCacheLost: boolean,
): Promise<boolean> {
  deps.writer.forgetEarly();
  await deps.journal.decide(null, resendUnconfirmed);
  // S8, S11: what was read here without a connection is of this epoch still, and not said yet.
  const isSame = isCacheLost && (await epochOfJournal(deps.journal)) === dataEpoch;
  if (!isSame) await deps.journal.clearReadMarks();
  await beginValuesEpoch(deps.journal, dataEpoch);
  return (await deps.writer.write((reads) => resetEpoch(reads, dataEpoch))) === true;
}

type Start = { dataEpoch: DataEpoch | null; since: number };

/** All pages after `start`; `"renew"` if its numbers mean nothing to the server any more. */
async function applyPages(
  deps: CatchUpDeps,
  start: Start,
  isCacheLost: boolean,
): Promise<CatchUpResult | "renew"> {
  const { writer, link } = deps;
  const listed = new Set<string>();
  const unwritten = (): CatchUpResult =>
    deps.current() ? { kind: "failed", error: NOT_WRITTEN } : { kind: "superseded" };
  let epoch = start.dataEpoch;
  let after: string | undefined;
  for (;;) {
    const answer = await link.request("sync:hello", { ...start, ...(after && { after }) });
    if (!deps.current()) return { kind: "superseded" };
    if (!answer.ok) {
      return answer.error.code === "epoch_changed"
        ? "renew"
        : { kind: "failed", error: answer.error };
    }
    const { dataEpoch, watermark, changes, next } = answer.value;
    if (epoch === null) {
      if (!(await beginEpoch(deps, dataEpoch, isCacheLost))) return unwritten();
      await deps.releaseLive();
    } else if (epoch !== dataEpoch) return "renew";
    epoch = dataEpoch;
    for (const change of changes) if (change.kind === "chat") listed.add(change.chat.chatId);
    if (next === null && start.since === 0) {
      const error = await loseChats(deps, listed);
      if (!deps.current()) return { kind: "superseded" };
      if (error !== null) return { kind: "failed", error };
    }
    const span = { dataEpoch, since: start.since, watermark };
    const written = await writer.commit(changes, (now) =>
      next === null ? sinceAfter(now, [span, ...deps.healed]) : undefined,
    );
    if (!written || !deps.current()) return unwritten();
    if (next === null) return { kind: "done", watermark };
    after = next;
  }
}

/**
 * S6, V4: hello, page by page. Every page is applied in a transaction of its own; `since` becomes the
 * watermark only in the last one's. Another epoch, or a server behind this cache, starts anew (S6c).
 */
export async function catchUp(deps: CatchUpDeps, anew: boolean): Promise<CatchUpResult> {
  const fresh = { dataEpoch: null, since: 0 };
  const meta = await deps.cache.read((reads) => reads.meta());
  const isFresh = anew || meta.dataEpoch === null;
  if (isFresh) deps.holdLive();
  const first = await applyPages(deps, isFresh ? fresh : meta, !anew);
  if (first !== "renew") return first;
  deps.holdLive();
  const second = await applyPages(deps, fresh, false);
  if (second !== "renew") return second;
  const message = "The server's data changed during catch-up.";
  return { kind: "failed", error: { code: "epoch_changed", message } };
}
