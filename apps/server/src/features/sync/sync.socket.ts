import type { Fanout } from "../../fanout/port.ts";
import { answering, type Handlers } from "../../socket/request-handler.ts";
import type { HealerService } from "./healer.service.ts";
import type { SyncService } from "./sync.service.ts";

/** S6, S6a, S7 */
export function syncHandlers(deps: {
  sync: SyncService;
  healer: HealerService;
  fanout: Fanout;
}): Pick<Handlers, "sync:hello" | "sync:pull" | "sync:erased" | "chat:history"> {
  const { sync, healer, fanout } = deps;
  return {
    "sync:hello": answering(async ({ connection, body }) => {
      // Subscribed first: what is committed after the watermark is read arrives live.
      fanout.subscribe(connection);
      const page = await sync.hello(connection.accountId, body);
      if (page.ok && body.after === undefined) healer.track(connection, page.value.watermark);
      return page;
    }),
    "sync:pull": answering(async ({ connection, body }) => sync.pull(connection.accountId, body)),
    "sync:erased": answering(async ({ body }) => sync.erased(body.clientIds)),
    "chat:history": answering(async ({ connection, body }) =>
      sync.history(connection.accountId, body),
    ),
  };
}
