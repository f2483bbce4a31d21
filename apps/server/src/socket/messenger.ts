import type { IncomingMessage } from "node:http";
import type { SocketLog } from "./socket-log.ts";
import { chatHandlers } from "../features/chats/chats.socket.ts";
import { ChatsService } from "../features/chats/chats.service.ts";
import { messageHandlers } from "../features/messages/messages.socket.ts";
import { peopleHandlers } from "../features/people/people.socket.ts";
import { PeopleService } from "../features/people/people.service.ts";
import { presenceHandlers } from "../features/presence/presence.socket.ts";
import { PresenceService } from "../features/presence/presence.service.ts";
import { TypingService } from "../features/presence/typing.service.ts";
import { FloorsService } from "../features/receipts/floors.service.ts";
import { LedgerService } from "../features/receipts/ledger.service.ts";
import { receiptHandlers } from "../features/receipts/receipts.socket.ts";
import { HealerService } from "../features/sync/healer.service.ts";
import { SyncService } from "../features/sync/sync.service.ts";
import { syncHandlers } from "../features/sync/sync.socket.ts";
import { valueHandlers } from "../features/values/values.socket.ts";
import type { Fanout } from "../fanout/port.ts";
import type { Storage } from "../storage/port.ts";
import { SocketGateway } from "./gateway.ts";
import type { VerifyAccess } from "./session-port.ts";
import { sessionHandlers } from "./session.socket.ts";
import { SOCKET_LIMITS, type SocketLimits } from "./socket-limits.ts";

export type MessengerDeps = {
  storage: Storage;
  fanout: Fanout;
  verifyAccess: VerifyAccess;
  log: SocketLog;
  nowMs: () => number;
  /** Where a request comes from, as its limits count it. */
  addressOf: (request: IncomingMessage) => string;
  limits?: SocketLimits;
};

/**
 * Builds everything that is spoken over the socket. Call `attach(httpServer)` on what comes back, and
 * `drain()` before storage closes.
 */
export function createMessenger(deps: MessengerDeps): SocketGateway {
  const { storage, fanout, verifyAccess, log, nowMs, addressOf } = deps;
  const limits = deps.limits ?? SOCKET_LIMITS;
  const chats = new ChatsService(storage);
  const sync = new SyncService(storage);
  const { healIntervalMs: intervalMs } = limits;
  const healer = new HealerService({ storage, fanout, sync, intervalMs, nowMs });
  const presence = new PresenceService({
    storage,
    fanout,
    nowMs,
    report: (error) => log.error({ err: error }, "presence was not told"),
  });
  const typing = new TypingService(fanout, storage, nowMs);
  const floors = new FloorsService(storage, (error) =>
    log.error({ err: error }, "lowest marks were not told"),
  );
  floors.catchUp().catch((error: unknown) => {
    log.error({ err: error }, "lowest marks were not looked at");
  });
  return new SocketGateway({
    storage,
    fanout,
    verifyAccess,
    limits,
    log,
    nowMs,
    addressOf,
    handlers: {
      ...sessionHandlers(verifyAccess),
      ...syncHandlers({ sync, healer, fanout }),
      ...chatHandlers({ storage, fanout, chats }),
      ...messageHandlers({ storage, fanout }),
      ...receiptHandlers({ storage, ledger: new LedgerService(storage) }),
      ...presenceHandlers({ presence, typing, chats }),
      ...valueHandlers({
        storage,
        blockChanged: (blocker, blocked) => void presence.blockChanged(blocker, blocked),
      }),
      ...peopleHandlers(new PeopleService(storage)),
    },
    onGone(connection) {
      presence.forget(connection);
      typing.forget(connection);
      healer.forget(connection);
    },
    onDrained: () => floors.stop(),
    onTick: () => healer.sweep(),
  });
}
