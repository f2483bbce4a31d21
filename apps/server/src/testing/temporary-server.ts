import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WireError } from "@parley/protocol/errors.ts";
import type { Me, ServerInfo, SessionGrant, SessionList } from "@parley/protocol/http/accounts.ts";
import type { ServerConfig } from "../config/config.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import { createLogger } from "../logging/logger.ts";
import { type RunningServer, type ServerDeps, startServer } from "../server.ts";

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "parley-test-"));
}

/** What an answer may hold; which part does, a test says by its expectations. */
type AnyBody = SessionGrant &
  SessionList &
  ServerInfo &
  Me & { error: WireError; refreshToken: string };

export type Answer = { status: number; headers: Headers; text: string; body: AnyBody };

export type TestServer = RunningServer & {
  dataDir: string;
  /** Everything logged so far, as JSON lines. */
  logged(): string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Signs somebody up and answers the grant. */
  signUp(handle: string, extra?: Record<string, unknown>): Promise<SessionGrant>;
};

export type CallOptions = {
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string;
  token?: string | undefined;
  headers?: Record<string, string>;
};

export const PASSWORD = "correct horse battery";
export const DEVICE = { name: "Test device", platform: "linux" as const };

/** Limits that no test reaches by accident. */
export const QUIET_LIMITS: RateLimits = {
  anonymousPerMinute: 100_000,
  accountPerMinute: 100_000,
  refreshesPerMinute: 100_000,
  linkPagesPerMinute: 100_000,
};

export async function callServer(
  url: string,
  options: CallOptions & { method: string },
): Promise<Answer> {
  const { body, raw, token, headers } = options;
  const hasBody = body !== undefined || raw !== undefined;
  const response = await fetch(url, {
    method: options.method,
    headers: {
      ...(hasBody && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(hasBody && { body: raw ?? JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const parsed: unknown = isJson && text !== "" ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, text, body: parsed as AnyBody };
}

/** The real server, listening on a free port over a real database in a folder of its own. */
export async function temporaryServer(
  config: Partial<ServerConfig> = {},
  deps: Partial<ServerDeps> = {},
): Promise<TestServer> {
  const dataDir = config.dataDir ?? temporaryFolder();
  let log = "";
  const target = { write: (line: string) => (log += line) };
  const server = await startServer(
    {
      host: "127.0.0.1",
      port: 0,
      dataDir,
      signUp: "open",
      tls: undefined,
      behindProxy: false,
      webRoot: join(dataDir, "no-web"),
      demo: false,
      logLevel: "trace",
      logFile: undefined,
      ...config,
    },
    { log: createLogger("trace", target), version: "0.0.0", rateLimits: QUIET_LIMITS, ...deps },
  );
  const call = (method: string, path: string, options: CallOptions = {}) =>
    callServer(`${server.url}${path}`, { method, ...options });
  return {
    ...server,
    dataDir,
    logged: () => log,
    call,
    async signUp(handle, extra = {}) {
      const body = { name: handle, handle, password: PASSWORD, device: DEVICE, ...extra };
      const answer = await call("POST", "/api/accounts", { body });
      if (answer.status !== 201) throw new Error(`sign-up failed: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async close() {
      await server.close();
      if (config.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
