import type { RelayedName } from "@parley/protocol/bridge/contract.ts";
import { REL } from "@parley/protocol/event.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import type { Disk } from "./failing-disk.ts";
import type { Faults } from "./model-device.ts";
import type { ModelWorld } from "./model-world.ts";
import { gapsWithin } from "../ranges.ts";
import { faultsOf } from "./reckoning.ts";
import { isValueStep, runValueStep, type ValueStep, valueSteps } from "./value-steps.ts";

/**
 * Random programs of several people and devices: writing, relating, joining and leaving, with lost,
 * repeated and late frames, lost requests and answers, crashes at any step, dropped caches.
 */

export type Step =
  | { do: "create"; device: number }
  | {
      do: "write";
      device: number;
      chat: number;
      times: number;
      poison: boolean;
      /** An account that is mentioned. */
      mention?: number | undefined;
    }
  | { do: "relate"; device: number; chat: number; kind: string; back: number }
  | { do: "add" | "remove" | "title"; device: number; chat: number; account: number }
  | { do: "leave"; device: number; chat: number }
  | { do: "read"; device: number; chat: number }
  | { do: "older"; device: number; chat: number }
  | { do: "offline" | "online" | "drop" | "heal" | "late"; device: number }
  | { do: "open" | "close"; device: number }
  | { do: "crash"; device: number; after: number }
  | { do: "faults"; device: number; faults: Faults }
  | { do: "away"; device: number; by: number; chat: number; times: number; kinds: string[] }
  | ValueStep
  | { do: "late-page"; device: number; by: number; chat: number; kinds: string[] }
  | { do: "disk"; device: number; disk: Disk }
  /** The host means another window, and the one before does not hear of it. */
  | { do: "assign"; device: number; window: number }
  | { do: "host"; device: number }
  /** Somebody sets the clock of all machines. */
  | { do: "clock"; byMs: number }
  | { do: "busy"; chance: number }
  | { do: "wait"; turns: number; ms: number };

const device = fc.nat(5);
const chat = fc.nat(3);
const account = fc.nat(2);
const chance = fc.constantFrom(0, 0, 0.1, 0.3);
const faults = fc.record({
  loseRequest: chance,
  loseAnswer: chance,
  slowAnswer: fc.constantFrom(0, 0, 0.5, 0.8),
  losePush: chance,
  repeatPush: chance,
  delayPush: chance,
  damage: fc.constantFrom(0, 0, 0, 0.1, 0.3),
});
const relKind = fc.constantFrom(REL.reply, REL.edit, REL.reaction, REL.redact);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("create" as const), device }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      device,
      chat,
      times: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) },
        { weight: 2, arbitrary: fc.constant(12) },
      ),
      poison: fc.constantFrom(false, false, false, false, true),
      mention: fc.option(account, { nil: undefined }),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant("relate" as const),
      device,
      chat,
      kind: relKind,
      back: fc.oneof(fc.nat(3), fc.nat(40)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("add" as const, "remove" as const, "title" as const),
      device,
      chat,
      account,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("away" as const),
      device,
      by: device,
      chat,
      times: fc.integer({ min: 4, max: 14 }),
      kinds: fc.array(relKind, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("late-page" as const),
      device,
      by: device,
      chat,
      kinds: fc.array(relKind, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), device, chat }) },
  ...valueSteps(device, chat),
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), device, chat }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("older" as const), device, chat }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "offline" as const,
        "online" as const,
        "online" as const,
        "drop" as const,
        "heal" as const,
        "late" as const,
      ),
      device,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("open" as const, "close" as const), device }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("crash" as const), device, after: fc.nat(40) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("faults" as const), device, faults }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("disk" as const),
      device,
      disk: fc.record({
        full: chance,
        broken: chance,
        of: fc.constantFrom(undefined, "cache" as const, "journal" as const),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("assign" as const), device, window: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("host" as const), device }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("clock" as const),
      byMs: fc.constantFrom(-86_400_000, 3_600_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("busy" as const),
      chance: fc.constantFrom(0, 0.3, 0.7),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      turns: fc.nat(4),
      ms: fc.constantFrom(0, 600, 5_000),
    }),
  },
);

