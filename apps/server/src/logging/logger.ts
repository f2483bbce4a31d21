import { closeSync, openSync } from "node:fs";
import { destination, type Logger, pino } from "pino";
import type { LogLevel } from "../config/config.ts";
import { StartupError } from "../config/startup-error.ts";
import { prettyLine } from "./pretty-line.ts";

/**
 * Names under which a secret or someone's words could come by mistake. Nothing here logs bodies or
 * headers at all; this is the second wall.
 */
const SECRET_NAMES = [
  "password",
  "currentPassword",
  "newPassword",
  "passwordHash",
  "accessToken",
  "refreshToken",
  "token",
  "authorization",
  "cookie",
  "set-cookie",
  "invite",
  "payload",
  "text",
  "body",
];
const REDACTED = SECRET_NAMES.flatMap((name) => {
  const key = `["${name}"]`;
  return [key.slice(2, -2).includes("-") ? key : name, `*${key}`, `*.*${key}`, `*.*.*${key}`];
});

/** What of an error is logged: never the properties that libraries attach to it, such as inputs. */
function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: "something that is not an error was thrown" };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: plainError(error.cause) }),
  };
}

/** Where lines go: to a file, or to stderr, made readable when a person is looking. */
export type LogTarget = { write(line: string): void };

/** Opens the target. Throws a StartupError when the log file cannot be written. */
export function openLogTarget(logFile: string | undefined): LogTarget {
  if (logFile !== undefined) {
    try {
      // Tried first, because the stream reports a failure only later.
      closeSync(openSync(logFile, "a", 0o600));
    } catch {
      throw new StartupError(`The log file ${logFile} cannot be written.`);
    }
    return destination({ dest: logFile, sync: true });
  }
  const stderr = destination({ dest: 2, sync: true });
  if (!process.stderr.isTTY) return stderr;
  return { write: (line) => stderr.write(prettyLine(line)) };
}

/** A structured log (JSON lines) without passwords, tokens, cookies or message text. */
export function createLogger(level: LogLevel, target: LogTarget): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: "[redacted]" },
      serializers: { err: plainError, error: plainError },
    },
    target,
  );
}
