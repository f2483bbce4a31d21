import { type Failure, failure } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import {
  type AccountValue,
  type AccountValuePut,
  splitValueKey,
  type ValueKey,
} from "@parley/protocol/values.ts";
import {
  accept,
  type Command,
  type CommandSpec,
  defineCommand,
  type State,
  type Write,
} from "../../storage/command.ts";

/** V32: what became of one put. */
export type PutOutcome = { written: AccountValue } | { stale: AccountValue } | { error: Failure };

/** S1: values that one device puts, each by itself. */
export interface PutValues extends Command<PutOutcome[]> {
  readonly kind: "values.put";
  readonly accountId: AccountId;
  readonly puts: readonly AccountValuePut[];
  /** Connection that put them: it has the outcomes in the answer. */
  readonly origin?: string;
}

/** Key and change of one put, for the bound of the queue. */
const PUT_BYTES = 256;

/**
 * V32: a draft is `stale` on another version than the stored one; of other values the last arrival
 * wins. What already stands writes nothing, whatever version it was put on: so a repeated put gets the
 * answer of the first (S3). A refused or stale put does not hold up the others.
 */
export const putValues: CommandSpec<PutValues, PutOutcome[]> = {
  kind: "values.put",
  sizeBytes: ({ puts }) => puts.reduce((sum, put) => sum + (put.value?.length ?? 0) + PUT_BYTES, 0),
  reads: ({ accountId, puts }) =>
    puts.map(({ key }) => ({ table: "value" as const, accountId, key })),
  // Counting costs more than all the rest, and only a new key can be one too many.
  readsMore: (state, { accountId, puts }) =>
    puts.some(({ key }) => !state.value(accountId, key))
      ? [{ table: "value-count", accountId }]
      : [],
  decide(state, { accountId, puts, origin }, context) {
    const written = new Map<ValueKey, AccountValue>();
    let made = 0;
    const outcomes = puts.map((put): PutOutcome => {
      const { key, value } = put;
      const stands = written.get(key) ?? standing(state, accountId, key);
      const now = stands ?? { key, value: null, change: 0 };
      if (now.value === value) return { written: now };
      if (isDraft(key) && now.change !== put.baseRev) return { stale: now };
      if (!stands) {
        if (state.valueCount(accountId) + made >= LIMITS.accountValues) return { error: full() };
        made += 1;
      }
      const next = { key, value, change: context.change };
      written.set(key, next);
      return { written: next };
    });
    const values = [...written.values()];
    if (values.length === 0) return accept(outcomes);
    const writes = values.map((value): Write => ({ put: "value", row: { accountId, ...value } }));
    const from = origin === undefined ? {} : { origin };
    return accept(outcomes, writes, [{ kind: "values", accountId, values, ...from }]);
  },
};

function standing(state: State, accountId: AccountId, key: ValueKey): AccountValue | undefined {
  const row = state.value(accountId, key);
  return row && { key, value: row.value, change: row.change };
}

function isDraft(key: ValueKey): boolean {
  return splitValueKey(key)?.kind === "draft";
}

function full(): Failure {
  const message = `An account keeps at most ${LIMITS.accountValues} values.`;
  return failure("value_limit", message).error;
}

export const valueCommands = [defineCommand(putValues)];