async function request(
  world: ModelWorld,
  index: number,
  name: RelayedName,
  body: object,
): Promise<void> {
  const engine = world.device(index).writer?.engine;
  if (engine === undefined) return;
  const asked = engine.link.request(name, body as never).then(async (answer) => {
    if (!answer.ok) return;
    const value = answer.value as { event?: never; chat?: never; people: [] };
    if (value.event) await engine.ingest([{ kind: "event", change: 0, event: value.event }]);
    if (value.chat) {
      await engine.ingest([{ kind: "chat", change: 0, chat: value.chat, people: value.people }]);
    }
    if (!("events" in value)) return;
    // A page may come to the writer long after the server made it.
    await world.turns(Math.floor(world.random() * 12));
    await engine.ingest([{ kind: "part", part: value as never }]);
  });
  await Promise.race([asked.catch(() => undefined), world.turns(3)]);
}

async function run(world: ModelWorld, step: Step): Promise<void> {
  switch (step.do) {
    case "create": {
      if (world.chats.length >= 4) return;
      const chatId = newId(ChatId);
      const accountIds = world.accounts.filter((id) => id !== world.device(step.device).accountId);
      world.chats.push(chatId);
      return request(world, step.device, "chat:create-group", {
        chatId,
        title: "Group",
        accountIds: accountIds.slice(0, 1),
        history: world.random() < 0.5 ? "all" : "joined",
      });
    }
    case "away":
      return missMuch(world, step);
    case "late-page":
      return latePage(world, step);
    case "busy":
      world.server.busy = () => world.random() < step.chance;
      return;
    case "clock":
      return world.clock.sleep(step.byMs);
    case "wait":
      await world.turns(step.turns);
      return world.clock.advance(step.ms);
    default:
      return isValueStep(step) ? runValueStep(world, step) : runOnDevice(world, step);
  }
}

/** A device is away while much is written and older messages are changed: snapshots and moved folds. */
async function missMuch(world: ModelWorld, step: Extract<Step, { do: "away" }>): Promise<void> {
  const { device: index, by, chat: at, times, kinds } = step;
  if (world.device(index) === world.device(by)) return;
  await world.turns(4);
  world.device(index).disconnect();
  const chatId = world.chat(at);
  const known = (chatId && world.server.chats.get(chatId)?.events.length) ?? 0;
  await run(world, { do: "write", device: by, chat: at, times, poison: false });
  await world.turns(6);
  for (const kind of kinds) {
    const events = (chatId && world.server.chats.get(chatId)?.events.length) ?? 0;
    const back = events - 1 - Math.floor(world.random() * Math.max(1, known));
    await run(world, { do: "relate", device: by, chat: at, kind, back });
  }
  await world.turns(6);
  world.device(index).connect();
}

/** A page that fills a gap is on its way while its messages change: it comes as of an older head. */
async function latePage(
  world: ModelWorld,
  step: Extract<Step, { do: "late-page" }>,
): Promise<void> {
  const { device: index, by, chat: at, kinds } = step;
  const { engine, cache } = world.device(index).writer ?? {};
  const chatId = world.chat(at);
  if (engine === undefined || cache === undefined || chatId === undefined) return;
  if (world.device(index) === world.device(by)) return;
  await missMuch(world, { do: "away", device: index, by, chat: at, times: 14, kinds: [] });
  await world.turns(30);
  const fill = async (): Promise<void> => {
    const { ranges, row } = await cache.read(async (reads) => ({
      ranges: await reads.ranges(chatId),
      row: (await reads.chats([chatId]))[0],
    }));
    const gap = gapsWithin(ranges, { from: 1, to: row?.cursor ?? 0 }).at(-1);
    if (gap === undefined) return;
    const page = { chatId, before: gap.to + 1, limit: 5 };
    const answer = await engine.link.request("chat:history", page);
    if (!answer.ok) return;
    for (const kind of kinds) {
      const events = world.server.chats.get(chatId)?.events.length ?? 0;
      const seq = gap.to - Math.floor(world.random() * 5);
      await run(world, { do: "relate", device: by, chat: at, kind, back: events - seq });
    }
    await world.turns(30);
    await engine.ingest([{ kind: "part", part: answer.value }]);
  };
  await Promise.race([fill().catch(() => undefined), world.turns(120)]);
}

