import { expect } from "vitest";
import type { Failure } from "@parley/protocol/errors.ts";
import { AccountApi } from "../connection/account-api.ts";
import { Connection, type Push } from "../connection/connection.ts";
import { TokenKeeper } from "../connection/token-keeper.ts";
import { clockJumps } from "../connection/wake.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeServer } from "./fake-server.ts";
import { FakeHints, MemoryLog } from "./memory-ports.ts";

export type Setup = ReturnType<typeof setUp>;

/** A connection over fake ports, and a server for it. */
export function setUp(options: { random?: () => number; realWake?: boolean } = {}) {
  const clock = new FakeClock(undefined, options.random);
  const server = new FakeServer(clock);
  const hints = new FakeHints();
  const log = new MemoryLog();
  const serverUrl = "https://chat.example.org";
  const api = new AccountApi(server.http, serverUrl);
  const tokens = new TokenKeeper({
    api,
    clock,
    transport: { kind: "cookie" },
    serverId: server.serverId,
    deviceId: server.deviceId,
    secretName: "test",
    granted: () => undefined,
  });
  const states: string[] = [];
  const pushes: Push[] = [];
  const signOuts: Failure[] = [];
  let catchUps = 0;
  const connection: Connection = new Connection({
    socket: server.wire,
    clock,
    power: options.realWake ? clockJumps(clock) : hints,
    network: hints,
    log,
    serverUrl,
    serverId: server.serverId,
    api,
    tokens,
    attentive: () => true,
    changed: (state) => states.push(state.name),
    pushed: (push) => pushes.push(push),
    checkBody: () => ({ chatIds: [] }),
    welcomed: () => undefined,
    catchUp: () => {
      catchUps += 1;
      // A writer that is always there, and quick.
      clock.setTimer(() => connection.caughtUp(), 5);
    },
    signedOut: (error) => signOuts.push(error),
  });
  return {
    clock,
    server,
    hints,
    log,
    connection,
    states,
    pushes,
    signOuts,
    catchUps: () => catchUps,
  };
}

/** Starts it and sees it live. */
export async function goLive(setup: Setup): Promise<void> {
  setup.connection.start();
  await setup.clock.advance(100);
  expect(setup.connection.state.name).toBe("live");
}
