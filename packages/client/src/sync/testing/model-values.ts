import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type {
  AccountValue,
  AccountValuePut,
  ValueKey,
  ValueOutcome,
} from "@parley/protocol/values.ts";

/** A value with this in it makes the whole request one that no server takes (E2). */
export const POISONED_VALUE = '"☠"';

/** Account values of the model server: plain, obvious. Copied whole by structuredClone for backups. */
export type ModelValues = Map<AccountId, Map<ValueKey, AccountValue>>;

export type PutDeps = {
  values: ModelValues;
  accountId: AccountId;
  /** Numbers the next write. */
  nextChange(): number;
  isBusy(): boolean;
  /** Tells the account's other connections. */
  written(value: AccountValue): void;
};

/** V32, with a change for every write, so that pages may end anywhere. */
export function putModelValues(
  deps: PutDeps,
  puts: readonly AccountValuePut[],
): Result<{ outcomes: ValueOutcome[] }> {
  if (puts.some((put) => put.value === POISONED_VALUE)) {
    return failure("invalid_request", "poisoned", { field: "puts" });
  }
  const own = deps.values.get(deps.accountId) ?? new Map<ValueKey, AccountValue>();
  deps.values.set(deps.accountId, own);
  const outcomes = puts.map(({ key, value, baseRev }): ValueOutcome => {
    if (deps.isBusy()) {
      return { error: { code: "busy", message: "full", retryAfterMs: 100, requestId: "model" } };
    }
    const stands = own.get(key) ?? { key, value: null, change: 0 };
    if (stands.value === value) return { written: stands };
    if (key.startsWith("draft:") && stands.change !== baseRev) return { stale: stands };
    const next = { key, value, change: deps.nextChange() };
    own.set(key, next);
    deps.written(next);
    return { written: next };
  });
  return success({ outcomes });
}
