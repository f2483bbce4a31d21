import { ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { writeValue } from "@parley/protocol/values.ts";
import { describe, expect, it } from "vitest";
import {
  beginPut,
  draftKey,
  isDirty,
  mergeServerDraft,
  serverDraftOf,
  settlePut,
  valueOfDraft,
} from "./draft-sync.ts";
import { reviseDraft } from "./drafts.ts";
import type { DraftChange } from "./journal-store.ts";
import type { DraftRevisionRow, DraftRow } from "./model.ts";

const chatId = newId(ChatId);

function draftOf(change: DraftChange | undefined): DraftRow {
  if (!change?.draft) throw new Error("There is no draft.");
  return change.draft;
}

const typed = (now: DraftRow | undefined, text: string, replyTo: ClientId | null = null) =>
  reviseDraft(chatId, now, [], { text, replyTo }, 1);

const begunOf = (draft: DraftRow) => draftOf(beginPut(draft, draft));

/** A draft that the server has as version `change`. */
function synced(text: string, change: number): DraftRow {
  const begun = begunOf(draftOf(typed(undefined, text)));
  return draftOf(settlePut(begun, begun, change));
}

const version = (text: string, change: number, replyTo: ClientId | null = null) =>
  serverDraftOf({
    key: draftKey(chatId),
    change,
    value: text === "" ? null : writeValue("draft", { text, replyTo, atMs: 1 }),
  });

const merged = (
  now: DraftRow | undefined,
  server: ReturnType<typeof version>,
  revisions: DraftRevisionRow[] = [],
) => mergeServerDraft(chatId, now, revisions, server, 2);

describe("drafts of several devices", () => {
  it("S1: a draft is dirty from typing until the server has it", () => {
    const fresh = draftOf(typed(undefined, "hello"));
    expect(isDirty(fresh)).toBe(true);
    const known = synced("hello", 7);
    expect(known).toMatchObject({ baseRev: 7 });
    expect(isDirty(known)).toBe(false);
    expect(isDirty(draftOf(typed(known, "hello you")))).toBe(true);
  });

  it("V41: a clean draft gives way to another device's, and what it said is kept", () => {
    const change = merged(synced("mine", 7), version("theirs", 9));
    expect(change).toMatchObject({
      draft: { text: "theirs", baseRev: 9, takenRev: 1 },
      keep: { text: "mine" },
    });
    expect(isDirty(draftOf(change))).toBe(false);
    expect(merged(synced("mine", 7), version("mine and more", 9))).not.toHaveProperty("keep");
    expect(merged(undefined, version("theirs", 9))?.draft?.text).toBe("theirs");
  });

  it("V41: a dirty draft stays on the new version, and the other text is kept", () => {
    const mine = draftOf(typed(synced("base", 7), "base and mine"));
    const change = merged(mine, version("base and theirs", 9));
    expect(change).toMatchObject({
      draft: { text: "base and mine", baseRev: 9 },
      keep: { text: "base and theirs" },
    });
    expect(isDirty(draftOf(change))).toBe(true);
    expect(merged(mine, version("base", 9))).not.toHaveProperty("keep");
  });

  it("V41: the same text on both sides is no conflict; older versions change nothing", () => {
    const mine = draftOf(typed(synced("base", 7), "same"));
    expect(isDirty(draftOf(merged(mine, version("same", 9))))).toBe(false);
    expect(merged(synced("base", 7), version("older", 7))).toBeUndefined();
  });

  it("V41: what was cleared elsewhere is cleared here, unless something was typed", () => {
    expect(merged(synced("sent", 7), version("", 9))).toEqual({ draft: null });
    const mine = draftOf(typed(synced("sent", 7), "sent, and the next"));
    expect(merged(mine, version("", 9))?.draft).toMatchObject({ text: "sent, and the next" });
    expect(merged(undefined, version("", 9))).toBeUndefined();
  });

  it("V41: a cleared draft stays as an empty row until the server has heard of it", () => {
    expect(typed(draftOf(typed(undefined, "never sent")), "")).toMatchObject({ draft: null });
    const cleared = draftOf(typed(synced("known", 7), ""));
    expect(valueOfDraft(cleared)).toEqual({ value: null });
    expect(settlePut(begunOf(cleared), cleared, 9)).toEqual({ draft: null });
    const onItsWay = begunOf(draftOf(typed(undefined, "on its way")));
    expect(draftOf(typed(onItsWay, ""))).toMatchObject({ text: "" });
  });

  it("S1: the answered message travels with the text", () => {
    const replyTo = newId(ClientId);
    const draft = draftOf(typed(undefined, "", replyTo));
    const value = valueOfDraft(draft)?.value ?? null;
    const server = serverDraftOf({ key: draftKey(chatId), change: 3, value });
    expect(merged(undefined, server)?.draft).toMatchObject({ text: "", replyTo });
  });

  it("S1: what was typed while a put was on its way is sent next, on that version", () => {
    const begun = begunOf(draftOf(typed(undefined, "a")));
    const after = draftOf(settlePut(draftOf(typed(begun, "ab")), begun, 5));
    expect(after).toMatchObject({ text: "ab", baseRev: 5 });
    expect(isDirty(after)).toBe(true);
  });

  it("S1: a draft that was cleared and begun anew is not taken for the one on its way", () => {
    const first = draftOf(typed(undefined, "one"));
    expect(typed(first, "")).toMatchObject({ draft: null });
    const second = draftOf(typed(undefined, "two"));
    expect(second.rev).toBe(first.rev);
    expect(beginPut(second, first)).toBeUndefined();
    expect(isDirty(draftOf(settlePut(begunOf(second), first, 5)))).toBe(true);
  });

  it("E4: a text that no message could hold stays on this device", () => {
    const long = draftOf(typed(undefined, "x".repeat(LIMITS.textUnits + 1)));
    expect(valueOfDraft(long)).toBeUndefined();
    const wide = draftOf(typed(undefined, "\u0001".repeat(LIMITS.textUnits)));
    expect(valueOfDraft(wide)).toBeUndefined();
  });
});
