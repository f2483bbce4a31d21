/**
 * A reason why the program cannot start or a command cannot be done, told to the person at the
 * terminal in one line. Anything else that is thrown is a fault of the program.
 */
export class StartupError extends Error {
  override readonly name = "StartupError";
}

/** Code of a system error such as `EACCES`, or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
