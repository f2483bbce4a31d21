/** Median of a list: the middle value, or the mean of the two middle ones. Throws for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("median of nothing");
  return (lower + upper) / 2;
}

/**
 * The value below or at which `share` (0 to 1) of a list lies, by nearest rank: always one of the
 * values measured, never one in between. Throws for an empty list.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error("percentile of nothing");
  return value;
}

/** Two buckets next to each other differ by this factor: a percentile is exact to 1 %. */
const GROWTH = 1.01;
const LOG_GROWTH = Math.log(GROWTH);
/** Everything below is one bucket: shorter than any round trip, in milliseconds. */
const SMALLEST_MS = 0.001;

/**
 * Counts durations in buckets that grow by 1 %, so that a million of them take no more room than a
 * thousand and adding one costs the load generator next to nothing.
 */
export class DurationHistogram {
  readonly #counts: number[] = [];
  #total = 0;
  #maxMs = 0;

  /** `durationMs` may be any number from 0; a negative one counts as 0. */
  add(durationMs: number): void {
    const bucket =
      durationMs <= SMALLEST_MS ? 0 : Math.ceil(Math.log(durationMs / SMALLEST_MS) / LOG_GROWTH);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
    this.#maxMs = Math.max(this.#maxMs, durationMs);
  }

  get total(): number {
    return this.#total;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** The duration at or below which `share` (0 to 1) of all lie, to 1 %; 0 when there are none. */
  percentileMs(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count ?? 0;
      if (seen >= rank) return Math.min(this.#maxMs, SMALLEST_MS * GROWTH ** bucket);
    }
    return 0;
  }

  summary(): DurationSummary {
    return {
      count: this.#total,
      p50Ms: this.percentileMs(0.5),
      p99Ms: this.percentileMs(0.99),
      maxMs: this.#maxMs,
    };
  }
}

export type DurationSummary = { count: number; p50Ms: number; p99Ms: number; maxMs: number };

/** Figures of one round by name. */
export type Figures = Record<string, number>;

/** Median of every figure over several rounds. Each round must have the same figures. */
export function medianFigures(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      median(
        rounds.map((round) => {
          const value = round[name];
          if (value === undefined) throw new Error(`a round has no figure ${name}`);
          return value;
        }),
      ),
    ]),
  );
}

/** Medians by subject. */
export function mediansOf(rounds: Record<string, readonly Figures[]>): Record<string, Figures> {
  return Object.fromEntries(
    Object.entries(rounds).map(([name, list]) => [name, medianFigures(list)]),
  );
}
