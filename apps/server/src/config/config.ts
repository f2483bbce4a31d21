import { isIP } from "node:net";
import { SignUpPolicy } from "@parley/protocol/http/accounts.ts";
import { StartupError } from "./startup-error.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the server is told from outside, checked. */
export type ServerConfig = {
  host: string;
  /** 0 asks the system for a free port. */
  port: number;
  dataDir: string;
  signUp: SignUpPolicy;
  /** X1: a given certificate, or one of the server's own making. */
  tls: { certFile: string; keyFile: string } | "self-made" | undefined;
  /** X1: a proxy in front ends TLS; its X-Forwarded-* headers are believed. */
  behindProxy: boolean;
  webRoot: string;
  /** Fill an empty data folder with a lifelike team. */
  demo: boolean;
  logLevel: LogLevel;
  logFile: string | undefined;
};

/**
 * The options as text, before any is checked. Each can stand on the command line (`--data-dir`) or
 * in the environment (`PARLEY_DATA_DIR`); the command line wins.
 */
export const OPTIONS = {
  host: { type: "string", help: "address to listen on", shown: "127.0.0.1" },
  port: { type: "string", help: "port to listen on; 0 picks a free one", shown: "8383" },
  "data-dir": {
    type: "string",
    help: "folder that holds all data",
    shown: "the platform's data folder",
  },
  "sign-up": {
    type: "string",
    help: "who may create an account: open, invite or closed",
    shown: "open on loopback, else invite",
  },
  "tls-cert": { type: "string", help: "certificate chain (PEM) for HTTPS", shown: undefined },
  "tls-key": { type: "string", help: "private key (PEM) of the certificate", shown: undefined },
  "tls-self-signed": {
    type: "boolean",
    help: "HTTPS with a certificate that the server makes itself",
    shown: "beyond loopback, without the others",
  },
  "behind-proxy": {
    type: "boolean",
    help: "a reverse proxy in front does HTTPS; trust its X-Forwarded-* headers",
    shown: undefined,
  },
  "web-root": { type: "string", help: "folder of the built web app", shown: "apps/web/dist" },
  demo: {
    type: "boolean",
    help: "fill an empty data folder with a made-up team",
    shown: undefined,
  },
  "log-level": { type: "string", help: LOG_LEVELS.join(", "), shown: "info" },
  "log-file": {
    type: "string",
    help: "write the log to this file instead of stderr",
    shown: undefined,
  },
} as const;
export type OptionName = keyof typeof OPTIONS;
export type RawOptions = Partial<Record<OptionName, string | boolean | undefined>>;

/** Names of the environment variable that stands for an option. */
export function environmentName(option: OptionName): string {
  return `PARLEY_${option.toUpperCase().replaceAll("-", "_")}`;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Takes one option from the command line, else from the environment. An empty variable counts as unset. */
function textOf(
  option: OptionName,
  given: RawOptions,
  env: Readonly<Record<string, string | undefined>>,
): { text: string; name: string } | undefined {
  const flag = given[option];
  if (typeof flag === "string") return { text: flag.trim(), name: `--${option}` };
  const variable = env[environmentName(option)]?.trim();
  return variable ? { text: variable, name: environmentName(option) } : undefined;
}

function booleanOf(
  option: OptionName,
  given: RawOptions,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (typeof given[option] === "boolean") return given[option];
  const variable = textOf(option, given, env);
  if (variable === undefined) return false;
  if (/^(?:1|true|yes|on)$/i.test(variable.text)) return true;
  if (/^(?:0|false|no|off)$/i.test(variable.text)) return false;
  throw new StartupError(`${variable.name} must be true or false, not "${variable.text}".`);
}

function portOf(given: { text: string; name: string } | undefined): number {
  if (given === undefined) return 8383;
  const port = Number(given.text);
  if (!/^\d{1,5}$/.test(given.text) || port > 65_535) {
    throw new StartupError(`${given.name} must be a number from 0 to 65535, not "${given.text}".`);
  }
  return port;
}

function hostOf(given: { text: string; name: string } | undefined): string {
  if (given === undefined) return "127.0.0.1";
  const host = given.text.replace(/^\[(.*)\]$/, "$1");
  const isName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(host);
  if (isIP(host) === 0 && !isName) {
    throw new StartupError(`${given.name} must be an address or a host name, not "${given.text}".`);
  }
  return host;
}

/** X1: which certificate, if any. What contradicts itself is refused. */
function tlsOf(
  given: RawOptions,
  env: Readonly<Record<string, string | undefined>>,
  { host, behindProxy }: { host: string; behindProxy: boolean },
): ServerConfig["tls"] {
  const certFile = textOf("tls-cert", given, env)?.text;
  const keyFile = textOf("tls-key", given, env)?.text;
  const isSelfSigned = booleanOf("tls-self-signed", given, env);
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new StartupError("--tls-cert and --tls-key belong together: give both or neither.");
  }
  if (isSelfSigned && (certFile !== undefined || behindProxy)) {
    const other = behindProxy ? "--behind-proxy" : "--tls-cert";
    throw new StartupError(`--tls-self-signed and ${other} exclude each other: give one of them.`);
  }
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  return isSelfSigned || (!isLoopback(host) && !behindProxy) ? "self-made" : undefined;
}

function choiceOf<Choice extends string>(
  given: { text: string; name: string } | undefined,
  choices: readonly Choice[],
  otherwise: Choice,
): Choice {
  if (given === undefined) return otherwise;
  const choice = choices.find((name) => name === given.text);
  if (choice === undefined) {
    throw new StartupError(
      `${given.name} must be one of ${choices.join(", ")}, not "${given.text}".`,
    );
  }
  return choice;
}

/**
 * Checks all options together and fills in what was not said.
 * Throws a StartupError with one line for the first option that is wrong.
 * X1: beyond loopback there is TLS: with the given certificate, behind a proxy that does it, or with
 * a certificate that the server makes itself.
 */
export function resolveConfig(
  given: RawOptions,
  env: Readonly<Record<string, string | undefined>>,
  defaults: { dataDir: string; webRoot: string },
): ServerConfig {
  const text = (option: OptionName) => textOf(option, given, env);
  const host = hostOf(text("host"));
  const behindProxy = booleanOf("behind-proxy", given, env);
  return {
    host,
    port: portOf(text("port")),
    dataDir: dataDirOf(given, env, defaults.dataDir),
    // Behind a proxy a loopback address says nothing about who can reach the server.
    signUp: choiceOf(
      text("sign-up"),
      SignUpPolicy.options,
      isLoopback(host) && !behindProxy ? "open" : "invite",
    ),
    tls: tlsOf(given, env, { host, behindProxy }),
    behindProxy,
    webRoot: text("web-root")?.text ?? defaults.webRoot,
    demo: booleanOf("demo", given, env),
    logLevel: choiceOf(text("log-level"), LOG_LEVELS, "info"),
    logFile: text("log-file")?.text,
  };
}

/** The data folder alone: all that the commands beside the server need to know. */
export function dataDirOf(
  given: RawOptions,
  env: Readonly<Record<string, string | undefined>>,
  otherwise: string,
): string {
  return textOf("data-dir", given, env)?.text ?? otherwise;
}
