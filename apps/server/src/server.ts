import { existsSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { createServer as createProbe, type Server as NetServer } from "node:net";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import { lockFolder } from "./cli/lock-folder.ts";
import { makeDemo, requireEmpty } from "./cli/make-demo.ts";
import { type Core, type DiskOptions, openCore } from "./cli/open-core.ts";
import { isLoopback, type ServerConfig } from "./config/config.ts";
import type { DemoSignIn } from "./demo/fill-demo.ts";
import { dataFolderAt, prepareFolder } from "./config/data-folder.ts";
import { StartupError, systemCode } from "./config/startup-error.ts";
import { type Control, openControl } from "./features/admin/control.ts";
import { LocalFanout } from "./fanout/local/local-fanout.ts";
import { peerAddress } from "./http/proxies.ts";
import { addressKey, DEFAULT_RATE_LIMITS, type RateLimits } from "./http/rate-limits.ts";
import { createMessenger } from "./socket/messenger.ts";
import type { SocketLimits } from "./socket/socket-limits.ts";
import { SERVER_FOLD_LIMITS } from "./storage/sqlite/checkpointer.ts";
import { type Certificate, readCertificate, watchCertificate } from "./tls/certificate.ts";
import { loadSelfMade } from "./tls/self-made.ts";

export type ServerDeps = DiskOptions & {
  log: FastifyBaseLogger;
  version: string;
  nowMs?: () => number;
  rateLimits?: RateLimits;
  socketLimits?: SocketLimits;
};

export type RunningServer = {
  url: string;
  port: number;
  /** X1: SHA-256 of the certificate that the server made itself, where it serves one. */
  fingerprint: string | undefined;
  /** V14: the invite for the first account, where it is needed. */
  setUpInvite: string | undefined;
  /** The sign-ins of the demo, where it was just made. */
  demoSignIns: DemoSignIn[];
  /** Stops accepting, finishes what has begun, closes storage. Resolves when all is done. */
  close(): Promise<void>;
};

function portTaken(config: ServerConfig, error: unknown): StartupError | undefined {
  const at = `${config.host} port ${config.port}`;
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return new StartupError(
        `Port ${config.port} is taken by another program: choose another with --port.`,
      );
    case "EACCES":
      return new StartupError(`This user may not listen on ${at}: choose another with --port.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StartupError(
        `This machine has no address ${config.host}: choose another with --host.`,
      );
    default:
      return undefined;
  }
}

/** V38: connections that a crowd has made before the server comes to accept them; the system may cut it. */
const BACKLOG = 4_096;

async function listen(server: NetServer, config: ServerConfig): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port: config.port, host: config.host, backlog: BACKLOG }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    throw portTaken(config, error) ?? error;
  }
}

/** Whether the port can be had, asked before any file is touched. */
async function probePort(config: ServerConfig): Promise<void> {
  if (config.port === 0) return;
  const probe = createProbe();
  await listen(probe, config);
  await new Promise((resolve) => {
    probe.close(resolve);
  });
}

/** How long requests under way may take when the server closes. */
const FINISH_MS = 5_000;

/** Stops accepting, waits for the answers under way, and closes what is left after a while. */
async function closeListener(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const overdue = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  await closed;
  clearTimeout(overdue);
}

/** The address that a person on this machine opens. */
function urlOf(config: ServerConfig, port: number): string {
  const everywhere = config.host === "0.0.0.0" || config.host === "::";
  const host = everywhere ? "localhost" : config.host;
  return `${config.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}

async function storageAnswers(core: Core): Promise<boolean> {
  try {
    await core.storage.watermark();
    return true;
  } catch {
    // The caller tells it to whoever asked; storage itself has logged why.
    return false;
  }
}

const DAY_MS = 86_400_000;
const PRUNE_INTERVAL_MS = DAY_MS / 4;

/** S8: forgets receipt moves after LIMITS.receiptMoveDays, now and in intervals. */
function keepPruning(core: Core, log: FastifyBaseLogger, nowMs: () => number): () => void {
  const prune = () => {
    core.storage
      .pruneReceiptMoves(nowMs() - LIMITS.receiptMoveDays * DAY_MS)
      .catch((error: unknown) => log.error({ err: error }, "old receipts were not pruned"));
  };
  const timer = setInterval(prune, PRUNE_INTERVAL_MS);
  timer.unref();
  prune();
  return () => clearInterval(timer);
}

/** V14: beyond loopback the first account needs an invite, so one is made while there is none. */
async function setUpInvite(core: Core, config: ServerConfig): Promise<string | undefined> {
  const fromHereOnly = isLoopback(config.host) && !config.behindProxy;
  if (fromHereOnly || (await core.accounts.hasOwner())) return undefined;
  const invite = await core.operator.invite({ uses: 1, hours: LIMITS.inviteHours });
  return invite.ok ? invite.value.code : undefined;
}

/**
 * Starts the server: folder, lock, storage, HTTP. Throws a StartupError with one line when it cannot;
 * then everything that was opened is closed again and nothing that was there has been changed.
 */
export async function startServer(config: ServerConfig, deps: ServerDeps): Promise<RunningServer> {
  const { log } = deps;
  const nowMs = deps.nowMs ?? Date.now;
  const folder = dataFolderAt(config.dataDir);
  const certificateFiles = config.tls === "self-made" ? undefined : config.tls;
  let certificate: Certificate | undefined = certificateFiles && readCertificate(certificateFiles);
  /** What has been opened, newest last; closed in reverse. */
  const opened: (() => void | Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).toReversed()) {
      try {
        await close();
      } catch (error) {
        // The rest has to be closed all the same.
        log.error({ err: error }, "a part of the server did not close cleanly");
      }
    }
  };
  try {
    // A folder that is there may be in use: better said than "port taken" by that same server.
    let lock = existsSync(config.dataDir) ? lockFolder(folder) : undefined;
    if (lock) opened.push(lock.release);
    if (config.demo) requireEmpty(folder);
    await probePort(config);
    prepareFolder(folder);
    if (!lock) {
      lock = lockFolder(folder);
      opened.push(lock.release);
    }
    const selfMade =
      config.tls === "self-made"
        ? await loadSelfMade(folder.keysDir, config.host, nowMs())
        : undefined;
    certificate ??= selfMade;
    const reachable = !isLoopback(config.host) || config.behindProxy;
    const demoSignIns = config.demo
      ? await makeDemo(folder, { log, nowMs: nowMs(), reachable })
      : [];
    const { version, onDiskFault, openWalSync, queueLimits, socketLimits } = deps;
    const core = openCore({
      folder,
      log,
      version,
      policy: config.signUp,
      nowMs,
      foldLimits: deps.foldLimits ?? SERVER_FOLD_LIMITS,
      ...(onDiskFault && { onDiskFault }),
      ...(openWalSync && { openWalSync }),
      ...(queueLimits && { queueLimits }),
    });
    opened.push(() => core.storage.close());

    let draining = false;
    let https: HttpsServer | undefined;
    const createServer = (handler: RequestListener): Server => {
      if (!certificate) return createHttpServer(handler);
      https = createHttpsServer(certificate, handler);
      return https;
    };
    const fanout = new LocalFanout(core.storage, (error) =>
      log.error({ err: error }, "fan-out failed"),
    );
    const app: FastifyInstance = await buildApp({
      log,
      accounts: core.accounts,
      sessions: core.sessions,
      createServer,
      behindProxy: config.behindProxy,
      hasOwnCertificate: selfMade !== undefined,
      webRoot: config.webRoot,
      rateLimits: deps.rateLimits ?? DEFAULT_RATE_LIMITS,
      storageAnswers: () => storageAnswers(core),
      isDraining: () => draining,
      connectedDevices: (accountId) =>
        new Set(fanout.connectionsOf(accountId).map(({ deviceId }) => deviceId)),
    });
    opened.push(
      () => app.close(),
      () => closeListener(app.server),
    );
    const messenger = createMessenger({
      storage: core.storage,
      fanout,
      verifyAccess: (token) => core.sessions.verifyAccess(token),
      log,
      nowMs,
      addressOf: (request) => addressKey(peerAddress(request, config.behindProxy)),
      ...(socketLimits && { limits: socketLimits }),
    });
    messenger.attach(app.server);
    opened.push(() => messenger.drain());
    const control: Control = await openControl(folder.controlFile, core.operator, (error) =>
      log.error({ err: error }, "a command failed"),
    );
    opened.push(control.close);
    if (certificateFiles) {
      opened.push(
        watchCertificate(
          certificateFiles,
          (renewed) => https?.setSecureContext(renewed),
          (message, error) => log.info({ err: error }, message),
        ),
      );
    }
    opened.push(keepPruning(core, log, nowMs));
    const invite = await setUpInvite(core, config);
    await listen(app.server, config);
    const port = portOf(app.server);
    log.info({ port, host: config.host, version }, "listening");
    return {
      url: urlOf(config, port),
      port,
      fingerprint: selfMade?.fingerprint,
      setUpInvite: invite,
      demoSignIns,
      close: async () => {
        draining = true;
        await closeAll();
        log.info("closed");
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
