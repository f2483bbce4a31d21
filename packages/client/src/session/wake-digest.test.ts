import { ChatId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventChange, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost } from "../testing/fake-host.ts";
import type { FakeWindow } from "../testing/fake-window.ts";

/** Longer than the host takes to see that a pause is over. */
const SETTLED_MS = 31_000;
const MINUTE_MS = 60_000;
const CHATS = 3;

type Step =
  | { act: "message" | "read"; chat: number }
  | { act: "disturb"; on: boolean }
  | { act: "pause"; minutes: number }
  | { act: "digest"; on: boolean }
  | { act: "wait"; minutes: number }
  | { act: "restart" };

const chat = fc.nat(CHATS - 1);
const minutes = fc.integer({ min: 1, max: 3 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: chat.map((each): Step => ({ act: "message", chat: each })) },
    chat.map((each): Step => ({ act: "read", chat: each })),
    { weight: 3, arbitrary: fc.boolean().map((on): Step => ({ act: "disturb", on })) },
    minutes.map((each): Step => ({ act: "pause", minutes: each })),
    fc.constantFrom(true, true, false).map((on): Step => ({ act: "digest", on })),
    minutes.map((each): Step => ({ act: "wait", minutes: each })),
    fc.constant<Step>({ act: "restart" }),
  ),
  { minLength: 20, maxLength: 40, size: "max" },
);

/** What a user expects: which chats wait to be told, and what is on now. */
class Model {
  isDisturbOff = false;
  pausedUntilMs = 0;
  wantsDigest = true;
  readonly held = new Set<number>();

  isOff(nowMs: number): boolean {
    return this.isDisturbOff || this.pausedUntilMs > nowMs;
  }

  /** What is told now that alerts may be on again: how many chats in one notification; 0 for none. */
  wake(nowMs: number): number {
    if (this.isOff(nowMs)) return 0;
    const told = this.wantsDigest ? this.held.size : 0;
    this.held.clear();
    return told;
  }
}

class Run {
  readonly fake = new FakeHost();
  readonly model = new Model();
  readonly chatIds = Array.from({ length: CHATS }, () => newId(ChatId));
  readonly #heads = this.chatIds.map(() => 0);
  #window: FakeWindow | undefined;
  #seen = 0;

  get window(): FakeWindow {
    if (!this.#window) throw new Error("the run has not begun");
    return this.#window;
  }

  async begin(): Promise<void> {
    this.#window = await this.fake.openWindow();
    await this.fake.signIn(this.window);
  }

  /** Takes a step; answers how many messages were to be told at once. */
  async take(step: Step): Promise<number> {
    const { fake, model } = this;
    const nowMs = fake.clock.nowMs();
    switch (step.act) {
      case "message": {
        const seq = (this.#heads[step.chat] ?? 0) + 1;
        this.#heads[step.chat] = seq;
        const chatId = this.chatIds[step.chat];
        if (!chatId) return 0;
        const change = eventChange(fakeMessage({ chatId, seq }));
        fake.server.push("sync:changes", { changes: [change] });
        await fake.clock.advance(10);
        if (!model.isOff(nowMs)) return 1;
        model.held.add(step.chat);
        return 0;
      }
      case "read": {
        const chatId = this.chatIds[step.chat];
        const readSeq = this.#heads[step.chat] ?? 0;
        if (!chatId || readSeq === 0) return 0;
        const { accountKey } = fake;
        void this.window.call("receipt:mark", { accountKey, marks: [{ chatId, readSeq }] });
        model.held.delete(step.chat);
        return 0;
      }
      case "disturb":
        model.isDisturbOff = step.on;
        void this.window.call("alerts:configure", { doNotDisturb: step.on });
        return 0;
      case "pause": {
        model.pausedUntilMs = nowMs + step.minutes * MINUTE_MS;
        void this.window.call("alerts:configure", { snoozedUntilMs: model.pausedUntilMs });
        return 0;
      }
      case "digest":
        model.wantsDigest = step.on;
        void this.window.call("alerts:configure", { wakeDigest: step.on });
        return 0;
      case "wait":
        await fake.clock.advance(step.minutes * MINUTE_MS);
        return 0;
      case "restart":
        this.window.become("gone");
        await fake.restart();
        this.#window = await fake.openWindow();
        this.#seen = 0;
        return 0;
    }
  }

  /** What was shown since the last look. */
  news(): string[] {
    const shown = this.window.bodiesOf("notification:show");
    const news = shown.slice(this.#seen).map(({ body }) => body);
    this.#seen = shown.length;
    return news;
  }
}

test("V51: what alerts kept back is told once they are on again, by one notification, and nothing before", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (program) => {
      const run = new Run();
      await run.begin();
      for (const step of program) {
        const atOnce = await run.take(step);
        await run.fake.clock.advance(SETTLED_MS);
        const told = run.model.wake(run.fake.clock.nowMs());
        const news = run.news();
        const sums = news.filter((body) => body.includes(" unread in "));
        expect(sums).toEqual(told > 0 ? [`${told} unread in ${told}`] : []);
        expect(news.length - sums.length).toBe(atOnce);
      }
    }),
    { numRuns: 60 },
  );
});
