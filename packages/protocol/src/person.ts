import { z } from "zod";
import { AccountId } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { isWellFormed } from "./text.ts";

/** Visible text on one line: trimmed, well formed, without control characters. */
export function lineOfText(maxUnits: number) {
  return z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(maxUnits, `must be at most ${maxUnits} characters`)
    .refine(isWellFormed, { error: "must not contain lone surrogates" })
    .refine((text) => !/\p{Cc}/u.test(text), { error: "must not contain control characters" });
}

/** How a person is called in the app. Need not be unique. */
export const DisplayName = lineOfText(LIMITS.nameUnits);

/** The unique short name to sign in with and be found by. Compared in folded form (foldHandle). */
export const Handle = z
  .string()
  .trim()
  .min(LIMITS.handleMinChars, `must have at least ${LIMITS.handleMinChars} characters`)
  .max(LIMITS.handleMaxChars, `must have at most ${LIMITS.handleMaxChars} characters`)
  .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}._-]*[\p{L}\p{N}\p{M}])?$/u, {
    error:
      "may have letters, digits, dots, dashes and underscores, and starts and ends with a letter or digit",
  });

/** What others see of an account. */
export const Person = z.object({
  accountId: AccountId,
  handle: z.string(),
  name: z.string(),
});
export type Person = z.infer<typeof Person>;

/** S10: `lastSeenAt` is null if never seen or not shared; while online it is the current time. */
export const Presence = z.object({
  accountId: AccountId,
  online: z.boolean(),
  lastSeenAt: z.number().int().nullable(),
});
export type Presence = z.infer<typeof Presence>;
