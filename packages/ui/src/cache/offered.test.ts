import "fake-indexeddb/auto";
import type { SyncEngine } from "@parley/client/sync/engine.ts";
import { composeText } from "@parley/client/sync/compose.ts";
import type { NewEntry } from "@parley/client/sync/model.ts";
import { openPayload } from "@parley/protocol/content.ts";
import { AccountId, accountKeyOf, ChatId, newId, ServerId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import { openDexieJournalStore } from "./dexie-journal-store.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import { createMessageCommands } from "./message-commands.ts";

const chatId = newId(ChatId);

function entry(text: string, state: NewEntry["state"], inChat = chatId): NewEntry {
  const composed = composeText(inChat, { text });
  if (!composed.ok) throw new Error(composed.error.message);
  const { clientId } = composed.value;
  const rest = { seq: null, error: null, createdAtMs: 1 };
  return { clientId, chatId: inChat, send: composed.value, state, ...rest };
}

function textOf(payload: string): string | undefined {
  const content = openPayload("none", payload);
  return content.type === "text" ? content.text : undefined;
}

async function start() {
  const journal = openDexieJournalStore(accountKeyOf(newId(ServerId), newId(AccountId)));
  let nudges = 0;
  const engine = { nudge: () => (nudges += 1) } as unknown as SyncEngine;
  const commands = createMessageCommands({
    journal,
    engine,
    drafts: {} as DraftKeeper,
    flushDrafts: () => Promise.resolve(),
    clock: { nowMs: () => 9, random: () => 0.5, setTimer: () => () => undefined },
  });
  const entries = [
    entry("one", "offered"),
    entry("refused", "failed"),
    entry("two", "offered"),
    entry("elsewhere", "offered", newId(ChatId)),
  ];
  await journal.offer(entries);
  const states = async () =>
    (await journal.entries()).map(({ send, state }) => [textOf(send.payload), state]);
  return { journal, commands, states, nudges: () => nudges };
}

describe("what a restored server lost of one's own", () => {
  it("S6c: all of a chat is sent again, in its order, and nothing else", async () => {
    const { journal, commands, states, nudges } = await start();
    expect(await commands.sendOffered(chatId)).toMatchObject({ ok: true });
    expect(await states()).toEqual([
      ["one", "journaled"],
      ["refused", "failed"],
      ["two", "journaled"],
      ["elsewhere", "offered"],
    ]);
    expect(nudges()).toBe(1);
    journal.close();
  });

  it("S6c: all of a chat is given up, and the texts are kept as revisions of its draft", async () => {
    const { journal, commands, states, nudges } = await start();
    expect(await commands.discardOffered(chatId)).toMatchObject({ ok: true });
    expect(await states()).toEqual([
      ["refused", "failed"],
      ["elsewhere", "offered"],
    ]);
    const kept = (await journal.draftRevisions(chatId)).map((revision) => revision.text);
    expect(kept.sort()).toEqual(["one", "two"]);
    expect(nudges()).toBe(0);
    journal.close();
  });
});
