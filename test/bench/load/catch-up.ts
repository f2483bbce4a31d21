import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";

import type { Seat } from "../harness/world.ts";
import { Connection } from "./connection.ts";

export type Cursor = { chatId: ChatId; after: number };

export type CatchUpOptions = {
  url: string;
  seat: Seat;
  /** What the account had before it went away. */
  since: number;
  dataEpoch: string | null;
  cursors: Cursor[];
  /** What it missed: anything else that comes is a fault. */
  missed: number;
  /** How often it comes back, one after the other, each time as if it had seen nothing since. */
  times: number;
};

export type CatchUpResult = {
  /** Of each time, from hello to the last event. */
  wallMs: number[];
  /** Of one time, payload of frames. */
  receivedBytes: number;
  sentBytes: number;
  requests: number;
};

/** Hello, then pulls until nothing is missing (S6). */
export async function catchUp(options: CatchUpOptions): Promise<CatchUpResult> {
  const wallMs: number[] = [];
  let last = { receivedBytes: 0, sentBytes: 0, requests: 0 };
  for (let time = 0; time < options.times; time++) {
    const connection = await Connection.open(options.url, options.seat);
    const traffic = connection.countTraffic();
    const startedAtMs = performance.now();
    const { events, requests } = await comeBack(connection, options);
    wallMs.push(performance.now() - startedAtMs);
    connection.close();
    if (events !== options.missed) {
      throw new Error(`caught up on ${events} events instead of ${options.missed}`);
    }
    last = { receivedBytes: traffic.received(), sentBytes: traffic.sent(), requests };
  }
  return { wallMs, ...last };
}

async function comeBack(connection: Connection, { since, dataEpoch, cursors }: CatchUpOptions) {
  await connection.hello(since, dataEpoch);
  let requests = 1;
  let events = 0;
  let waiting = cursors.map((cursor) => ({ ...cursor }));
  while (waiting.length > 0) {
    const asked = waiting.slice(0, LIMITS.pullChats);
    const answer = await connection.ask("sync:pull", { chats: asked });
    requests += 1;
    const complete = new Set<ChatId>();
    for (const part of answer.parts) {
      events += part.events.length;
      const reached = part.events.at(-1)?.seq;
      const cursor = waiting.find((one) => one.chatId === part.chatId);
      if (cursor !== undefined && reached !== undefined) cursor.after = reached;
      if ((cursor?.after ?? 0) >= part.headSeq) complete.add(part.chatId);
    }
    if (answer.parts.length === 0) throw new Error("a pull answered nothing");
    waiting = waiting.filter((one) => !complete.has(one.chatId));
  }
  return { events, requests };
}
