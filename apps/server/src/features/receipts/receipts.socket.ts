import { success } from "@parley/protocol/errors.ts";
import { answering, type Handlers } from "../../socket/request-handler.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import type { LedgerService } from "./ledger.service.ts";
import type { PutReceipts } from "./receipts.commands.ts";

/** S8 */
export function receiptHandlers(deps: {
  storage: Storage;
  ledger: LedgerService;
}): Pick<Handlers, "receipt:put" | "chat:ledger"> {
  return {
    "receipt:put": answering(async ({ connection, body }) => {
      const command: PutReceipts = {
        kind: "receipt.put",
        marks: body.marks,
        accountId: connection.accountId,
      };
      const put = await transactOne(deps.storage, command);
      return put.ok ? success({ counts: [] }) : put;
    }),
    "chat:ledger": answering(async ({ connection, body }) =>
      deps.ledger.ledger(connection.accountId, body.chatId, body.seq),
    ),
  };
}
