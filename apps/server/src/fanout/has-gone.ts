import type { Fanout, FanoutConnection } from "./port.ts";

/**
 * Whether a connection has ended. What came in one piece with its end is read after it, and an answer may
 * take longer than it: whatever is then noted of it, nobody would forget any more.
 */
export function hasGone(
  fanout: Pick<Fanout, "connectionsOf">,
  connection: FanoutConnection,
): boolean {
  return !fanout.connectionsOf(connection.accountId).includes(connection);
}
