import type { Failure, WireError } from "@parley/protocol/errors.ts";

/** What every schema of the contract can do. */
export type Parser<T> = {
  safeParse(
    data: unknown,
  ): { success: true; data: T } | { success: false; error: { message: string } };
};

export type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string };

/**
 * Parses data from outside. Also catches what a schema throws from inside a transformation, so that
 * a damaged frame is a value, never an exception.
 */
export function parseWith<T>(schema: Parser<T>, data: unknown): Parsed<T> {
  try {
    const parsed = schema.safeParse(data);
    if (parsed.success) return { ok: true, value: parsed.data };
    return { ok: false, problem: parsed.error.message };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The wire's error without the id of the request, as results carry it. */
export function failureOf(error: WireError): Failure {
  const { requestId: _requestId, ...rest } = error;
  return rest;
}
