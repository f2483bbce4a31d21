import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { uuidv7 } from "@parley/protocol/ids.ts";
import type {
  AnyCommandSpec,
  Command,
  CommandRegistry,
  DecideContext,
  Decision,
} from "./command.ts";
import { DurabilityError } from "./durability.ts";
import { ConflictError, type Engine, type EngineTransaction } from "./engine.ts";
import { type ErasedLog, erasuresIn } from "./erased-log.ts";
import type { Key } from "./keys.ts";
import type { Publication } from "./publication.ts";
import type { ErasureRow } from "./rows.ts";
import { NotLoaded, WorkingSet } from "./working-set.ts";

/** What became of one command of a group. */
export type Outcome = {
  result: Result<unknown>;
  publications: readonly Publication[];
  change: number;
};

/** Where faults of program and database are told; never to a client (E3). */
export type FaultReport = (fault: { what: string; command?: string; error: unknown }) => void;

export type GroupDeps = {
  engine: Engine;
  registry: CommandRegistry;
  nowMs: () => number;
  report: FaultReport;
  /** S13: without one, a command that erases fails. */
  erasedLog?: ErasedLog | undefined;
};

/** A group in conflict is run this often before its commands are run singly. */
const TRIES = 3;
/** Rounds of loading that one decision may cause beyond what its command declared. */
const EXTRA_ROUNDS = 8;

const INTERNAL = "The server could not do this.";

function failedOutcome(): Outcome {
  return { result: failure("internal", INTERNAL), publications: [], change: 0 };
}

/**
 * Decides and commits a group: all of it in one transaction, else, after conflicts or a fault of the
 * database, each command in its own, so that only the culprit fails. Never rejects.
 */
export async function runGroup(commands: readonly Command[], deps: GroupDeps): Promise<Outcome[]> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    try {
      return await runOnce(commands, deps);
    } catch (error) {
      if (error instanceof ConflictError && attempt < TRIES) continue;
      // Told once by whoever found it; trying singly would change nothing.
      if (error instanceof DurabilityError) return commands.map(failedOutcome);
      const only = commands.length === 1 ? commands[0] : undefined;
      deps.report({ what: "commit failed", error, ...(only && { command: only.kind }) });
      if (only) return [failedOutcome()];
      break;
    }
  }
  const outcomes: Outcome[] = [];
  for (const command of commands) outcomes.push(...(await runGroup([command], deps)));
  return outcomes;
}

async function load(tx: EngineTransaction, set: WorkingSet, keys: readonly Key[]): Promise<void> {
  const missing = set.missing(keys);
  if (missing.size > 0) set.add(missing, await tx.load([...missing.values()]));
}

async function runOnce(commands: readonly Command[], deps: GroupDeps): Promise<Outcome[]> {
  const tx = await deps.engine.begin();
  try {
    const set = new WorkingSet();
    const pairs = commands.map((command) => ({ command, spec: deps.registry.specOf(command) }));
    await load(
      tx,
      set,
      pairs.flatMap(({ command, spec }) => spec.reads(command)),
    );
    await load(
      tx,
      set,
      pairs.flatMap(({ command, spec }) => spec.readsMore?.(set, command) ?? []),
    );
    const context: DecideContext = {
      now: deps.nowMs(),
      change: tx.change,
      ids: { next: () => uuidv7() },
    };
    const outcomes: Outcome[] = [];
    for (const { command, spec } of pairs) {
      const decision = await decide(tx, set, command, spec, context, deps.report);
      if (decision.ok) set.apply(decision.writes);
      outcomes.push({
        result: decision.ok ? success(decision.result) : decision,
        publications: decision.ok ? decision.publish : [],
        change: tx.change,
      });
    }
    const writes = set.writes();
    await logErasures(erasuresIn(writes), deps.erasedLog);
    await (writes.length > 0 ? tx.commit(writes) : tx.rollback());
    return outcomes;
  } catch (error) {
    await tx.rollback();
    throw error;
  }
}

/**
 * S13: before the commit, so that no erasure is ever committed, let alone acknowledged, that a restore
 * would undo. One that is logged and then not committed was asked for by someone who may.
 */
async function logErasures(rows: readonly ErasureRow[], log: ErasedLog | undefined): Promise<void> {
  if (rows.length === 0) return;
  if (log === undefined) throw new Error("There is no log of erased messages.");
  await log.append(rows);
}

async function decide(
  tx: EngineTransaction,
  set: WorkingSet,
  command: Command,
  spec: AnyCommandSpec,
  context: DecideContext,
  report: FaultReport,
): Promise<Decision<unknown>> {
  for (let round = 0; ; round++) {
    try {
      return spec.decide(set, command, context);
    } catch (error) {
      if (error instanceof NotLoaded && round < EXTRA_ROUNDS) {
        await load(tx, set, [error.key]);
        continue;
      }
      report({ what: "decide failed", command: command.kind, error });
      return failure("internal", INTERNAL);
    }
  }
}
