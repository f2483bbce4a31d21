import { LIMITS } from "@parley/protocol/limits.ts";

import type { Seat } from "../harness/world.ts";
import { Connection, type Outgoing } from "./connection.ts";

/**
 * Sends messages of one account in full flushes, each after the ack of the last one: a set-up, not a
 * load. All must be for the same chat. Throws when one is refused.
 */
export async function sendInFlushes(
  url: string,
  seat: Seat,
  messages: readonly Outgoing[],
): Promise<void> {
  const connection = await Connection.open(url, seat);
  for (let first = 0; first < messages.length; first += LIMITS.flushItems) {
    const items = messages.slice(first, first + LIMITS.flushItems);
    const [head] = items;
    if (head === undefined) break;
    const { outcomes } = await connection.ask("chat:send", { chatId: head.chatId, items });
    const refused = outcomes.find((outcome) => "error" in outcome);
    if (refused !== undefined) throw new Error(`not sent: ${JSON.stringify(refused)}`);
  }
  connection.close();
}
