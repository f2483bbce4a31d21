import type { WireError } from "@parley/protocol/errors.ts";
import { ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { SendOutcome } from "@parley/protocol/socket/requests.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesAfter } from "./flusher.ts";
import type { EntryDecision } from "./journal-store.ts";
import type { OutboxEntry } from "./model.ts";
import { failErased, planFlush, releaseEntries, settleFlush, settleRefusal } from "./outbox.ts";
import { sampleEntry, sampleEvent } from "./testing/sample.ts";
import { waitReason } from "./waiting.ts";

const chatId = newId(ChatId);

function entry(order: number, more: Partial<OutboxEntry> = {}): OutboxEntry {
  return { ...sampleEntry(chatId), order, ...more };
}

function wireError(code: WireError["code"], more: Partial<WireError> = {}): WireError {
  return { code, message: code, requestId: "r", ...more };
}

function acked(of: OutboxEntry, seq: number): SendOutcome {
  const { foldSeq: _foldSeq, ...event } = sampleEvent(chatId, seq, { clientId: of.clientId });
  return { event };
}

function after(entries: readonly OutboxEntry[], decisions: ReadonlyMap<ClientId, EntryDecision>) {
  return entries.flatMap((one) => {
    const decided = decisions.get(one.clientId);
    return decided === "drop" ? [] : [decided ?? one];
  });
}

describe("outbox", () => {
  it("V37: an unanswered flush is followed by a smaller one, down to single items, and back", () => {
    let mostBytes: number = LIMITS.flushBytes;
    const many = Array.from({ length: 5 }, (_, order) => {
      const one = entry(order);
      return { ...one, send: { ...one.send, payload: "x".repeat(60_000) } };
    });
    const sizes: number[] = [];
    for (let i = 0; i < 4; i++) {
      sizes.push(planFlush(many, false, mostBytes).length);
      mostBytes = bytesAfter(mostBytes, { code: "offline", message: "" });
    }
    expect(sizes).toEqual([5, 2, 1, 1]);
    const busy = { code: "busy", message: "" } as const;
    expect(bytesAfter(mostBytes, busy)).toBe(mostBytes);
    for (let i = 0; i < 30; i++) mostBytes = bytesAfter(mostBytes, undefined);
    expect(mostBytes).toBe(LIMITS.flushBytes);
  });

  it("S11: a flush takes waiting entries in order, up to the limits of items and bytes", () => {
    const many = Array.from({ length: 60 }, (_, i) => entry(i));
    expect(planFlush(many, false)).toEqual(many.slice(0, LIMITS.flushItems));
    expect(planFlush(many, true)).toEqual(many.slice(0, 1));
    const big = [1, 2, 3, 4].map((order) => {
      const one = entry(order);
      return { ...one, send: { ...one.send, payload: "x".repeat(LIMITS.payloadBytes) } };
    });
    expect(planFlush(big, false).length).toBe(Math.floor(LIMITS.flushBytes / LIMITS.payloadBytes));
    const mixed = [
      entry(1, { state: "failed" }),
      entry(2, { state: "sent" }),
      entry(3),
      entry(4, { state: "offered" }),
    ];
    expect(planFlush(mixed, false).map((one) => one.order)).toEqual([3]);
  });

  it("S11: stops at the first error that may pass; what comes after it waits unchanged", () => {
    const entries = [entry(1), entry(2), entry(3)];
    const [first, , third] = entries;
    if (!first || !third) throw new Error("entries");
    const outcomes = [
      acked(first, 4),
      { error: wireError("busy", { retryAfterMs: 70 }) },
      acked(third, 5),
    ];
    const settled = settleFlush(
      entries,
      entries.map((one) => one.clientId),
      outcomes,
    );
    expect(after(entries, settled.decisions).map((one) => one.state)).toEqual([
      "sent",
      "journaled",
      "journaled",
    ]);
    expect(settled.retry).toMatchObject({ code: "busy", retryAfterMs: 70 });
    expect(settled.acked.map((event) => event.seq)).toEqual([4]);
  });

  it("S11: a final error fails the item and those that target it, and no other", () => {
    const [a, c] = [entry(1), entry(3)];
    const reply = entry(2);
    reply.send = { ...reply.send, rel: { kind: "reply", target: a.clientId } };
    const further = entry(4);
    further.send = { ...further.send, rel: { kind: "reply", target: reply.clientId } };
    const entries = [a, reply, c, further];
    const outcomes: SendOutcome[] = [{ error: wireError("not_allowed") }];
    const settled = settleFlush(entries, [a.clientId], outcomes);
    expect(after(entries, settled.decisions).map((one) => [one.state, one.error?.code])).toEqual([
      ["failed", "not_allowed"],
      ["failed", "target_failed"],
      ["journaled", undefined],
      ["failed", "target_failed"],
    ]);
  });

  it("E2, S11: a flush refused as a whole is told apart item by item", () => {
    const entries = [entry(1), entry(2)];
    const ids = entries.map((one) => one.clientId);
    const error = { code: "invalid_request" as const, message: "items.1" };
    const both = settleRefusal(entries, ids, error);
    expect(both).toMatchObject({ oneByOne: true });
    expect(both.decisions.size).toBe(0);
    const one = settleRefusal(entries, ids.slice(0, 1), error);
    expect(after(entries, one.decisions).map(({ state }) => state)).toEqual([
      "failed",
      "journaled",
    ]);
    const offline = settleRefusal(entries, ids, { code: "offline", message: "" });
    expect(offline.retry?.code).toBe("offline");
    expect(offline.decisions.size).toBe(0);
  });

  it("S11, V58: what ends the connection or the session for good fails no message", () => {
    const entries = [entry(1)];
    const ids = entries.map((one) => one.clientId);
    for (const code of [
      "session_revoked",
      "token_expired",
      "bridge_failed",
      "upgrade_required",
      "account_not_found",
    ] as const) {
      expect(settleRefusal(entries, ids, { code, message: "" }).decisions.size).toBe(0);
    }
  });

  it("S11: an entry goes once the cache holds it, or its seq lies at or below the cursor", () => {
    const [held, covered, ahead, waiting] = [
      entry(1),
      entry(2, { state: "sent", seq: 7 }),
      entry(3, { state: "sent", seq: 8 }),
      entry(4),
    ];
    const covers = { cursor: 7, targetFoldSeq: 0 };
    const all = [held, covered, ahead, waiting];
    const gone = releaseEntries(all, new Set([held.clientId]), () => covers);
    expect([...gone.keys()]).toEqual([held.clientId, covered.clientId]);
  });

  it("S11: an entry goes when a fold that is held includes it, even above the cursor", () => {
    const reaction = entry(1, { state: "sent", seq: 9 });
    const later = entry(2, { state: "sent", seq: 12 });
    const covers = { cursor: 7, targetFoldSeq: 10 };
    const gone = releaseEntries([reaction, later], new Set(), () => covers);
    expect([...gone.keys()]).toEqual([reaction.clientId]);
  });

  it("S13: an erased target ends what would change it: deletions are done, the rest failed with why", () => {
    const target = newId(ClientId);
    const of = (order: number, kind: string): OutboxEntry => {
      const made = entry(order);
      return { ...made, send: { ...made.send, rel: { kind, target } } };
    };
    const [edit, redact, reply, other] = [of(1, "edit"), of(2, "redact"), of(3, "reply"), entry(4)];
    const ended = failErased([edit, redact, reply, other], new Set([target]));
    expect(ended.get(edit.clientId)).toMatchObject({
      state: "failed",
      error: { code: "target_gone" },
    });
    expect(ended.get(redact.clientId)).toBe("drop");
    expect(ended.size).toBe(2);
  });

  it("V44: the refusal of what is so already ends the entry without a word", () => {
    const of = (order: number, kind: string): OutboxEntry => {
      const made = entry(order);
      return { ...made, send: { ...made.send, rel: { kind, target: newId(ClientId) } } };
    };
    const [redact, reaction, edit] = [of(1, "redact"), of(2, "reaction"), of(3, "edit")];
    const outcomes = [
      { error: wireError("target_gone") },
      { error: wireError("duplicate_reaction") },
      { error: wireError("target_gone") },
    ];
    const entries = [redact, reaction, edit];
    const ids = entries.map((one) => one.clientId);
    const { decisions } = settleFlush(entries, ids, outcomes);
    expect(decisions.get(redact.clientId)).toBe("drop");
    expect(decisions.get(reaction.clientId)).toBe("drop");
    expect(decisions.get(edit.clientId)).toMatchObject({ state: "failed" });
  });

  it("S7, S3: an acknowledgement that does not fit is asked for again", () => {
    const [first, second] = [entry(1), entry(2)];
    const entries = [first, second];
    const ids = entries.map((one) => one.clientId);
    const swapped = settleFlush(entries, ids, [acked(second, 1), acked(first, 2)]);
    expect(swapped.retry).toMatchObject({ code: "internal" });
    expect([swapped.acked, swapped.decisions.size]).toEqual([[], 0]);
    const damaged = settleFlush(entries, ids, [acked(first, 1), acked(second, 2)], () => false);
    expect(damaged.acked).toEqual([]);
  });

  it("V47, S11: whatever waits says why: what goes next, what goes before it, when it is tried again", () => {
    const error = { code: "busy" as const, message: "full" };
    const first = entry(1, { error, retryAtMs: 5_000 });
    const [second, failed, third] = [entry(2), entry(3, { state: "failed" }), entry(4)];
    const queue = [first, second, failed, third];
    expect(waitReason(first, queue)).toEqual({ kind: "retry", error, untilMs: 5_000 });
    expect(waitReason(third, queue)).toEqual({ kind: "behind", count: 2, error, untilMs: 5_000 });
    expect(waitReason(failed, queue)).toBeNull();
    expect(waitReason(second, [second, third])).toEqual({ kind: "next" });
  });

  it("S11: states only move forward, whatever the answers and how often", () => {
    const rank = { offered: 0, journaled: 0, failed: 1, sent: 2 };
    const outcome = fc.constantFrom("ack", "busy", "not_allowed", "none");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.array(outcome, { maxLength: 6 }), { maxLength: 6 }),
        (size, rounds) => {
          let entries = Array.from({ length: size }, (_, i) => entry(i));
          let seq = 0;
          for (const round of rounds) {
            const flushed = planFlush(entries, false);
            const outcomes: SendOutcome[] = [];
            for (const [i, kind] of round.entries()) {
              const one = flushed[i];
              if (one === undefined || kind === "none") break;
              seq += 1;
              if (kind === "ack") outcomes.push(acked(one, seq));
              else outcomes.push({ error: wireError(kind === "busy" ? "busy" : "not_allowed") });
            }
            const ids = flushed.map((one) => one.clientId);
            const settled = settleFlush(entries, ids, outcomes);
            const next = after(entries, settled.decisions);
            for (const [i, one] of next.entries()) {
              const before = entries[i];
              expect(rank[one.state]).toBeGreaterThanOrEqual(rank[before?.state ?? "journaled"]);
            }
            // The same answer once more changes nothing.
            const again = settleFlush(next, ids, outcomes);
            expect(after(next, again.decisions)).toEqual(next);
            entries = next;
          }
        },
      ),
    );
  });
});
