import { isMessage, REL } from "@parley/protocol/event.ts";
import { ChatId, type ClientId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ModelWorld } from "./testing/model-world.ts";
import { faultsOf } from "./testing/reckoning.ts";

/** What happens in one program; numbers choose devices, messages and relations. */
const Step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), by: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("relate" as const),
      by: fc.nat(3),
      target: fc.nat(30),
      rel: fc.constantFrom(REL.edit, REL.reaction, REL.redact, REL.reply),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("connect" as const), by: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("disconnect" as const), by: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("turns" as const), count: fc.nat(6) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("crash" as const), by: fc.nat(3), after: fc.nat(60) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("disk" as const),
      by: fc.nat(3),
      full: fc.constantFrom(0, 0.1, 0.3),
      broken: fc.constantFrom(0, 0.1, 0.3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("backup" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restore" as const) }) },
);
type Step = typeof Step extends fc.Arbitrary<infer One> ? One : never;

/** What a device holds of others at the moment of a restore, by name; read beside its windows. */
async function heldOfOthers(world: ModelWorld, device: number, chatId: ChatId) {
  const cache = await world.data[device]?.stores.openCache();
  const rows = await cache?.read((reads) => reads.eventsBetween(chatId, 1, 9_999));
  const { accountId } = world.device(device);
  return (rows ?? [])
    .filter((row) => row.senderId !== accountId && isMessage(row))
    .map((row) => row.clientId);
}

/** A window dies at one of its next steps, before or after it; another one opens later. */
async function crash(world: ModelWorld, by: number, after: number): Promise<void> {
  const device = world.device(by);
  if (device.windows.length === 0) await device.openWindow();
  else if (device.writer !== undefined) device.writer.stepsLeft = after;
}

async function play(seed: number, steps: readonly Step[]): Promise<string[]> {
  const world = new ModelWorld(seed, 2, 2);
  await world.start();
  const chatId = newId(ChatId);
  const accountIds = world.accounts.slice(1);
  const body = { chatId, title: "Ops", accountIds, history: "all" as const };
  await world.device(0).writer?.engine?.link.request("chat:create-group", body);
  world.chats.push(chatId);
  await world.turns(4);
  let backup = world.server.backup();
  const held = world.devices.map(() => new Set<ClientId>());
  for (const step of steps) {
    if (step.kind === "write") await world.write(step.by, chatId);
    else if (step.kind === "connect") world.device(step.by).connect();
    else if (step.kind === "disconnect") world.device(step.by).disconnect();
    else if (step.kind === "turns") await world.turns(step.count);
    else if (step.kind === "crash") await crash(world, step.by, step.after);
    else if (step.kind === "disk") world.device(step.by).disk = step;
    else if (step.kind === "backup") backup = world.server.backup();
    else if (step.kind === "restore") {
      for (const [i, names] of held.entries()) {
        for (const name of await heldOfOthers(world, i, chatId)) names.add(name);
      }
      world.server.restore(backup);
      for (const device of world.devices) device.disconnect();
    } else {
      const target = world.written[step.target % Math.max(1, world.written.length)];
      if (target === undefined || target.rel !== undefined) continue;
      const key = step.rel === REL.reaction ? { key: "+1" } : {};
      const rel = { kind: step.rel, target: target.clientId, ...key };
      await world.write(step.by, chatId, { rel });
    }
  }
  await world.settle(5);
  return [...(await accountFaults(world, chatId, held)), ...(await convergenceFaults(world))];
}

/** All devices agree with the server; what is not there again, or later than before, is no fault here. */
async function convergenceFaults(world: ModelWorld): Promise<string[]> {
  const faults = await faultsOf(world);
  return faults.filter((fault) => !/is out of order|is stored 0 times/.test(fault));
}

/** S6c: a message is on the server, or its author is asked; others still have what they had. */
async function accountFaults(
  world: ModelWorld,
  chatId: ChatId,
  held: readonly ReadonlySet<ClientId>[],
): Promise<string[]> {
  const faults: string[] = [];
  const stored = new Set(world.server.chats.get(chatId)?.events.map((event) => event.clientId));
  const redacted = new Set(
    world.written.filter(({ rel }) => rel?.kind === REL.redact).map(({ rel }) => rel?.target),
  );
  const journaled = new Set<ClientId>();
  for (const device of world.devices) {
    const entries = (await device.writer?.journal?.entries()) ?? [];
    for (const entry of entries) journaled.add(entry.clientId);
  }
  for (const { clientId, rel, device } of world.written) {
    if (rel !== undefined && rel.kind !== REL.reply) continue;
    if (stored.has(clientId) || journaled.has(clientId) || redacted.has(clientId)) continue;
    faults.push(`a message of device ${device} is neither stored nor offered`);
  }
  for (const [i, names] of held.entries()) {
    const aside = (await world.device(i).writer?.journal?.aside(chatId)) ?? [];
    const kept = new Set(aside.map((row) => row.event.clientId));
    for (const name of names) {
      if (!stored.has(name) && !kept.has(name)) faults.push(`device ${i} dropped what it had`);
    }
  }
  return faults;
}

/** Programs that once failed. */
const PINNED: [number, Step[]][] = [
  // An answered flush let an offer go, because the cache still held the row that was about to be cut.
  [
    0,
    [
      { kind: "write", by: 0 },
      { kind: "restore" },
      { kind: "write", by: 0 },
      { kind: "write", by: 0 },
      { kind: "relate", by: 0, target: 4, rel: REL.redact },
      { kind: "write", by: 0 },
      { kind: "write", by: 1 },
      { kind: "turns", count: 0 },
    ],
  ],
];

it("S6c, V24, V35: whatever happens around restores, devices converge and nobody's words are lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(Step, { minLength: 8, maxLength: 40 }),
      async (seed, steps) => {
        expect(await play(seed, steps)).toEqual([]);
      },
    ),
    {
      numRuns: Number(process.env["PARLEY_EPOCHS"] ?? 60),
      examples: PINNED,
      interruptAfterTimeLimit: 60_000,
      markInterruptAsFailure: false,
    },
  );
}, 300_000);
