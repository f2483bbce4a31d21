// @vitest-environment happy-dom
import { putBack } from "@parley/client/sync/drafts.ts";
import { editToDraft, finishEdit } from "@parley/client/sync/edits.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import {
  MemoryJournalData,
  openMemoryJournal,
} from "@parley/client/sync/testing/memory-journal-store.ts";
import { isWrittenIn } from "@parley/client/sync/testing/written-in.ts";
import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createDraftKeeper } from "./draft-keeper.ts";
import { createEditKeeper } from "./edit-keeper.ts";
import { storedUnsavedEdits } from "./unsaved-edits.ts";
import { storedUnsavedTexts } from "./unsaved-texts.ts";

const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
const CHATS = [newId(ChatId), newId(ChatId)] as const;
/** Two messages of each chat, with the text that each has. */
const MESSAGES = CHATS.map((chatId) =>
  ["first", "second"].map((nth) => ({
    chatId,
    clientId: newId(ClientId),
    original: `~${nth} of ${chatId}`,
  })),
);

/** A journal that a killed page cannot write any more; before each write it may be killed. */
function mortal(data: MemoryJournalData): { journal: JournalStore; kill: () => void } {
  const store = openMemoryJournal(data);
  let dead = false;
  const never = new Promise<never>(() => undefined);
  const alive = async (): Promise<void> => {
    await Promise.resolve();
    if (dead) await never;
  };
  return {
    kill: () => (dead = true),
    journal: {
      ...store,
      async changeDraft(chatId, change) {
        await alive();
        await store.changeDraft(chatId, change);
      },
      async changeEdit(chatId, change) {
        await alive();
        await store.changeEdit(chatId, change);
      },
    },
  };
}

function openPage(data: MemoryJournalData) {
  const { journal, kill } = mortal(data);
  const clock = new FakeClock();
  const fail = (cause: unknown): never => {
    throw cause;
  };
  const drafts = createDraftKeeper(journal, storedUnsavedTexts(localStorage, accountKey), clock, {
    onWritten: () => undefined,
    onFault: fail,
  });
  const unsaved = storedUnsavedEdits(localStorage, accountKey);
  const edits = createEditKeeper(journal, unsaved, clock, fail);
  return {
    journal,
    drafts,
    edits,
    clock,
    /** The process ends: what runs never goes on. */
    kill,
    async start() {
      await drafts.recover(async () => false);
      await edits.recover();
    },
    flush: () => Promise.all([drafts.flush(), edits.flush()]),
  };
}

type Page = ReturnType<typeof openPage>;

beforeEach(() => localStorage.clear());

