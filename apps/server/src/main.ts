#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import envPaths from "env-paths";
import { z } from "zod";
import { endOnDiskFault } from "./cli/disk-fault.ts";
import { helpText, parseInvocation } from "./cli/options.ts";
import { dataDirOf, type RawOptions, resolveConfig } from "./config/config.ts";
import { StartupError } from "./config/startup-error.ts";
import type { RunningServer } from "./server.ts";

/** Past this, a shutdown that hangs is ended. */
const SHUTDOWN_MS = 10_000;

const ShutdownMessage = z.object({ type: z.literal("shutdown") });

const DEFAULTS = {
  dataDir: envPaths("Parley", { suffix: "" }).data,
  webRoot: fileURLToPath(new URL("../../web/dist", import.meta.url)),
};

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Ends cleanly on the first signal, at once on the second. A parent process can send
 * `{type: "shutdown"}` instead, which works where there are no signals (Windows).
 */
function closeOnSignal(server: RunningServer): void {
  let closing = false;
  const end = () => {
    if (closing) process.exit(130);
    closing = true;
    // Unreferenced: it must not keep alive what has ended.
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Parley did not close cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const)
    process.on(signal, end);
  process.on("message", (message) => {
    if (ShutdownMessage.safeParse(message).success) end();
  });
}

async function serve(options: RawOptions): Promise<void> {
  const config = resolveConfig(options, process.env, DEFAULTS);
  // Loaded only now, so that a wrong option is told at once.
  const { createLogger, openLogTarget } = await import("./logging/logger.ts");
  const { startServer } = await import("./server.ts");
  const log = createLogger(config.logLevel, openLogTarget(config.logFile));
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "the server has to stop");
    process.exit(1);
  });
  const server = await startServer(config, {
    log,
    version: version(),
    onDiskFault: endOnDiskFault(config.dataDir),
  });
  closeOnSignal(server);
  if (server.fingerprint !== undefined) {
    say(
      "Parley made its own certificate. When the app first connects it shows a fingerprint: go on only if it is this one.",
    );
    say(`Fingerprint (SHA-256): ${server.fingerprint}`);
  }
  for (const { handle, password } of server.demoSignIns) {
    say(`Demo sign-in: handle ${handle}, password ${password}`);
  }
  if (server.setUpInvite !== undefined) {
    say(
      `There is no account yet. Whoever signs up first with this invite owns the server: ${server.setUpInvite}`,
    );
  }
  say(`Parley is ready at ${server.url}`);
  process.send?.({ type: "ready", url: server.url, port: server.port });
}

async function run(argv: readonly string[]): Promise<void> {
  const invocation = parseInvocation(argv);
  switch (invocation.command) {
    case "help":
      return say(helpText());
    case "version":
      return say(version());
    case "serve":
      return serve(invocation.options);
    case "invite": {
      const dataDir = dataDirOf(invocation.options, process.env, DEFAULTS.dataDir);
      const { inviteCommand } = await import("./cli/commands.ts");
      return say(await inviteCommand(dataDir, invocation.terms));
    }
    case "reset-password": {
      const dataDir = dataDirOf(invocation.options, process.env, DEFAULTS.dataDir);
      const { resetPasswordCommand } = await import("./cli/commands.ts");
      return say(await resetPasswordCommand(dataDir, invocation.handle));
    }
    case "backup": {
      const dataDir = dataDirOf(invocation.options, process.env, DEFAULTS.dataDir);
      const { backupCommand } = await import("./cli/backup-commands.ts");
      return say(backupCommand(dataDir, invocation));
    }
    case "verify": {
      const { verifyCommand } = await import("./cli/backup-commands.ts");
      return say(await verifyCommand(invocation.file));
    }
    case "restore": {
      const dataDir = dataDirOf(invocation.options, process.env, DEFAULTS.dataDir);
      const { restoreCommand } = await import("./cli/backup-commands.ts");
      return say(await restoreCommand(dataDir, invocation.file));
    }
  }
}

// Beside the program, where only those who may change it can write. Without a place it is just slower.
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url)));
// Whatever the server makes is for its own user alone.
process.umask(0o077);
try {
  await run(process.argv.slice(2));
} catch (error) {
  const isExpected = error instanceof StartupError;
  const text = isExpected ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`parley-server: ${text}\n`);
  process.exit(1);
}
