import type { Failure } from "@parley/protocol/errors.ts";

/** The cache did not take it, its disk is full, say: until it does, it is tried again (V58). */
export const NOT_WRITTEN: Failure = {
  code: "internal",
  message: "This device's storage did not take it.",
};

/** An error of this device's databases, as a reason to try again later. */
export function faultOf(cause: unknown): Failure {
  return { code: "internal", message: String(cause) };
}
