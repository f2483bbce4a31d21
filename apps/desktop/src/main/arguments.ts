export type Arguments = {
  /** Start without a window. */
  hidden: boolean;
  /** What the sign-in form's server field starts with; empty if none was named. */
  serverUrl: string;
};

const SERVER = "--server=";

/** Reads what the app understands of its command line; the rest is Chromium's and Electron's. */
export function readArguments(argv: readonly string[]): Arguments {
  const server = argv.find((argument) => argument.startsWith(SERVER));
  return {
    hidden: argv.includes("--hidden"),
    serverUrl: server === undefined ? "" : server.slice(SERVER.length),
  };
}
