import { setTimeout as sleep } from "node:timers/promises";

import type { ServerId } from "@parley/protocol/ids.ts";

import type { Seat } from "../../bench/harness/world.ts";
import { LightClient } from "./light-client.ts";

export type CrowdOptions = { url: string; serverId: ServerId; seats: Seat[]; firstNumber: number };

/** How a crowd stands. */
export type CrowdState = {
  clients: number;
  live: number;
  /** Clients that were live at some time and then refused for good. */
  refused: number;
  /** Why clients were offline, and how often. */
  errors: Record<string, number>;
};

/** One in so many is being looked at; the others run in the background. */
const ATTENTIVE_EVERY = 5;
/** Clients that are started together, and the pause between two such groups. */
const GROUP = 50;
const GROUP_PAUSE_MS = 100;

/** Many light clients of one server in this process. */
export class Crowd {
  readonly #clients: LightClient[] = [];

  /** Starts all of them, a group at a time. */
  async start({ url, serverId, seats, firstNumber }: CrowdOptions): Promise<void> {
    for (const [i, seat] of seats.entries()) {
      const number = firstNumber + i;
      const attentive = number % ATTENTIVE_EVERY === 0;
      const changed = (): void => undefined;
      const client = new LightClient({ url, serverId, seat, number, attentive, changed });
      this.#clients.push(client);
      client.connection.start();
      if (i % GROUP === GROUP - 1) await sleep(GROUP_PAUSE_MS);
    }
  }

  state(): CrowdState {
    const errors: Record<string, number> = {};
    for (const client of this.#clients) {
      for (const [code, times] of client.errors) errors[code] = (errors[code] ?? 0) + times;
    }
    const inState = (name: string): number =>
      this.#clients.filter(({ connection }) => connection.state.name === name).length;
    return {
      clients: this.#clients.length,
      live: this.#clients.filter((client) => client.isLive).length,
      refused: inState("refused"),
      errors,
    };
  }

  forgetErrors(): void {
    for (const client of this.#clients) client.errors.clear();
  }

  stop(): void {
    for (const { connection } of this.#clients) connection.stop();
  }
}
