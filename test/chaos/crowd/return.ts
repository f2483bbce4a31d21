import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { textPayload } from "@parley/protocol/content.ts";
import { ServerInfo } from "@parley/protocol/http/accounts.ts";
import { type ChatId, ClientId, newId, type ServerId } from "@parley/protocol/ids.ts";

import { Caller } from "../../bench/harness/calls.ts";
import { seedWorld } from "../../bench/harness/seed-accounts.ts";
import type { Seat } from "../../bench/harness/world.ts";
import { type ServerProcess, startServer } from "../../support/server-process.ts";
import { Crowd, type CrowdState } from "./crowd.ts";
import { LightClient } from "./light-client.ts";
import type { CrowdFunctions } from "./main.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const LOOK_EVERY_MS = 250;
const WITNESS_EVERY_MS = 50;

export type ReturnPlan = {
  clients: number;
  /** Processes that the clients share; 0 for this one. */
  processes: number;
  /** How long the first arrival may take. */
  arriveWithinMs: number;
  /** How long the return may take, from the restarted server's readiness. */
  returnWithinMs: number;
  progress?: (line: string) => void;
};

export type ReturnReport = {
  faults: string[];
  clients: number;
  /** From the restarted server's readiness until nine of ten, and all, were live. */
  mostLiveMs: number;
  allLiveMs: number;
  /** Acks of a client that was back early, while the others returned, ms. */
  acks: number[];
  errors: Record<string, number>;
};

/** A crowd in some processes, or in this one, behind one set of calls. */
type Crowds = {
  start(url: string, serverId: ServerId, seats: Seat[]): Promise<void>;
  states(): Promise<CrowdState[]>;
  forgetErrors(): Promise<void>;
  stop(): Promise<void>;
};

function crowdsHere(): Crowds {
  const crowd = new Crowd();
  return {
    start: (url, serverId, seats) => crowd.start({ url, serverId, seats, firstNumber: 0 }),
    states: async () => [crowd.state()],
    forgetErrors: async () => crowd.forgetErrors(),
    stop: async () => crowd.stop(),
  };
}

