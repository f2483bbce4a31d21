// @vitest-environment happy-dom
import {
  MemoryJournalData,
  openMemoryJournal,
} from "@parley/client/sync/testing/memory-journal-store.ts";
import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { beforeEach, expect, test } from "vitest";
import { createDraftKeeper } from "./draft-keeper.ts";
import { storedUnsavedTexts } from "./unsaved-texts.ts";

const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
const chatId = newId(ChatId);

function page(data: MemoryJournalData) {
  const journal = openMemoryJournal(data);
  const clock = new FakeClock();
  const unsaved = storedUnsavedTexts(localStorage, accountKey);
  const keeper = createDraftKeeper(journal, unsaved, clock, {
    onWritten: () => undefined,
    onFault: (cause) => {
      throw cause;
    },
  });
  return { journal, keeper, unsaved };
}

beforeEach(() => localStorage.clear());

test("S1: a text typed right before the page was killed is in the next page's draft", async () => {
  const data = new MemoryJournalData();
  page(data).keeper.save(chatId, "nothing typed is ever unrecoverable", null);

  const next = page(data);
  await next.keeper.recover(async () => false);
  expect((await next.journal.draft(chatId))?.text).toBe("nothing typed is ever unrecoverable");
  expect(next.unsaved.all().size).toBe(0);
});

test("S1: what the journal has is not kept twice, and what was sent does not come back", async () => {
  const data = new MemoryJournalData();
  const first = page(data);
  first.keeper.save(chatId, "half", null);
  await first.keeper.flush();
  expect(first.unsaved.all().size).toBe(0);

  first.keeper.save(chatId, "whole", null);
  await first.keeper.release(chatId, newId(ClientId));
  first.keeper.sent(chatId);
  expect(first.unsaved.all().size).toBe(0);
});

test("S11: a text that became a message right before the page was killed is not offered again", async () => {
  for (const wasJournaled of [true, false]) {
    const data = new MemoryJournalData();
    const clientId = newId(ClientId);
    const first = page(data);
    first.keeper.save(chatId, "send me once", null);
    await first.keeper.release(chatId, clientId);

    const next = page(data);
    await next.keeper.recover(async (id) => wasJournaled && id === clientId);
    const draft = await next.journal.draft(chatId);
    expect(draft?.text).toBe(wasJournaled ? undefined : "send me once");
    expect(next.unsaved.all().size).toBe(0);
  }
});

test("V58: a text that the journal could not take is written once it can, without another key", async () => {
  const journal = openMemoryJournal(new MemoryJournalData());
  const changeDraft = journal.changeDraft.bind(journal);
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const unsaved = storedUnsavedTexts(localStorage, accountKey);
  const onFault = (cause: unknown): void => void faults.push(cause);
  const keeper = createDraftKeeper(journal, unsaved, clock, {
    onWritten: () => undefined,
    onFault,
  });
  journal.changeDraft = () => Promise.reject(new Error("The disk is full."));
  keeper.save(chatId, "the last word", null);
  await clock.advance(5_000);
  expect(faults.length).toBeGreaterThan(1);
  expect(faults.length).toBeLessThan(5);
  journal.changeDraft = changeDraft;
  await clock.advance(2_500);
  expect((await journal.draft(chatId))?.text).toBe("the last word");
  expect(unsaved.all().size).toBe(0);
  keeper.stop();
});

test("S19: texts of another account and damaged items are left alone", () => {
  const other = storedUnsavedTexts(localStorage, accountKeyOf(newId(ServerId), newId(AccountId)));
  other.put(chatId, { text: "not yours", replyTo: null });
  localStorage.setItem(`parley.unsaved.${accountKey}.${newId(ChatId)}`, "{");
  localStorage.setItem(`parley.unsaved.${accountKey}.nonsense`, '{"text":"x","replyTo":null}');
  expect(storedUnsavedTexts(localStorage, accountKey).all().size).toBe(0);
});
