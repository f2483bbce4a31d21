import { success } from "@parley/protocol/errors.ts";
import { AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import type { CacheReads } from "./cache-store.ts";
import { Suspects } from "./chain-checks.ts";
import type { ChatRow } from "./model.ts";
import { createPuller, type PullerDeps } from "./puller.ts";
import { sampleChat } from "./testing/sample.ts";

/** A puller over a list of chats that are behind; each pull catches all of them up. */
function behindList() {
  const behind: ChatRow[] = [];
  const pulled: ChatId[] = [];
  const reads = {
    chatsBehind: () => Promise.resolve([...behind]),
    chats: () => Promise.resolve([]),
    ranges: () => Promise.resolve([]),
  };
  const deps = {
    me: newId(AccountId),
    suspects: new Suspects(),
    nowMs: () => 0,
    wakeAt: () => undefined,
    current: () => true,
    openChats: () => new Set<ChatId>(),
    onEpochChanged: () => undefined,
    cache: {
      read: <T>(body: (from: CacheReads) => Promise<T>) => body(reads as unknown as CacheReads),
    },
    link: {
      request: () => {
        const rows = behind.splice(0);
        pulled.push(...rows.map((row) => row.chatId));
        const parts = rows.map(({ chatId, headSeq }) => ({ chatId, headSeq, events: [1] }));
        return Promise.resolve(
          success({ parts: parts.map((part) => ({ ...part, withheld: [] })), more: false }),
        );
      },
    },
    writer: { commit: () => Promise.resolve(true) },
  } as unknown as PullerDeps;
  return { puller: createPuller(deps), behind, pulled };
}

test("S6a: whatever falls behind just as a pull ends is pulled too, at whichever moment that is", async () => {
  for (let turns = 0; turns < 40; turns += 1) {
    const { puller, behind, pulled } = behindList();
    const first = puller.pull();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const chatId = newId(ChatId);
    behind.push(sampleChat(chatId, { headSeq: 3, cursor: 1 }));
    const second = puller.pull();
    expect(await first).toBeNull();
    expect(await second).toBeNull();
    expect(pulled, `after ${turns} turns`).toEqual([chatId]);
  }
});
