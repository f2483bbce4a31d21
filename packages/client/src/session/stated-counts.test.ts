import type { Counts } from "@parley/protocol/counts.ts";
import { AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeMessage } from "../testing/fake-events.ts";
import { StatedCounts } from "./stated-counts.ts";

type Act = "message" | "mention" | "read" | "erase" | "answer";

/**
 * A chat on the server: every commit is told live, in order, and `answer` is a page of a hello as of its
 * commit, which may arrive after what was committed later.
 */
function history(acts: readonly Act[], me: AccountId) {
  const chatId = newId(ChatId);
  const live: (
    | { kind: "event"; event: ReturnType<typeof fakeMessage> }
    | { kind: "stated"; counts: Counts; change: number }
  )[] = [];
  const answers: { at: number; counts: Counts; change: number }[] = [];
  let unread: { isMention: boolean }[] = [];
  let seq = 0;
  let change = 0;
  const counts = (): Counts => ({
    unread: unread.length,
    mentions: unread.filter(({ isMention }) => isMention).length,
    countedThroughSeq: seq,
  });
  for (const act of acts) {
    if (act === "answer") answers.push({ at: live.length, counts: counts(), change });
    else change += 1;
    if (act === "message" || act === "mention") {
      seq += 1;
      const isMention = act === "mention";
      const event = fakeMessage({ chatId, seq, ...(isMention && { mentions: [me] }) });
      unread = [...unread, { isMention }];
      live.push({ kind: "event", event });
    }
    if (act === "read" || act === "erase") {
      unread = act === "read" ? [] : unread.slice(1);
      live.push({ kind: "stated", counts: counts(), change });
    }
  }
  return { chatId, live, answers, end: counts() };
}

const ACTS = fc.array(
  fc.constantFrom<Act>("message", "message", "mention", "read", "erase", "answer"),
  { maxLength: 40 },
);

test("S9: the numbers are the server's, however late its answers come", () => {
  fc.assert(
    fc.property(
      ACTS,
      fc.array(fc.nat({ max: 5 }), { minLength: 40, maxLength: 40 }),
      (acts, late) => {
        const me = newId(AccountId);
        const { chatId, live, answers, end } = history(acts, me);
        const stated = new StatedCounts(me);
        let known: Counts | null = { unread: 0, mentions: 0, countedThroughSeq: 0 };
        for (let at = 0; at <= live.length + 5; at++) {
          for (const [nth, answer] of answers.entries()) {
            if (answer.at + (late[nth] ?? 0) !== at) continue;
            known = stated.state(chatId, answer.counts, answer.change) ?? known;
          }
          const told = live[at];
          if (told?.kind === "event") known = stated.add(known, told.event);
          if (told?.kind === "stated")
            known = stated.state(chatId, told.counts, told.change) ?? known;
        }
        expect(known).toEqual(end);
      },
    ),
    { numRuns: 500 },
  );
});
