import { Attention } from "@parley/client/session/attention.ts";
import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import { AccountId, ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { PushBody } from "@parley/protocol/socket/pushes.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FanoutConnection, Push } from "../../apps/server/src/fanout/port.ts";
import { AttentionService } from "../../apps/server/src/features/presence/attention.service.ts";

/**
 * The lease from end to end: what each device of an account believes of the others, by the real code of
 * client and server, over lines that lose words, hang and break, with clocks that agree on nothing.
 */

const DEVICES = 3;
const CHATS = [newId(ChatId), newId(ChatId)];
/** Longest time that a word takes here, and that windows wait before they tell. */
const SETTLED_MS = 100;
/** V37: after this long the server has given up a line that hangs. */
const GIVEN_UP_MS = 30_000;

type Line = FanoutConnection & { hangs: boolean };

/** The server's side: its service, and who is connected. */
class Server {
  readonly lines: Line[] = [];
  readonly service = new AttentionService({ connectionsOf: () => this.lines });

  open(line: Line): void {
    this.lines.push(line);
    this.tellOthers();
  }

  close(line: Line): void {
    const place = this.lines.indexOf(line);
    if (place < 0) return;
    this.service.forget(line);
    this.lines.splice(place, 1);
    this.tellOthers();
  }

  tellOthers(): void {
    for (const line of this.lines) {
      line.send({ name: "session:others", body: { others: this.lines.length - 1 } } as Push);
    }
  }
}

/** One device: its windows' view, its clock, and the line by which it is connected, if it is. */
class Device {
  readonly deviceId = newId(DeviceId);
  readonly attention: Attention;
  line: Line | undefined;
  inView: ChatId[] = [];
  readonly #server: Server;
  readonly #accountId: AccountId;

  constructor(server: Server, accountId: AccountId, clock: FakeClock, loses: () => boolean) {
    this.#server = server;
    this.#accountId = accountId;
    this.attention = new Attention({
      clock,
      isLive: () => this.line !== undefined,
      presencesChanged: () => undefined,
      request: (async (name: string, body: { chatIds: ChatId[] }) => {
        const { line } = this;
        if (name !== "attention:set" || !line) return success({ presences: [] });
        if (line.hangs || loses()) return failure("timeout", "lost");
        server.service.set(line, body.chatIds);
        return success({});
      }) as never,
    });
  }

  connect(): void {
    if (this.line) return;
    const line: Line = {
      id: crypto.randomUUID(),
      accountId: this.#accountId,
      deviceId: this.deviceId,
      hangs: false,
      end: () => undefined,
      send: ({ name, body }) => {
        if (line.hangs || this.line !== line) return;
        if (name === "session:others") {
          this.attention.setOthers((body as PushBody<"session:others">).others);
        } else this.attention.learnElsewhere(body as PushBody<"attention:changed">);
      },
    };
    this.line = line;
    this.#server.open(line);
    this.attention.tell();
  }

  /** The client notices; the server does too, unless its line hangs. */
  disconnect(): Line | undefined {
    const { line } = this;
    this.line = undefined;
    this.attention.disconnected();
    if (line && !line.hangs) this.#server.close(line);
    return line;
  }

  look(chatIds: ChatId[]): void {
    this.inView = chatIds;
    this.attention.set("window", {
      focused: chatIds.length > 0,
      visible: true,
      openChatIds: chatIds,
      watchAccountIds: [],
    });
  }

  believes(): ChatId[] {
    return CHATS.filter((chatId) => this.attention.isInViewElsewhere(chatId));
  }
}

type Step = {
  device: number;
  act: "look" | "hang" | "drop" | "connect" | "lose" | "crash" | "return" | "wait";
  chats: number;
};

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    device: fc.nat(DEVICES - 1),
    act: fc.constantFrom("look", "look", "look", "hang", "drop", "connect", "lose", "crash"),
    chats: fc.nat(3),
  }),
  { maxLength: 40 },
);

function chatsOf(bits: number): ChatId[] {
  return CHATS.filter((_, place) => (bits & (1 << place)) !== 0);
}

class World {
  readonly server = new Server();
  readonly clocks: FakeClock[];
  readonly devices: Device[];
  readonly #left: { line: Line; forMs: number }[] = [];
  #losing = 0;

