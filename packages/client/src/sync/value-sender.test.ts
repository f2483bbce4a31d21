import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import type { RequestInput } from "@parley/protocol/socket/requests.ts";
import { valueKey } from "@parley/protocol/values.ts";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import type { HostLink } from "./host-link.ts";
import { MemoryCacheData, openMemoryCache } from "./testing/memory-cache-store.ts";
import { MemoryJournalData, openMemoryJournal } from "./testing/memory-journal-store.ts";
import { createValueSender } from "./value-sender.ts";

const key = valueKey("mute", newId(ChatId));

/** A sender whose server accepts everything that `refusal` does not refuse. */
function sender(
  onAnswered: () => Promise<boolean>,
  isOnline = () => true,
  refusal: (puts: readonly unknown[]) => Result<never> | null = () => null,
) {
  const clock = new FakeClock();
  const journal = openMemoryJournal(new MemoryJournalData());
  const asked: RequestInput<"values:put">[] = [];
  const done = async () => success({});
  const link: HostLink = {
    // The sender asks for nothing else, and this is how that is answered.
    request: async (_name, body) => {
      const { puts } = body as RequestInput<"values:put">;
      asked.push({ puts });
      const refused = refusal(puts);
      if (refused) return refused;
      const outcomes = puts.map(({ key: put, value }) => ({
        written: { key: put, value, change: 3 },
      }));
      return success({ outcomes }) as never;
    },
    mark: done,
    ready: done,
    caughtUp: done,
    nudge: done,
  };
  const values = createValueSender({
    journal,
    cache: openMemoryCache(new MemoryCacheData()),
    link,
    clock,
    online: isOnline,
    onAnswered,
    onRefused: () => undefined,
    onFault: (cause) => {
      throw cause;
    },
  });
  return { clock, journal, asked, values };
}

describe("sending account values", () => {
  it("S11: a value leaves the journal only once the cache has the outcome", async () => {
    let isFull = true;
    const { clock, journal, asked, values } = sender(async () => !isFull);
    await journal.putWaiting({ key, value: "1" });
    await values.flush();
    await clock.advance(10_000);
    expect(await journal.waitingPuts()).toHaveLength(1);
    // It asks again, but less and less often.
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length).toBeLessThan(12);
    isFull = false;
    await clock.advance(60_000);
    expect(await journal.waitingPuts()).toEqual([]);
  });

  it("S11: what is set anew while a value is on its way is sent after it", async () => {
    const { journal, asked, values } = sender(async () => {
      if (asked.length === 1) await journal.putWaiting({ key, value: "2" });
      return true;
    });
    await journal.putWaiting({ key, value: "1" });
    await values.flush();
    expect(asked.map(({ puts }) => puts.map((put) => put.value))).toEqual([["1"], ["2"]]);
    expect(await journal.waitingPuts()).toEqual([]);
  });

  it("S11: nothing is sent while there is no connection, nor after the end", async () => {
    let isOnline = false;
    const { journal, asked, values } = sender(
      async () => true,
      () => isOnline,
    );
    await journal.putWaiting({ key, value: "1" });
    await values.flush();
    expect(asked).toEqual([]);
    isOnline = true;
    values.stop();
    await values.flush();
    expect(asked).toEqual([]);
  });

  it("S11: a click sends what waits for its next try, unless the server asked for a pause", async () => {
    for (const [retryAfterMs, isSent] of [
      [undefined, true],
      [20_000, false],
    ] as const) {
      let isBusy = true;
      const { clock, journal, values } = sender(
        async () => true,
        () => true,
        () => (isBusy ? failure("busy", "full", { ...(retryAfterMs && { retryAfterMs }) }) : null),
      );
      await journal.putWaiting({ key, value: "1" });
      await values.flush();
      isBusy = false;
      await values.hurry();
      await clock.advance(0);
      expect(await journal.waitingPuts()).toHaveLength(isSent ? 0 : 1);
      await clock.advance(20_001);
      expect(await journal.waitingPuts()).toHaveLength(0);
    }
  });

  it("S11: once all that was refused together has gone one by one, values go together again", async () => {
    let isRefused = true;
    const { journal, asked, values } = sender(
      async () => true,
      () => true,
      (puts) => (isRefused && puts.length > 1 ? failure("too_large", "together") : null),
    );
    const others = [1, 2].map(() => valueKey("pin", newId(ChatId)));
    for (const each of others) await journal.putWaiting({ key: each, value: "1" });
    await values.flush();
    expect(asked.map(({ puts }) => puts.length)).toEqual([2, 1, 1]);
    isRefused = false;
    for (const each of others) await journal.putWaiting({ key: each, value: "2" });
    await values.flush();
    expect(asked.at(-1)?.puts).toHaveLength(2);
  });
});
