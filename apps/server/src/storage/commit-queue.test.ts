import { failure, type Result } from "@parley/protocol/errors.ts";
import { type AccountId, DeviceId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accept,
  type Command,
  type CommandSpec,
  commandRegistry,
  defineCommand,
  type Write,
} from "./command.ts";
import { CommitQueue, QUEUE_LIMITS, type QueueLimits } from "./commit-queue.ts";
import { ConflictError, type Engine, noRows } from "./engine.ts";
import type { DeviceRow } from "./rows.ts";

// Devices serve as counters here: `generation` is the count.

interface Add extends Command<number> {
  readonly kind: "add";
  readonly deviceId: DeviceId;
  readonly by: number;
}

const add: CommandSpec<Add, number> = {
  kind: "add",
  reads: ({ deviceId }) => [{ table: "device", deviceId }],
  decide(state, { deviceId, by }) {
    const before = state.device(deviceId)?.generation ?? 0;
    if (before + by < 0) return failure("not_allowed", "below zero");
    const row = deviceRow(deviceId, before + by);
    return accept(
      before + by,
      [{ put: "device", row }],
      [{ kind: "counts", chatId: deviceId as never, accountId: row.accountId }],
    );
  },
};

interface Undeclared extends Command<number> {
  readonly kind: "undeclared";
  readonly deviceIds: readonly DeviceId[];
}

const undeclared: CommandSpec<Undeclared, number> = {
  kind: "undeclared",
  reads: () => [],
  decide: (state, { deviceIds }) =>
    accept(deviceIds.reduce((sum, id) => sum + (state.device(id)?.generation ?? 0), 0)),
};

interface Throwing extends Command<null> {
  readonly kind: "throwing";
}

const throwing: CommandSpec<Throwing, null> = {
  kind: "throwing",
  reads: () => [],
  decide() {
    throw new Error("a fault of the program");
  },
};

function deviceRow(deviceId: DeviceId, generation: number): DeviceRow {
  return {
    deviceId,
    accountId: deviceId as unknown as AccountId,
    name: "d",
    platform: "other",
    createdAt: 0,
    lastSeenAt: 0,
    generation,
    revokedAt: null,
    revokedBy: null,
  };
}

const registry = commandRegistry([
  defineCommand(add),
  defineCommand(undeclared),
  defineCommand(throwing),
]);

type MemoryEngine = Engine & {
  rows: Map<DeviceId, DeviceRow>;
  commits: Write[][];
  /** Throws instead of committing while it returns an error. */
  fault: (writes: readonly Write[]) => Error | undefined;
};

/** The smallest engine, with faults on demand. */
function memoryEngine(): MemoryEngine {
  const engine: MemoryEngine = {
    rows: new Map(),
    commits: [],
    fault: () => undefined,
    async begin() {
      const loaded = noRows();
      return {
        change: engine.commits.length + 1,
        async load(keys) {
          const rows = { ...loaded, devices: [] as DeviceRow[] };
          for (const key of keys) {
            const row = key.table === "device" ? engine.rows.get(key.deviceId) : undefined;
            if (row) rows.devices.push(row);
          }
          return rows;
        },
        async commit(writes) {
          const fault = engine.fault(writes);
          if (fault) throw fault;
          for (const write of writes) {
            if (write.put === "device") engine.rows.set(write.row.deviceId, write.row);
          }
          engine.commits.push([...writes]);
        },
        async rollback() {},
      };
    },
  };
  return engine;
}

function setUp(limits: QueueLimits = QUEUE_LIMITS) {
  const engine = memoryEngine();
  const reports: string[] = [];
  const queue = new CommitQueue(
    { engine, registry, nowMs: () => 1, report: ({ what }) => reports.push(what) },
    limits,
  );
  return { engine, queue, reports };
}

const ids = Array.from({ length: 4 }, () => newId(DeviceId));
const idAt = (index: number): DeviceId => ids[index % ids.length]!;
const addTo = (index: number, by = 1): Add => ({ kind: "add", deviceId: idAt(index), by });
const codeOf = (result: Result<unknown>): unknown => (result.ok ? result.value : result.error.code);

