import { textPayload } from "@parley/protocol/content.ts";
import type { Fold, Relation } from "@parley/protocol/event.ts";
import { AccountId, ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import type { OutboxEntry } from "./model.ts";
import { overlay, pendingRelations } from "./pending.ts";
import { contentOf } from "./preview.ts";
import { sampleEntry, sampleEvent } from "./testing/sample.ts";

const chatId = newId(ChatId);
const [me, other] = [newId(AccountId), newId(AccountId)];
const message = sampleEvent(chatId, 4, { senderId: me });

function entry(order: number, rel: Relation, more: Partial<OutboxEntry> = {}): OutboxEntry {
  const made = sampleEntry(chatId);
  const payload = rel.kind === "edit" ? textPayload(`edited ${order}`) : "";
  return { ...made, order, send: { ...made.send, rel, payload }, ...more };
}

function shown(entries: readonly OutboxEntry[], fold?: Fold, held: readonly ClientId[] = []) {
  const row = { ...message, ...(fold && { fold }) };
  const pending = pendingRelations(entries, new Set(held));
  const overlaid = overlay(row, pending, me);
  const now = overlaid?.fold ?? fold;
  const content = contentOf({ ...row, ...(now && { fold: now }) });
  return {
    text: content?.type === "text" ? content.text : content,
    reactions: now?.reactions ?? [],
    changes: overlaid?.changes.map(({ kind, state }) => [kind, state]) ?? [],
  };
}

const target = message.clientId;
const edit = (order: number, more?: Partial<OutboxEntry>) =>
  entry(order, { kind: "edit", target }, more);
const reaction = (order: number, key = "+", more?: Partial<OutboxEntry>) =>
  entry(order, { kind: "reaction", target, key }, more);

describe("own changes that wait", () => {
  it("V47: edits, reactions and deletions show at once, in the order of writing", () => {
    expect(shown([])).toEqual({ text: "message 4", reactions: [], changes: [] });
    expect(shown([edit(1), edit(2)]).text).toBe("edited 2");
    expect(shown([reaction(1)]).reactions).toEqual([{ key: "+", count: 1 }]);
    const redact = entry(3, { kind: "redact", target });
    expect(shown([edit(1), reaction(2), redact, edit(4)])).toEqual({
      text: null,
      reactions: [],
      changes: [
        ["edit", "journaled"],
        ["reaction", "journaled"],
        ["redact", "journaled"],
        ["edit", "journaled"],
      ],
    });
  });

  it("V47: a failed or offered change is named and changes nothing", () => {
    const failed = edit(1, { state: "failed" });
    expect(shown([failed, reaction(2, "+", { state: "offered" })])).toEqual({
      text: "message 4",
      reactions: [],
      changes: [
        ["edit", "failed"],
        ["reaction", "offered"],
      ],
    });
  });

  it("S11, V47: what the cache holds, or a fold includes, is not shown twice", () => {
    const one = reaction(1, "+", { state: "sent", seq: 4 });
    const recent = [{ clientId: one.clientId, accountId: me, key: "+", seq: 4, at: 4 }];
    const fold = { foldSeq: 4, reactions: [{ key: "+", count: 1 }], recent };
    expect(shown([one], fold)).toEqual({
      text: "message 4",
      reactions: fold.reactions,
      changes: [],
    });
    // Acknowledged, but the seq was lost on the way: the fold names it all the same.
    expect(shown([{ ...one, seq: null }], fold).reactions).toEqual(fold.reactions);
    expect(shown([edit(2)], undefined, []).changes).toEqual([["edit", "journaled"]]);
    const held = edit(3);
    expect(shown([held], undefined, [held.clientId]).changes).toEqual([]);
  });

  it("S12: a reaction of one's own is taken back where it stands, waiting or not; others' stay", () => {
    const mine = newId(ClientId);
    const recent = [
      { clientId: newId(ClientId), accountId: other, key: "+", seq: 5, at: 5 },
      { clientId: mine, accountId: me, key: "+", seq: 6, at: 6 },
    ];
    const fold = { foldSeq: 6, reactions: [{ key: "+", count: 2 }], recent };
    const back = entry(1, { kind: "redact", target: mine, key: "+" });
    expect(shown([back], fold).reactions).toEqual([{ key: "+", count: 1 }]);
    const waiting = reaction(2, "!");
    const takenBack = entry(3, { kind: "redact", target: waiting.clientId, key: "!" });
    expect(shown([waiting, takenBack], fold).reactions).toEqual([{ key: "+", count: 2 }]);
  });
});
