// The load generator: a process of its own that takes the place of many clients of one server.
import { answerCalls } from "../harness/calls.ts";
import type { Seat } from "../harness/world.ts";
import { catchUp, type CatchUpOptions } from "./catch-up.ts";
import { type Connection, openAll } from "./connection.ts";
import { runGroup, type GroupOptions, runPaced, type PacedOptions } from "./group.ts";
import { hello, type HelloOptions } from "./hello.ts";
import { runPairs, type PairsOptions } from "./pairs.ts";
import { runSteady, type SteadyOptions } from "./steady.ts";

let connections: Connection[] = [];

const functions = {
  "load:connect": async ({ url, seats }: { url: string; seats: Seat[] }): Promise<number> => {
    connections = await openAll(url, seats);
    return connections.length;
  },
  "load:connected": (): number => connections.filter((one) => one.isConnected).length,
  "load:disconnect": (): void => {
    for (const connection of connections) connection.close();
    connections = [];
  },
  "load:pairs": (options: PairsOptions) => runPairs(connections, options),
  "load:group": (options: GroupOptions) => runGroup(connections, options),
  "load:paced": (options: PacedOptions) => runPaced(connections, options),
  "load:steady": (options: SteadyOptions) => runSteady(connections, options),
  "load:hello": (options: HelloOptions) => hello(options),
  "load:catch-up": (options: CatchUpOptions) => catchUp(options),
};

export type LoadFunctions = typeof functions;

answerCalls(functions);
// Unlike a server, this process lives for the calls.
process.channel?.ref();
