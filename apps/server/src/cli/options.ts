import { parseArgs, type ParseArgsConfig } from "node:util";
import {
  environmentName,
  LOG_LEVELS,
  type OptionName,
  OPTIONS,
  type RawOptions,
} from "../config/config.ts";
import { StartupError } from "../config/startup-error.ts";
import type { InviteTerms } from "../features/admin/control.ts";
import { LIMITS } from "@parley/protocol/limits.ts";

/** What the command line asks for. */
export type Invocation =
  | { command: "help" }
  | { command: "version" }
  | { command: "serve"; options: RawOptions }
  | { command: "invite"; options: RawOptions; terms: InviteTerms }
  | { command: "reset-password"; options: RawOptions; handle: string }
  | { command: "backup"; options: RawOptions; file: string; overwrite: boolean }
  | { command: "verify"; file: string }
  | { command: "restore"; options: RawOptions; file: string };

const OPTION_NAMES = Object.keys(OPTIONS).filter((name): name is OptionName => name in OPTIONS);

/** Options of the commands beside the server. */
const COMMAND_OPTIONS = {
  uses: { type: "string" },
  hours: { type: "string" },
  overwrite: { type: "boolean" },
} as const;

function parse(argv: readonly string[]) {
  const described = OPTION_NAMES.map((name) => [name, { type: OPTIONS[name].type }] as const);
  const options: NonNullable<ParseArgsConfig["options"]> = {
    ...Object.fromEntries(described),
    ...COMMAND_OPTIONS,
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "v" },
  };
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : "";
    throw new StartupError(`${reason.replace(/\.$/, "")}. See parley-server --help.`);
  }
}

function numberOf(name: string, value: unknown, otherwise: number, max: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (typeof value !== "string" || !/^\d{1,6}$/.test(value) || number < 1 || number > max) {
    throw new StartupError(`--${name} must be a number from 1 to ${max}.`);
  }
  return number;
}

/** The one thing that a command is about, e.g. `HANDLE`. */
function onlyArgument(command: string, what: string, rest: readonly string[]): string {
  const [argument, ...more] = rest;
  if (argument === undefined || argument === "" || more.length > 0) {
    throw new StartupError(
      `${command} needs one ${what.toLowerCase()}: parley-server ${command} ${what}`,
    );
  }
  return argument;
}

/** Reads the command line. Throws a StartupError with one line for anything that it does not know. */
export function parseInvocation(argv: readonly string[]): Invocation {
  const { values, positionals } = parse(argv);
  if (values["help"] === true) return { command: "help" };
  if (values["version"] === true) return { command: "version" };
  const options: RawOptions = {};
  for (const name of OPTION_NAMES) {
    const value = values[name];
    if (typeof value === "string" || typeof value === "boolean") options[name] = value;
  }
  const [command, ...rest] = positionals;
  const isInvite = command === "invite";
  if (!isInvite && (values["uses"] !== undefined || values["hours"] !== undefined)) {
    throw new StartupError("--uses and --hours belong to the command invite.");
  }
  const overwrite = values["overwrite"] === true;
  if (overwrite && command !== "backup") {
    throw new StartupError("--overwrite belongs to the command backup.");
  }
  if (command === undefined) return { command: "serve", options };
  if (isInvite && rest.length === 0) {
    const uses = numberOf("uses", values["uses"], 1, 1000);
    const hours = numberOf("hours", values["hours"], LIMITS.inviteHours, 8760);
    return { command, options, terms: { uses, hours } };
  }
  switch (command) {
    case "reset-password":
      return { command, options, handle: onlyArgument(command, "HANDLE", rest) };
    case "backup":
      return { command, options, file: onlyArgument(command, "FILE", rest), overwrite };
    case "verify":
      return { command, file: onlyArgument(command, "FILE", rest) };
    case "restore":
      return { command, options, file: onlyArgument(command, "FILE", rest) };
  }
  throw new StartupError(
    `There is no command "${positionals.join(" ")}". See parley-server --help.`,
  );
}

/** The text of --help. */
export function helpText(): string {
  const lines = OPTION_NAMES.map((name) => {
    const { type, help, shown } = OPTIONS[name];
    const flag = `  --${name}${type === "string" ? " VALUE" : ""}`.padEnd(24);
    return `${flag}${help}${shown === undefined ? "" : ` (default: ${shown})`}`;
  });
  return `parley-server: the service of the Parley messenger

Usage:
  parley-server [options]                 start the server
  parley-server invite [--uses N] [--hours N]
                                          make an invite code (default: 1 use, ${LIMITS.inviteHours} hours)
  parley-server reset-password HANDLE     give an account a new password and sign out its devices
  parley-server backup FILE [--overwrite] copy all data into one file, also while the server runs
  parley-server verify FILE               check a backup whole, and change nothing
  parley-server restore FILE              put a backup in the place of the data; the server must be stopped

The commands find the server by --data-dir. All but restore work while it runs.

Options:
${lines.join("\n")}
  -h, --help            show this
  -v, --version         show the version

Every option can stand in the environment too: --data-dir as ${environmentName("data-dir")}, and so on.
Log levels: ${LOG_LEVELS.join(", ")}.
`;
}
