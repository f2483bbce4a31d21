/** Numbers that look random and are the same each time, so that the demo is. */
export type Random = {
  /** From 0 up to, not including, `limit`. */
  below(limit: number): number;
  bytes(count: number): Uint8Array;
};

/** A small generator with 32 bits of state ("mulberry"): for made-up data, never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
  };
}
