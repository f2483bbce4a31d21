import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChatCommands } from "../features/chats/create-chat.commands.ts";
import { groupCommands } from "../features/chats/group.commands.ts";
import { messageCommands } from "../features/messages/send.commands.ts";
import { presenceCommands } from "../features/presence/presence.commands.ts";
import { receiptCommands } from "../features/receipts/receipts.commands.ts";
import { valueCommands } from "../features/values/values.commands.ts";
import { LocalFanout } from "../fanout/local/local-fanout.ts";
import { createMessenger } from "../socket/messenger.ts";
import { SOCKET_LIMITS, type SocketLimits } from "../socket/socket-limits.ts";
import { commandRegistry } from "../storage/command.ts";
import type { Storage } from "../storage/port.ts";
import { openSqliteStorage, type SqliteOptions } from "../storage/sqlite/sqlite-storage.ts";
import { fakeVerifyAccess, testCommands } from "./test-accounts.ts";

/** Every command of the chats, and those that make accounts for tests. */
export const TEST_REGISTRY = commandRegistry(
  createChatCommands,
  groupCommands,
  messageCommands,
  receiptCommands,
  valueCommands,
  presenceCommands,
  testCommands,
);

/** A folder that is gone when the test is. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "parley-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Faults that storage reported; a test expects none unless it says so. */
export type Faults = { what: string; error: unknown }[];

/** Throws if anything went wrong behind the scenes: no test may pass then. */
export function expectNoFaults(faults: Faults): void {
  const [first] = faults;
  if (first) throw new Error(first.what, { cause: first.error });
}

export function openTestStorage(
  path: string,
  faults: Faults = [],
  nowMs: () => number = Date.now,
  more: Partial<SqliteOptions> = {},
): Storage {
  return openSqliteStorage({
    path,
    registry: TEST_REGISTRY,
    report: (fault) => faults.push(fault),
    erasedLog: { append: async () => {} },
    nowMs,
    ...more,
  });
}

export type TestServer = {
  url: string;
  storage: Storage;
  faults: Faults;
  log: { level: string; fields: unknown; message: string | undefined }[];
  connections(): number;
  drain(): Promise<void>;
  /** Rejects if the server reported a fault. */
  close(): Promise<void>;
};

export type TestServerOptions = { limits?: Partial<SocketLimits>; nowMs?: () => number };

/** The socket side of the server, really listening on a port of its own, over a database file. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const nowMs = options.nowMs ?? Date.now;
  const folder = temporaryFolder();
  const faults: Faults = [];
  const storage = openTestStorage(join(folder.path, "parley.db"), faults, nowMs);
  const log: TestServer["log"] = [];
  const write = (level: string) => (fields: unknown, message?: string) => {
    log.push({ level, fields, message });
  };
  const report = (error: unknown): void => {
    faults.push({ what: "fan-out failed", error });
  };
  const gateway = createMessenger({
    storage,
    fanout: new LocalFanout(storage, report),
    verifyAccess: fakeVerifyAccess(storage),
    log: { info: write("info"), warn: write("warn"), error: write("error") },
    nowMs,
    addressOf: (request) => request.socket.remoteAddress ?? "",
    limits: { ...SOCKET_LIMITS, ...options.limits },
  });
  const server = createServer((_request, response) => response.writeHead(404).end());
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    storage,
    faults,
    log,
    connections: () => gateway.size,
    drain: () => gateway.drain(),
    async close() {
      await gateway.drain();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await storage.close();
      folder.remove();
      expectNoFaults(faults);
    },
  };
}
