/**
 * X2: what a refresh token of generation `presented` does to a device whose stored generation is
 * `stored`, the newest that was ever used.
 *
 *     presented = stored   answer stored + 1; nothing to store. So a lost answer is simply asked for
 *                          again, and two tabs that ask at once get the same token.
 *     presented > stored   the successor is used for the first time (or the database was restored
 *                          from an older backup): store it, answer the one after it.
 *     presented < stored   its successor was used already, so two parties hold this session: revoke.
 */
export type Rotation = { kind: "grant"; stored: number; next: number } | { kind: "revoke" };

export function rotate(stored: number, presented: number): Rotation {
  if (presented < stored) return { kind: "revoke" };
  return { kind: "grant", stored: presented, next: presented + 1 };
}

/** Generation of the first refresh token of a device, which counts as used from the start. */
export const FIRST_GENERATION = 1;
