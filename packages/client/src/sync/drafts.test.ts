import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clearSentDraft, keepDiscarded, reviseDraft } from "./drafts.ts";
import { isWrittenIn } from "./testing/written-in.ts";
import { MemoryJournalData, openMemoryJournal } from "./testing/memory-journal-store.ts";

const chatId = newId(ChatId);
/** A draft of which the server has heard nothing. */
const never = { baseRev: 0, syncedRev: 0, putRev: 0, takenRev: 0 };

async function typed(texts: readonly string[]) {
  const journal = openMemoryJournal(new MemoryJournalData());
  for (const [i, text] of texts.entries()) {
    await journal.changeDraft(chatId, (now, revisions) =>
      reviseDraft(chatId, now, revisions, { text, replyTo: null }, i),
    );
  }
  return journal;
}

describe("drafts", () => {
  it("S1: writing and deleting inside a text keeps one revision for each deletion, not one for each key", async () => {
    const steps: string[] = [];
    const type = (before: string, word: string, after: string) => {
      for (let i = 1; i <= word.length; i++) steps.push(before + word.slice(0, i) + after);
      return before + word + after;
    };
    type("", "Dear all, see you", "");
    type("Dear all, ", "as every year on the first Saturday of June I hope to ", "see you");
    type("", "Good morning! ", steps.at(-1) ?? "");
    const full = steps.at(-1) ?? "";
    const cut = full.indexOf("June");
    for (let i = 0; i <= 4; i++) steps.push(full.slice(0, cut + 4 - i) + full.slice(cut + 4));
    type(full.slice(0, cut), "May", full.slice(cut + 4));
    const journal = await typed(steps);
    expect((await journal.draftRevisions(chatId)).map((row) => row.text)).toEqual([full]);
    expect((await journal.draft(chatId))?.text).toBe(full.replace("June", "May"));
  });

  it("S1: all that was written in any saved text stands, in its order, in the draft or in a kept revision", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: LIMITS.draftRevisions }), async (texts) => {
        const journal = await typed(texts);
        const draft = await journal.draft(chatId);
        const kept = [
          draft?.text ?? "",
          ...(await journal.draftRevisions(chatId)).map((row) => row.text),
        ];
        for (const one of texts) {
          if (one.trim() !== "") expect(kept.some((whole) => isWrittenIn(whole, one))).toBe(true);
        }
        expect(draft?.text ?? "").toBe(texts.at(-1) ?? "");
      }),
    );
  });

  it("S1: revisions are numbered apart and no more than the limit are kept, the newest", async () => {
    const texts = Array.from({ length: LIMITS.draftRevisions + 20 }, (_, i) => `text ${i}!`);
    const revisions = await (await typed(texts)).draftRevisions(chatId);
    expect(revisions.length).toBe(LIMITS.draftRevisions);
    expect(new Set(revisions.map((row) => row.rev)).size).toBe(revisions.length);
    expect(revisions[0]?.text).toBe(texts.at(-2));
  });

  it("S1: a draft's rev rises with every change, its baseRev stays the server's", async () => {
    const journal = await typed(["a", "ab", "abc"]);
    expect(await journal.draft(chatId)).toMatchObject({ rev: 3, baseRev: 0 });
  });

  it("S11: sending clears the draft it was made of and keeps another one", () => {
    const now = { chatId, text: "hello ", replyTo: null, ...never, rev: 4, updatedAtMs: 1 };
    expect(clearSentDraft(chatId, now, [], "hello there", 2)).toEqual({ draft: null });
    expect(clearSentDraft(chatId, now, [], "other", 2)).toMatchObject({
      draft: null,
      keep: { text: "hello " },
    });
    expect(clearSentDraft(chatId, undefined, [], "other", 2)).toBeUndefined();
  });

  it("S11: a discarded message's text is kept once, and the present draft stays", () => {
    const now = { chatId, text: "next", replyTo: null, ...never, rev: 4, updatedAtMs: 1 };
    const change = keepDiscarded(chatId, now, [], "given up", 2);
    expect(change).toMatchObject({ draft: { text: "next" }, keep: { text: "given up" } });
    const kept = change?.keep === undefined ? [] : [change.keep];
    expect(keepDiscarded(chatId, now, kept, "given up", 3)).toBeUndefined();
  });
});