describe("an unfinished edit", () => {
  test("S21: is there again after the page was killed, with the last key, and the draft beside it", async () => {
    const [{ chatId, clientId, original }] = MESSAGES[0] as [(typeof MESSAGES)[0][0]];
    const data = new MemoryJournalData();
    const first = openPage(data);
    first.drafts.save(chatId, "a draft", null);
    first.edits.begin(chatId, clientId, original);
    await first.flush();
    first.edits.type(chatId, { clientId, original }, "typed ");
    await first.flush();
    first.kill();
    first.edits.type(chatId, { clientId, original }, "typed on");

    const next = openPage(data);
    await next.start();
    expect(next.edits.target(chatId).get()).toEqual({ clientId, original });
    expect(next.edits.text(chatId).get()).toBe("typed on");
    expect(next.edits.target(CHATS[1]).get() ?? null).toBeNull();
    expect((await next.journal.draft(chatId))?.text).toBe("a draft");
    expect(localStorage).toHaveLength(0);
  });

  test("S21: that another window saved, left or began shows so, but not over what was typed here", async () => {
    const [one, two] = MESSAGES[0] as [(typeof MESSAGES)[0][0], (typeof MESSAGES)[0][0]];
    const { chatId, clientId, original } = one;
    const data = new MemoryJournalData();
    const [here, there] = [openPage(data), openPage(data)];
    here.edits.begin(chatId, clientId, original);
    here.edits.type(chatId, one, "typed here");
    await here.flush();
    await there.edits.changed();
    expect(there.edits.text(chatId).get()).toBe("typed here");

    there.edits.end(chatId);
    await there.flush();
    await here.edits.changed();
    expect(here.edits.target(chatId).get()).toBeNull();
    expect((await here.journal.draftRevisions(chatId)).map((row) => row.text)).toEqual([
      "typed here",
    ]);

    there.edits.begin(chatId, two.clientId, two.original);
    await there.flush();
    here.edits.begin(chatId, clientId, original);
    const read = here.edits.changed();
    here.edits.type(chatId, one, "typed meanwhile");
    await read;
    expect(here.edits.text(chatId).get()).toBe("typed meanwhile");
  });

  test("S21: that was left stays left, however often it was begun before the journal had any of it", async () => {
    const [{ chatId, clientId, original }] = MESSAGES[0] as [(typeof MESSAGES)[0][0]];
    const data = new MemoryJournalData();
    const first = openPage(data);
    for (let i = 0; i < 3; i++) {
      first.edits.begin(chatId, clientId, original);
      first.edits.type(chatId, { clientId, original }, `try ${i}`);
      first.edits.end(chatId);
    }
    await first.flush();
    const next = openPage(data);
    await next.start();
    expect(next.edits.target(chatId).get() ?? null).toBeNull();
    const kept = (await next.journal.draftRevisions(chatId)).map((row) => row.text);
    expect(kept).toEqual(["try 2", "try 1", "try 0"]);
  });

  test("S21: typed in the last moment of its save, is kept and opens nothing anew", async () => {
    const [{ chatId, clientId, original }] = MESSAGES[0] as [(typeof MESSAGES)[0][0]];
    const page = openPage(new MemoryJournalData());
    page.edits.begin(chatId, clientId, original);
    page.edits.type(chatId, { clientId, original }, "saved");
    await page.flush();
    await page.journal.changeEdit(chatId, (now, draft, revisions) =>
      finishEdit(now, draft, revisions, { target: clientId, text: "saved" }, 1),
    );
    page.edits.type(chatId, { clientId, original }, "one more");
    page.edits.ended(chatId, clientId);
    page.edits.type(chatId, { clientId, original }, "one more word");
    await page.flush();
    await page.edits.changed();
    expect(page.edits.target(chatId).get()).toBeNull();
    expect((await page.journal.draftRevisions(chatId)).map((row) => row.text)).toEqual([
      "one more word",
    ]);
  });
});

/** What is done: in a chat, with one of its messages. Two pages of one device, of which one is looked at. */
type Act =
  | { kind: "draft" | "edit" | "begin"; chat: 0 | 1; message: 0 | 1; word: string }
  | { kind: "end" | "save" | "toDraft" | "putBack"; chat: 0 | 1 }
  | { kind: "kill" | "reload" | "otherWindow" | "pause" };

const chat = fc.constantFrom(0 as const, 1 as const);
const message = fc.constantFrom(0 as const, 1 as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("draft" as const, "edit" as const, "begin" as const),
      chat,
      message,
      word: fc.constantFrom("a", "b", " ", "ab"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "end" as const,
        "save" as const,
        "toDraft" as const,
        "putBack" as const,
      ),
      chat,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "kill" as const,
        "reload" as const,
        "otherWindow" as const,
        "pause" as const,
      ),
    }),
  },
);

/** What a run has typed, sent and may show, by chat. */
type Told = { typed: string[]; drafts: string; target: ClientId | null; edit: string };

async function runOne(page: Page, told: readonly Told[], step: Act, nth: number): Promise<void> {
  if (!("chat" in step)) return;
  const chatId = CHATS[step.chat];
  const now = told[step.chat];
  if (now === undefined) throw new Error("a chat");
  const target = page.edits.target(chatId).get() ?? null;
  switch (step.kind) {
    case "draft": {
      // As in the app, where the composer holds the edit while there is one.
      if (target !== null) return;
      now.drafts = `d${step.chat}.${nth}${step.word}`;
      now.typed.push(now.drafts);
      page.drafts.save(chatId, now.drafts, null);
      // Of drafts the last text alone outlives a kill before it is written.
      await page.drafts.flush();
      return;
    }
    case "begin": {
      const one = MESSAGES[step.chat]?.[step.message];
      if (one === undefined) throw new Error("a message");
      await page.drafts.flush();
      page.edits.begin(chatId, one.clientId, one.original);
      if (now.target !== one.clientId) now.edit = one.original;
      now.target = one.clientId;
      return;
    }
    case "edit": {
      if (target === null) return;
      now.edit = `e${step.chat}.${nth}${step.word}`;
      now.typed.push(now.edit);
      page.edits.type(chatId, target, now.edit);
      return;
    }
    case "end":
      page.edits.end(chatId);
      now.target = null;
      return;
    case "save": {
      if (target === null) return;
      await page.edits.flush();
      const text = now.edit;
      await page.journal.changeEdit(chatId, (row, draft, revisions) => {
        // Never of another message than the one that the composer shows.
        expect(row).toMatchObject({ chatId, target: target.clientId, text });
        return finishEdit(row, draft, revisions, { target: target.clientId, text }, nth);
      });
      page.edits.ended(chatId, target.clientId);
      now.typed = now.typed.filter((one) => !text.includes(one.trim()));
      now.target = null;
      return;
    }
    case "toDraft": {
      if (target === null) return;
      await page.flush();
      await page.journal.changeEdit(chatId, (row, draft, revisions) =>
        editToDraft(row, draft, revisions, nth),
      );
      page.edits.ended(chatId, target.clientId);
      now.target = null;
      now.drafts = now.edit;
      return;
    }
    case "putBack": {
      page.edits.end(chatId);
      now.target = null;
      await page.flush();
      const [newest] = await page.journal.draftRevisions(chatId);
      if (newest === undefined) return;
      await page.journal.changeDraft(chatId, (draft, revisions) =>
        putBack(chatId, draft, revisions, newest.rev, nth),
      );
      now.drafts = newest.text;
      return;
    }
  }
}

