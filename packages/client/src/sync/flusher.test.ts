import { failure, type Result } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { createFlusher } from "./flusher.ts";
import type { HostLink } from "./host-link.ts";
import { MemoryJournalData, openMemoryJournal } from "./testing/memory-journal-store.ts";
import { sampleEntry } from "./testing/sample.ts";

/** A flusher with one waiting message, whose server says what `answer` says. */
async function flusher(answer: () => Result<never>) {
  const clock = new FakeClock();
  const journal = openMemoryJournal(new MemoryJournalData());
  let asked = 0;
  const link = {
    request: () => {
      asked += 1;
      return Promise.resolve(answer());
    },
  } as unknown as HostLink;
  await journal.add(sampleEntry(newId(ChatId)));
  const sends = createFlusher({
    journal,
    link,
    clock,
    online: () => true,
    isSound: () => true,
    onAcked: () => Promise.resolve(),
    onFault: (cause) => {
      throw cause;
    },
  });
  return { sends, clock, asked: () => asked };
}

test("S11: the user can have the next try at once after a busy spell, once for each click", async () => {
  const { sends, clock, asked } = await flusher(() => failure("busy", "full"));
  await sends.flush();
  await clock.advance(120_000);
  const before = asked();
  await clock.advance(1_000);
  expect(asked()).toBe(before);
  for (const times of [1, 2, 3]) {
    await sends.hurry();
    await clock.advance(100);
    expect(asked()).toBe(before + times);
  }
});

test("S11: a server that asked for a pause is left alone until it is over, however often one clicks", async () => {
  const { sends, clock, asked } = await flusher(() =>
    failure("rate_limited", "slowly", { retryAfterMs: 20_000 }),
  );
  await sends.flush();
  await clock.advance(0);
  for (let i = 0; i < 19; i++) {
    await sends.hurry();
    await clock.advance(1_000);
  }
  expect(asked()).toBe(1);
  await clock.advance(1_001);
  expect(asked()).toBe(2);
});

test("S11: what a user hurried is tried again by itself too, as if it had not been", async () => {
  const { sends, clock, asked } = await flusher(() => failure("busy", "full"));
  await sends.flush();
  await clock.advance(60_000);
  await sends.hurry();
  await clock.advance(0);
  const before = asked();
  await clock.advance(31_000);
  expect(asked()).toBeGreaterThan(before);
});