function crowdsIn(processes: number): Crowds {
  const children: ChildProcess[] = Array.from({ length: processes }, () =>
    fork(MAIN, [], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }),
  );
  const callers = children.map((child) => new Caller(child));
  const parts = <T>(list: readonly T[], part: number): T[] =>
    list.filter((_, i) => i % processes === part);
  return {
    async start(url, serverId, seats) {
      const all = callers.map((caller, part) =>
        caller.call<CrowdFunctions, "crowd:start">("crowd:start", {
          url,
          serverId,
          seats: parts(seats, part),
          firstNumber: part * seats.length,
        }),
      );
      await Promise.all(all);
    },
    states: () =>
      Promise.all(callers.map((one) => one.call<CrowdFunctions, "crowd:state">("crowd:state"))),
    async forgetErrors() {
      const name = "crowd:forget-errors";
      await Promise.all(callers.map((one) => one.call<CrowdFunctions, typeof name>(name)));
    },
    async stop() {
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

async function identityOf(url: string): Promise<ServerId> {
  const answer: unknown = await (await fetch(`${url}/api/server`)).json();
  return ServerInfo.parse(answer).serverId;
}

/** Waits until so many are live; answers how long that took, or Infinity past `withinMs`. */
async function timeUntilLive(
  crowds: Crowds,
  counts: readonly number[],
  withinMs: number,
  progress?: (line: string) => void,
): Promise<number[]> {
  const startedAtMs = performance.now();
  const times = counts.map(() => Infinity);
  let told = 0;
  while (performance.now() - startedAtMs < withinMs) {
    const live = (await crowds.states()).reduce((sum, state) => sum + state.live, 0);
    const nowMs = performance.now() - startedAtMs;
    for (const [i, count] of counts.entries()) {
      if (live >= count) times[i] = Math.min(times[i] ?? Infinity, nowMs);
    }
    if (times.every(Number.isFinite)) break;
    if (nowMs - told > 5_000) {
      told = nowMs;
      progress?.(`${live} live after ${Math.round(nowMs / 1000)} s`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return times;
}

/** Writes all the time in a chat of its own, and notes how long each ack took. */
class Witness {
  readonly acks: number[] = [];
  readonly #client: LightClient;
  readonly #chatId: ChatId;
  #isOver = false;
  #done: Promise<void> | undefined;

  constructor(url: string, serverId: ServerId, seat: Seat, number: number) {
    const [chatId] = seat.chatIds;
    if (chatId === undefined) throw new Error("a witness needs a chat");
    this.#chatId = chatId;
    const changed = (): void => undefined;
    this.#client = new LightClient({ url, serverId, seat, number, attentive: true, changed });
    this.#client.connection.start();
  }

  get isLive(): boolean {
    return this.#client.isLive;
  }

  begin(): void {
    this.#done = this.#write();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#done;
    this.#client.connection.stop();
  }

  async #write(): Promise<void> {
    while (!this.#isOver) {
      if (this.isLive) {
        const item = {
          chatId: this.#chatId,
          clientId: newId(ClientId),
          alg: "none",
          type: "text",
          notify: true,
          payload: textPayload("still here"),
        };
        const startedAtMs = performance.now();
        const body = { chatId: this.#chatId, items: [item] };
        const answer = await this.#client.request("chat:send", body);
        if (answer.ok) this.acks.push(performance.now() - startedAtMs);
      }
      await sleep(WITNESS_EVERY_MS);
    }
  }
}

function sumErrors(states: readonly CrowdState[]): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const state of states) {
    for (const [code, times] of Object.entries(state.errors)) {
      errors[code] = (errors[code] ?? 0) + times;
    }
  }
  return errors;
}

/**
 * V38: a crowd of real connections is live; the server dies by kill -9 and starts again; all come back
 * while one that is back early goes on writing. Answers what did not hold, and what was measured.
 */
export async function playReturn(plan: ReturnPlan): Promise<ReturnReport> {
  const { clients, processes, progress } = plan;
  const dataDir = mkdtempSync(join(tmpdir(), "parley-crowd-"));
  const crowds = processes === 0 ? crowdsHere() : crowdsIn(processes);
  let server: ServerProcess | undefined;
  const witnesses: Witness[] = [];
  try {
    const members = [clients, clients + 1];
    const world = await seedWorld(dataDir, {
      accounts: clients + 2,
      chats: [{ kind: "direct", members }],
    });
    progress?.(`${clients} accounts are there`);
    const options = { dataDir, args: ["--behind-proxy"], env: { PARLEY_LOG_LEVEL: "warn" } };
    server = await startServer(options);
    const { url, port } = server;
    const serverId = await identityOf(url);
    const arriving = crowds.start(url, serverId, world.seats.slice(0, clients));
    const [arrivedMs] = await timeUntilLive(crowds, [clients], plan.arriveWithinMs, progress);
    await arriving;
    progress?.(`all arrived within ${Math.round((arrivedMs ?? 0) / 1000)} s`);
    const faults = arrivedMs === Infinity ? ["not all arrived in the first place"] : [];
    for (const number of members) {
      const seat = world.seats[number];
      if (seat) witnesses.push(new Witness(url, serverId, seat, number));
    }
    await crowds.forgetErrors();
    await server.kill("SIGKILL");
    server = await startServer({ ...options, port });
    for (const witness of witnesses) witness.begin();
    const counts = [Math.ceil(clients * 0.9), clients];
    const times = await timeUntilLive(crowds, counts, plan.returnWithinMs, progress);
    const [mostLiveMs = Infinity, allLiveMs = Infinity] = times;
    for (const witness of witnesses) await witness.end();
    const acks = witnesses.flatMap((witness) => witness.acks).toSorted((a, b) => a - b);
    const states = await crowds.states();
    const refused = states.reduce((sum, state) => sum + state.refused, 0);
    if (allLiveMs === Infinity) {
      const live = states.reduce((sum, state) => sum + state.live, 0);
      faults.push(`${live} of ${clients} were live after ${plan.returnWithinMs} ms`);
    }
    if (refused > 0) faults.push(`${refused} were refused for good`);
    if (acks.length === 0) faults.push("nobody could write meanwhile");
    return { faults, clients, mostLiveMs, allLiveMs, acks, errors: sumErrors(states) };
  } finally {
    await crowds.stop();
    await server?.kill("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The value below which this share of the sorted numbers lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity;
}