test("S21, V59: whatever is typed, switched, edited, saved, killed and reloaded, nothing is lost and nothing lands in another chat", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 30 }), async (acts) => {
      localStorage.clear();
      const data = new MemoryJournalData();
      const told: Told[] = CHATS.map(() => ({ typed: [], drafts: "", target: null, edit: "" }));
      let page = openPage(data);
      await page.start();
      for (const [nth, step] of acts.entries()) {
        if (step.kind === "kill" || step.kind === "reload" || step.kind === "otherWindow") {
          if (step.kind !== "kill") await page.flush();
          // Another window of the device is looked at from now on, or the same one anew.
          page.kill();
          page = openPage(data);
          await page.start();
          for (const [i, chatId] of CHATS.entries()) {
            const shown = page.edits.target(chatId).get() ?? null;
            expect(shown?.clientId ?? null).toBe(told[i]?.target ?? null);
            if (shown) expect(page.edits.text(chatId).get()).toBe(told[i]?.edit);
          }
        } else if (step.kind === "pause") {
          await page.clock.advance(300);
        } else {
          await runOne(page, told, step, nth);
        }
      }
      page.kill();
      const last = openPage(data);
      await last.start();
      for (const [i, chatId] of CHATS.entries()) {
        const now = told[i];
        if (now === undefined) throw new Error("a chat");
        const shown = last.edits.target(chatId).get() ?? null;
        expect(shown?.clientId ?? null).toBe(now.target);
        const edit = shown === null ? "" : (last.edits.text(chatId).get() ?? "");
        const draft = (await last.journal.draft(chatId))?.text ?? "";
        expect(draft).toBe(now.drafts);
        const revisions = (await last.journal.draftRevisions(chatId)).map((row) => row.text);
        const kept = [edit, draft, ...revisions];
        for (const one of now.typed) expect(kept.some((text) => isWrittenIn(text, one))).toBe(true);
        // Every text says in which chat it was typed; a message's own text names its chat.
        for (const text of kept.filter((one) => one !== "")) {
          expect(text.startsWith("~") ? text.endsWith(chatId) : text[1] === String(i)).toBe(true);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test("V58: an edit that the journal could not take is written once it can, without another key", async () => {
  const journal = openMemoryJournal(new MemoryJournalData());
  const changeEdit = journal.changeEdit.bind(journal);
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const unsaved = storedUnsavedEdits(localStorage, accountKey);
  const edits = createEditKeeper(journal, unsaved, clock, (cause) => void faults.push(cause));
  const first = MESSAGES[0]?.[0];
  if (first === undefined) throw new Error("There is a message.");
  const { chatId, clientId, original } = first;
  journal.changeEdit = () => Promise.reject(new Error("The disk is full."));
  edits.begin(chatId, clientId, original);
  edits.type(chatId, { clientId, original }, "the last word");
  await clock.advance(5_000);
  expect(faults.length).toBeGreaterThan(1);
  expect(faults.length).toBeLessThan(6);
  journal.changeEdit = changeEdit;
  await clock.advance(2_500);
  expect((await journal.edits())[0]?.text).toBe("the last word");
  expect(unsaved.all().size).toBe(0);
  edits.stop();
});
