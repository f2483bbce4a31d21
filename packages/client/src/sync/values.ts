import type { ChangeOf } from "@parley/protocol/chat.ts";
import type { ValueKey } from "@parley/protocol/values.ts";
import type { Input } from "./apply.ts";
import type { CacheReads } from "./cache-store.ts";
import type { ValueRow } from "./model.ts";

/** The newest statement of each value among the inputs. */
function newestOf(inputs: readonly Input[]): ValueRow[] {
  const newest = new Map<ValueKey, ChangeOf<"value">>();
  for (const input of inputs) {
    if (input.kind !== "value") continue;
    const before = newest.get(input.key);
    if (before === undefined || before.change < input.change) newest.set(input.key, input);
  }
  return [...newest.values()].map(({ key, value, change }) => ({ key, value, change }));
}

/**
 * S1: which values a batch of inputs moves: those with a later change than the cache knows. Live ones,
 * listed ones and outcomes of puts may come in any order and twice.
 */
export async function decideValues(
  reads: CacheReads,
  inputs: readonly Input[],
): Promise<ValueRow[]> {
  const stated = newestOf(inputs);
  if (stated.length === 0) return [];
  const known = await reads.values(stated.map((row) => row.key));
  return stated.filter((row, i) => row.change > (known[i]?.change ?? 0));
}
