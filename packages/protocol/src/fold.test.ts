import fc from "fast-check";
import { expect, test } from "vitest";
import { type Event, type Fold, REL } from "./event.ts";
import { foldEvent, foldTargetOf } from "./fold.ts";
import { AccountId, ChatId, ClientId, DeviceId, uuidv7 } from "./ids.ts";

function id(n: number): string {
  return `0190a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

function relEvent(seq: number, rel: NonNullable<Event["rel"]>, extra: Partial<Event> = {}): Event {
  return {
    chatId: ChatId.parse(id(1)),
    clientId: ClientId.parse(id(1000 + seq)),
    seq,
    at: seq * 1000,
    senderId: AccountId.parse(id(2)),
    senderDeviceId: DeviceId.parse(id(3)),
    alg: "none",
    type: "text",
    notify: false,
    rel,
    targetSeq: 1,
    contentHash: "A".repeat(43),
    prevHash: "A".repeat(43),
    hash: "A".repeat(43),
    payload: `payload of ${seq}`,
    ...extra,
  };
}

const target = ClientId.parse(id(1001));
const edit = (seq: number) => relEvent(seq, { kind: REL.edit, target });
const react = (seq: number, key: string) => relEvent(seq, { kind: REL.reaction, target, key });
const erase = (seq: number) => relEvent(seq, { kind: REL.redact, target });
const unreact = (seq: number, reactionSeq: number, key: string) =>
  relEvent(
    seq,
    { kind: REL.redact, target: ClientId.parse(id(1000 + reactionSeq)), key },
    { targetSeq: reactionSeq, rootSeq: 1 },
  );
const foldAll = (events: Event[]): Fold | undefined =>
  events.reduce<Fold | undefined>((fold, event) => foldEvent(fold, event), undefined);

test("S12: the newest edit replaces the payload whole", () => {
  const fold = foldAll([edit(2), edit(5)]);
  expect(fold?.edit).toEqual({ seq: 5, at: 5000, alg: "none", payload: "payload of 5" });
  expect(fold?.foldSeq).toBe(5);
});

test("S12: reactions count per key and go away when redacted", () => {
  const fold = foldAll([
    react(2, "👍"),
    react(3, "👍"),
    react(4, "🙏"),
    unreact(5, 2, "👍"),
    unreact(6, 4, "🙏"),
  ]);
  expect(fold?.reactions).toEqual([{ key: "👍", count: 1 }]);
  expect(fold?.recent.map((row) => row.seq)).toEqual([3]);
});

test("V40: taking back a reaction that was never seen changes no count", () => {
  const fold = foldAll([react(2, "👍"), unreact(5, 4, "👍")]);
  expect(fold?.reactions).toEqual([{ key: "👍", count: 1 }]);
  expect(fold?.recent.map((row) => row.seq)).toEqual([2]);
  expect(fold?.foldSeq).toBe(5);
});

test("S12: a fold names the newest 20 reactions and counts all", () => {
  const fold = foldAll(Array.from({ length: 30 }, (_, i) => react(i + 2, "👍")));
  expect(fold?.reactions).toEqual([{ key: "👍", count: 30 }]);
  expect(fold?.recent.map((row) => row.seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 12));
});

test("S13: erasing takes edits and reactions away for good", () => {
  const fold = foldAll([edit(2), react(3, "👍"), erase(4), edit(5), react(6, "👍")]);
  expect(fold).toEqual({
    foldSeq: 6,
    erased: { seq: 4, at: 4000, by: AccountId.parse(id(2)) },
    reactions: [],
    recent: [],
  });
});

test("S6b: a rel event at or below foldSeq changes nothing, so replays are harmless", () => {
  const step = fc.oneof(
    fc.constant((seq: number) => edit(seq)),
    fc.constantFrom("👍", "🙏").map((key) => (seq: number) => react(seq, key)),
    fc.constant((seq: number) => erase(seq)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(), (steps, cut) => {
      const events = steps.map((make, index) => make(index + 2));
      const once = foldAll(events);
      const replayed = foldAll([...events, ...events.slice(cut % (events.length + 1))]);
      expect(replayed).toEqual(once);
    }),
  );
});

test("S12: a reply and an unknown relation fold nothing", () => {
  expect(foldTargetOf(relEvent(2, { kind: REL.reply, target }))).toBeUndefined();
  expect(foldTargetOf(relEvent(2, { kind: "vote-of-later", target }))).toBeUndefined();
  expect(foldTargetOf(edit(2))).toBe(1);
  expect(foldTargetOf(unreact(5, 2, "👍"))).toBe(1);
  expect(uuidv7()).toMatch(/^[0-9a-f-]{36}$/);
});