describe("commit queue", () => {
  test("any grouping gives the results and rows of one command after the other", async () => {
    const step = fc.record({ who: fc.nat(3), by: fc.integer({ min: -3, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 6 }),
        async (calls) => {
          const grouped = setUp();
          const together = await Promise.all(
            calls.map((call) => grouped.queue.transact(call.map(({ who, by }) => addTo(who, by)))),
          );
          const single = setUp();
          const apart: Result<number>[] = [];
          for (const { who, by } of calls.flat()) {
            apart.push(...(await single.queue.transact([addTo(who, by)])));
          }
          expect(together.flat()).toEqual(apart);
          expect([...grouped.engine.rows]).toEqual([...single.engine.rows]);
          expect(grouped.engine.commits.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("what arrives together is one commit, with each row written once", async () => {
    const { engine, queue } = setUp();
    await Promise.all([queue.transact([addTo(0), addTo(0)]), queue.transact([addTo(0)])]);
    expect(engine.commits).toHaveLength(1);
    expect(engine.commits[0]).toHaveLength(1);
    expect(engine.rows.get(idAt(0))?.generation).toBe(3);
  });

  test("a refusal writes nothing, and a group of refusals commits nothing", async () => {
    const { engine, queue } = setUp();
    const results = await queue.transact([addTo(0, -1)]);
    expect(results.map(codeOf)).toEqual(["not_allowed"]);
    expect(engine.commits).toEqual([]);
  });

  test("S4: publications, then results, in the order of the commands", async () => {
    const { queue } = setUp();
    const seen: string[] = [];
    queue.onCommitted(({ publications }) => {
      for (const one of publications) if (one.kind === "counts") seen.push(`p${one.accountId}`);
    });
    await Promise.all(
      [0, 1, 2].map((index) =>
        queue.transact([addTo(index)], () => void seen.push(`r${idAt(index)}`)),
      ),
    );
    expect(seen).toEqual([0, 1, 2].flatMap((index) => [`p${idAt(index)}`, `r${idAt(index)}`]));
  });

  test("S4: nothing is acknowledged when the commit fails", async () => {
    const { engine, queue } = setUp();
    const published: unknown[] = [];
    queue.onCommitted((committed) => published.push(committed));
    engine.fault = () => new Error("disk full");
    expect((await queue.transact([addTo(0)])).map(codeOf)).toEqual(["internal"]);
    expect(published).toEqual([]);
    expect(engine.rows.size).toBe(0);
  });

  test("a conflict is retried three times", async () => {
    const { engine, queue, reports } = setUp();
    let tries = 0;
    engine.fault = () => (++tries < 3 ? new ConflictError("again") : undefined);
    expect((await queue.transact([addTo(0)])).map(codeOf)).toEqual([1]);
    expect(reports).toEqual([]);
  });

  test("only the culprit fails when a group cannot be committed", async () => {
    const { engine, queue, reports } = setUp();
    engine.fault = (writes) =>
      writes.some((write) => write.put === "device" && write.row.deviceId === idAt(1))
        ? new Error("no room for this one")
        : undefined;
    const results = await queue.transact([addTo(0), addTo(1), addTo(2)]);
    expect(results.map(codeOf)).toEqual([1, "internal", 1]);
    expect(reports).toEqual(["commit failed", "commit failed"]);
  });

  test("a fault in a decision fails its own command alone", async () => {
    const { queue, reports } = setUp();
    const commands: Command<unknown>[] = [addTo(0), { kind: "throwing" }, addTo(0)];
    expect((await queue.transact(commands)).map(codeOf)).toEqual([1, "internal", 2]);
    expect(reports).toEqual(["decide failed"]);
  });

  test("keys that nobody declared are loaded and the decision is taken again", async () => {
    const { queue } = setUp();
    await queue.transact([addTo(0, 5)]);
    const sum: Undeclared = { kind: "undeclared", deviceIds: ids };
    const results = await queue.transact<number>([addTo(1, 2), sum]);
    expect(results.map(codeOf)).toEqual([2, 7]);
  });

  test("a full queue refuses a call whole, with a time to come back", async () => {
    const { queue } = setUp({ ...QUEUE_LIMITS, queuedCommands: 2 });
    const first = queue.transact([addTo(0), addTo(0)]);
    const refused = await queue.transact([addTo(1), addTo(1)]);
    expect(refused.map(codeOf)).toEqual(["busy", "busy"]);
    expect(refused.every((one) => !one.ok && (one.error.retryAfterMs ?? 0) > 0)).toBe(true);
    expect((await first).map(codeOf)).toEqual([1, 2]);
    expect((await queue.transact([addTo(1)])).map(codeOf)).toEqual([1]);
  });

  test("closing finishes what was accepted and refuses what comes later", async () => {
    const { queue } = setUp();
    const accepted = queue.transact([addTo(0)]);
    const closing = queue.close();
    expect((await queue.transact([addTo(0)])).map(codeOf)).toEqual(["shutting_down"]);
    await closing;
    expect((await accepted).map(codeOf)).toEqual([1]);
  });

  test("groups are bounded, and none of the calls is lost", async () => {
    const { engine, queue } = setUp({ ...QUEUE_LIMITS, groupCommands: 3 });
    await Promise.all(Array.from({ length: 8 }, (_, index) => queue.transact([addTo(index)])));
    expect(engine.commits.length).toBe(3);
  });
});