  constructor(skews: readonly number[]) {
    const accountId = newId(AccountId);
    this.clocks = skews.map((skewMs) => new FakeClock(1_700_000_000_000 + skewMs));
    this.devices = this.clocks.map(
      (clock) => new Device(this.server, accountId, clock, () => this.#losing-- > 0),
    );
    for (const device of this.devices) device.connect();
  }

  async take({ device, act, chats }: Step): Promise<void> {
    const one = this.devices[device];
    if (!one) return;
    switch (act) {
      case "look":
        one.look(chatsOf(chats));
        break;
      case "hang":
        if (one.line) one.line.hangs = true;
        break;
      case "drop":
      case "crash": {
        const line = one.disconnect();
        if (line?.hangs) this.#left.push({ line, forMs: GIVEN_UP_MS });
        if (act === "crash") one.look([]);
        break;
      }
      case "connect":
        one.connect();
        break;
      case "return": {
        // The server learns only later that the line before is dead.
        if (one.line) one.line.hangs = true;
        const line = one.disconnect();
        if (line) this.#left.push({ line, forMs: GIVEN_UP_MS });
        one.connect();
        break;
      }
      case "wait":
        await this.pass(GIVEN_UP_MS);
        break;
      case "lose":
        this.#losing = chats;
    }
    await this.pass(SETTLED_MS);
  }

  /** Time passes for all, by clocks that show different times. */
  async pass(forMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < forMs; passedMs += SETTLED_MS) {
      for (const clock of this.clocks) await clock.advance(SETTLED_MS);
      for (const left of this.#left.splice(0)) {
        left.forMs -= SETTLED_MS;
        if (left.forMs > 0) this.#left.push(left);
        else this.server.close(left.line);
      }
    }
  }

  /** All lines are good again. */
  async heal(): Promise<void> {
    this.#losing = 0;
    for (const device of this.devices) {
      if (device.line?.hangs) {
        const line = device.disconnect();
        if (line) this.#left.push({ line, forMs: GIVEN_UP_MS });
      }
      device.connect();
    }
    await this.pass(SETTLED_MS);
  }

  truthFor(device: Device): ChatId[] {
    const others = this.devices.filter((other) => other !== device);
    return CHATS.filter((chatId) => others.some((other) => other.inView.includes(chatId)));
  }
}

const DAY_MS = 86_400_000;
const skews = fc.array(fc.integer({ min: -DAY_MS, max: DAY_MS }), {
  minLength: DEVICES,
  maxLength: DEVICES,
});

test("S18: each device knows what the others have in view, whatever clocks say, over new lines while old ones hang", async () => {
  const looks = fc.array(
    fc.record({
      device: fc.nat(DEVICES - 1),
      act: fc.constantFrom("look" as const, "look" as const, "return" as const, "wait" as const),
      chats: fc.nat(3),
    }),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(skews, looks, async (skewsMs, program) => {
      const world = new World(skewsMs);
      for (const step of program) {
        await world.take(step);
        for (const device of world.devices)
          expect(device.believes()).toEqual(world.truthFor(device));
      }
      await world.pass(LIMITS.attentionMs + LIMITS.attentionRenewMs);
      for (const device of world.devices) expect(device.believes()).toEqual(world.truthFor(device));
    }),
    { numRuns: 40 },
  );
});

test("S18: whatever lines do, what nobody has in view any more is over within 30 s, and the truth is back by then", async () => {
  await fc.assert(
    fc.asyncProperty(skews, steps, async (skewsMs, program) => {
      const world = new World(skewsMs);
      for (const step of program) await world.take(step);
      // Nobody holds on to what ended, however the lines are.
      await world.pass(LIMITS.attentionMs);
      for (const device of world.devices) {
        const truth = world.truthFor(device);
        expect(device.believes().filter((chatId) => !truth.includes(chatId))).toEqual([]);
      }
      await world.heal();
      await world.pass(LIMITS.attentionMs + LIMITS.attentionRenewMs);
      for (const device of world.devices) expect(device.believes()).toEqual(world.truthFor(device));
      for (const device of world.devices) device.disconnect();
      expect(world.server.service.holderCount).toBe(0);
      for (const clock of world.clocks) expect(clock.timerCount).toBe(0);
    }),
    { numRuns: 40 },
  );
});