async function runOnDevice(
  world: ModelWorld,
  step: Exclude<
    Step,
    ValueStep | { do: "create" | "wait" | "busy" | "clock" | "away" | "late-page" }
  >,
): Promise<void> {
  const index = step.device;
  const at = world.device(index);
  const chatId = "chat" in step ? world.chat(step.chat) : undefined;
  const events = (chatId && world.server.chats.get(chatId)?.events) ?? [];
  switch (step.do) {
    case "offline":
      return at.disconnect();
    case "online":
      return at.connect();
    case "drop":
      return world.data[world.devices.indexOf(at)]?.drop();
    case "heal":
      return at.heal();
    case "late":
      return at.releaseDelayed();
    case "open":
      if (at.windows.length < 3) await at.openWindow();
      return;
    case "close":
      if (at.writer !== undefined) at.closeWindow(at.writer);
      return;
    case "crash":
      if (at.writer !== undefined) at.writer.stepsLeft = step.after;
      return;
    case "faults":
      at.faults = step.faults;
      return;
    case "disk":
      at.disk = step.disk;
      return;
    case "assign": {
      const meant = at.windows[step.window % Math.max(1, at.windows.length)];
      if (meant?.alive && meant !== at.writer) at.assign(meant);
      return;
    }
    case "host":
      return at.restartHost();
    default:
  }
  if (chatId === undefined) return;
  switch (step.do) {
    case "write":
      for (let i = 0; i < step.times; i++) {
        const mention = step.mention === undefined ? undefined : world.accounts[step.mention];
        const mentions = mention === undefined ? {} : { mentions: [mention] };
        await world.write(index, chatId, { poison: step.poison && i === 0, ...mentions });
      }
      return;
    case "relate": {
      const target = events.at(-1 - step.back);
      if (target === undefined || target.system !== undefined) return;
      const key = world.random() < 0.5 ? "👍" : "🙂";
      // V29: the server decides; what nobody may do is tried now and then.
      const isMessage = target.rel === undefined || target.rel.kind === REL.reply;
      const mine = target.senderId === at.accountId;
      const offered =
        step.kind === REL.reply ||
        (step.kind === REL.reaction
          ? isMessage
          : isMessage || (step.kind === REL.redact && target.rel?.kind === REL.reaction));
      if (!offered || (!mine && step.kind === REL.edit && world.random() < 0.9)) return;
      const ofReaction = step.kind === REL.redact && target.rel?.kind === REL.reaction;
      return world.write(index, chatId, {
        rel: {
          kind: step.kind,
          target: target.clientId,
          ...(step.kind === REL.reaction && { key }),
          ...(ofReaction && target.rel?.key && { key: target.rel.key }),
        },
      });
    }
    case "add":
    case "remove": {
      const accountId = world.accounts[step.account % world.accounts.length];
      const name = step.do === "add" ? "chat:add-members" : "chat:remove-member";
      const body = step.do === "add" ? { chatId, accountIds: [accountId] } : { chatId, accountId };
      return request(world, index, name, body);
    }
    case "title":
      return request(world, index, "chat:set-title", { chatId, title: `Title ${step.account}` });
    case "leave":
      return request(world, index, "chat:leave", { chatId });
    case "read": {
      const window = at.windows[0];
      const readSeq = events.length;
      const marked = window?.journal
        ?.putReadMark({ chatId, readSeq })
        .then(() => window.engine?.link.mark([{ chatId, readSeq }]))
        .catch(() => undefined);
      await Promise.race([marked, world.turns(2)]);
      return;
    }
    case "older": {
      const before = 1 + Math.floor(world.random() * (events.length + 1));
      return request(world, index, "chat:history", { chatId, before, limit: 5 });
    }
    default:
  }
}

/** Plays a program in a world and settles it; returns all in which devices and server then differ. */
export async function play(world: ModelWorld, steps: readonly Step[]): Promise<string[]> {
  await world.start();
  await run(world, { do: "create", device: 0 });
  for (const one of steps) await run(world, one);
  await world.settle();
  let faults = await faultsOf(world);
  // A database takes more turns than memory does.
  for (let i = 0; i < 20 && faults.length > 0; i++) {
    await world.settle(2);
    faults = await faultsOf(world);
  }
  return faults;
}

/** Programs of `min` to `max` steps. */
export function programs(min: number, max: number): fc.Arbitrary<Step[]> {
  return fc.array(step, { minLength: min, maxLength: max });
}
