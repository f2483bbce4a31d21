import { ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { valueKey } from "@parley/protocol/values.ts";
import { describe, expect, it } from "vitest";
import { beginPut } from "../draft-sync.ts";
import { reviseDraft } from "../drafts.ts";
import { finishEdit, reviseEdit } from "../edits.ts";
import type { EntryDecision, JournalStore } from "../journal-store.ts";
import type { OutboxEntry } from "../model.ts";
import { sampleAside, sampleEntry } from "./sample.ts";

/** Opens stores on one journal, which starts empty for every suite run. */
export type JournalOpener = () => Promise<() => JournalStore>;

/** What every journal store promises. */
export function journalStoreSuite(name: string, opener: JournalOpener): void {
  describe(`JournalStore: ${name}`, () => {
    const chatId = newId(ChatId);

    it("S11: entries keep the order of writing over all windows and survive a reopening", async () => {
      const open = await opener();
      const [one, two] = [open(), open()];
      const [a, b, c] = [sampleEntry(chatId), sampleEntry(newId(ChatId)), sampleEntry(chatId)];
      await one.add(a);
      await two.add(b);
      await one.add(c);
      one.close();
      two.close();
      const later = open();
      const ids = (entries: { clientId: ClientId }[]) => entries.map((entry) => entry.clientId);
      expect(ids(await later.entries())).toEqual([a.clientId, b.clientId, c.clientId]);
      expect(ids(await later.entries(chatId))).toEqual([a.clientId, c.clientId]);
      expect((await later.entry(c.clientId))?.send).toEqual(c.send);
      expect(await later.entry(newId(ClientId))).toBeUndefined();
      later.close();
    });

    it("S3: one clientId has one entry", async () => {
      const store = (await opener())();
      const entry = sampleEntry(chatId);
      await store.add(entry);
      await expect(store.add(entry)).rejects.toThrow();
      await store.offer([
        { ...entry, state: "offered" },
        sampleEntry(chatId, { state: "offered" }),
      ]);
      const states = (await store.entries()).map(({ state }) => state);
      expect(states).toEqual(["journaled", "offered"]);
      store.close();
    });

    it("S6c: what is set aside stays, each once, through closing and opening again", async () => {
      const open = await opener();
      const store = open();
      const [one, other] = [sampleAside(chatId), sampleAside(newId(ChatId))];
      await store.setAside([one, other]);
      const erased = { ...one, event: { ...one.event, payload: null } };
      await store.setAside([erased]);
      store.close();
      const again = open();
      expect(await again.aside(chatId)).toMatchObject([erased]);
      expect(await again.aside(other.chatId)).toMatchObject([other]);
      expect(await again.aside(newId(ChatId))).toEqual([]);
      again.close();
    });

    it("S11: a decision changes, drops and leaves entries in one go", async () => {
      const store = (await opener())();
      const added: OutboxEntry[] = [];
      for (let i = 0; i < 3; i++) added.push(await store.add(sampleEntry(chatId)));
      const [first, second, third] = added;
      if (!first || !second || !third) throw new Error("three entries");
      await store.decide(chatId, (entries) => {
        expect(entries.map((entry) => entry.clientId)).toEqual(
          added.map((entry) => entry.clientId),
        );
        return new Map<ClientId, EntryDecision>([
          [first.clientId, "drop"],
          [second.clientId, { ...second, state: "sent", seq: 5 }],
        ]);
      });
      const left = (await store.entries()).map(({ clientId, state, seq }) => [
        clientId,
        state,
        seq,
      ]);
      expect(left).toEqual([
        [second.clientId, "sent", 5],
        [third.clientId, "journaled", null],
      ]);
      store.close();
    });

    it("S11: a retried entry goes to the end of the queue", async () => {
      const store = (await opener())();
      const error = { code: "not_allowed" as const, message: "no" };
      const failed = await store.add(sampleEntry(chatId, { state: "failed", error }));
      const waiting = await store.add(sampleEntry(chatId));
      expect(await store.requeue(failed.clientId)).toBe(true);
      expect(await store.requeue(newId(ClientId))).toBe(false);
      const now = (await store.entries()).map(({ clientId, state, error: why }) => [
        clientId,
        state,
        why,
      ]);
      expect(now).toEqual([
        [waiting.clientId, "journaled", null],
        [failed.clientId, "journaled", null],
      ]);
      store.close();
    });

    it("S1: a draft and its revisions are kept, however long, and cleared with the send", async () => {
      const store = (await opener())();
      const long = `${"x".repeat(150_000)}€${"y".repeat(150_000)}`;
      for (const text of [long, "short", "shorter"]) {
        await store.changeDraft(chatId, (now, revisions) =>
          reviseDraft(chatId, now, revisions, { text, replyTo: null }, 1),
        );
      }
      expect((await store.draft(chatId))?.text).toBe("shorter");
      expect((await store.draftRevisions(chatId)).map((row) => row.text)).toEqual([long]);
      await store.changeDraft(chatId, (now, revisions) =>
        reviseDraft(chatId, now, revisions, { text: long, replyTo: null }, 2),
      );
      expect((await store.draft(chatId))?.text).toBe(long);
      await store.add(sampleEntry(chatId), (now) =>
        now === undefined ? undefined : { draft: null },
      );
      expect(await store.draft(chatId)).toBeUndefined();
      expect((await store.draftRevisions(chatId)).length).toBeGreaterThan(0);
      store.close();
    });

    it("S21: an unfinished edit is kept, however long, apart from the draft, and ends with its save", async () => {
      const open = await opener();
      const store = open();
      const other = newId(ChatId);
      const target = newId(ClientId);
      const original = "o".repeat(LIMITS.textUnits);
      const text = `${original}${"x".repeat(150_000)}€`;
      await store.changeDraft(chatId, (now, revisions) =>
        reviseDraft(chatId, now, revisions, { text: "a draft", replyTo: null }, 1),
      );
      for (const next of [original, text]) {
        await store.changeEdit(chatId, (now, draft, revisions) =>
          reviseEdit(chatId, now, draft, revisions, { target, original, text: next }, 2),
        );
      }
      await store.changeEdit(other, (now, draft, revisions) =>
        reviseEdit(other, now, draft, revisions, { target, original: "a", text: "b" }, 2),
      );
      const edits = (await open().edits()).toSorted((a, b) => b.text.length - a.text.length);
      expect(edits).toEqual([
        { chatId, target, original, text, updatedAtMs: 2 },
        { chatId: other, target, original: "a", text: "b", updatedAtMs: 2 },
      ]);
      await store.add(sampleEntry(chatId), undefined, (now, draft, revisions) =>
        finishEdit(now, draft, revisions, { target, text: "another text" }, 3),
      );
      expect((await store.edits()).map((edit) => edit.chatId)).toEqual([other]);
      expect((await store.draft(chatId))?.text).toBe("a draft");
      expect(await store.draftRevisions(chatId)).toMatchObject([{ text, why: "edit" }]);
      store.close();
    });

    it("E4: a full payload comes back as it was", async () => {
      const store = (await opener())();
      const entry = sampleEntry(chatId);
      const payload = `${"a".repeat(LIMITS.payloadBytes - 4)}😀`;
      await store.add({ ...entry, send: { ...entry.send, payload } });
      expect((await store.entries())[0]?.send.payload).toBe(payload);
      store.close();
    });

    it("S11: account values wait one per key, over all windows, until what was sent is settled", async () => {
      const open = await opener();
      const [one, two] = [open(), open()];
      const [mute, pin] = [valueKey("mute", chatId), valueKey("pin", chatId)];
      await one.putWaiting({ key: mute, value: "1" });
      await two.putWaiting({ key: pin, value: null });
      await one.putWaiting({ key: mute, value: "2" });
      const waiting = async () =>
        (await two.waitingPuts()).toSorted((a, b) => (a.key < b.key ? -1 : 1));
      expect(await waiting()).toEqual([
        { key: mute, value: "2" },
        { key: pin, value: null },
      ]);
      await two.settleWaiting([
        { key: mute, value: "1" },
        { key: pin, value: null },
      ]);
      one.close();
      two.close();
      const later = open();
      expect(await later.waitingPuts()).toEqual([{ key: mute, value: "2" }]);
      later.close();
    });

    it("S1: lists the drafts of all chats, cleared ones that the server has to hear of included", async () => {
      const store = (await opener())();
      const other = newId(ChatId);
      for (const [id, text] of [
        [chatId, "x".repeat(250_000)],
        [other, "here"],
      ] as const) {
        await store.changeDraft(id, (now, revisions) =>
          reviseDraft(id, now, revisions, { text, replyTo: null }, 1),
        );
      }
      await store.changeDraft(other, (now) => now && beginPut(now, now));
      await store.changeDraft(other, (now, revisions) =>
        reviseDraft(other, now, revisions, { text: "", replyTo: null }, 2),
      );
      const lengths = (await store.drafts()).map((draft) => draft.text.length);
      expect(lengths.toSorted((a, b) => a - b)).toEqual([0, 250_000]);
      store.close();
    });

    it("S8: read marks only grow, and go when confirmed at or above them", async () => {
      const store = (await opener())();
      await store.putReadMark({ chatId, readSeq: 5 });
      await store.putReadMark({ chatId, readSeq: 3 });
      await store.confirmReadMarks([{ chatId, readSeq: 4 }]);
      expect(await store.readMarks()).toEqual([{ chatId, readSeq: 5 }]);
      await store.confirmReadMarks([{ chatId, readSeq: 5 }]);
      expect(await store.readMarks()).toEqual([]);
      await store.putReadMark({ chatId, readSeq: 1 });
      await store.clearReadMarks();
      expect(await store.readMarks()).toEqual([]);
      store.close();
    });

    it("keeps settings", async () => {
      const store = (await opener())();
      await store.putSetting("theme", { mode: "dark" });
      await store.putSetting("theme", { mode: "light" });
      expect(await store.setting("theme")).toEqual({ mode: "light" });
      expect(await store.setting("none")).toBeUndefined();
      store.close();
    });
  });
}
