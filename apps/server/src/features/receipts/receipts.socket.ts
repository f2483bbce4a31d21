import type { CountsChange } from "@parley/protocol/chat.ts";
import { success } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { answering, type Handlers } from "../../socket/request-handler.ts";
import type { Storage } from "../../storage/port.ts";
import type { LedgerService } from "./ledger.service.ts";
import { ReceiptGate } from "./receipt-gate.ts";
import type { PutReceipts, ReadMove } from "./receipts.commands.ts";

/** V34, S9: the numbers that follow from a moved read mark. */
async function countsAfter(
  storage: Storage,
  accountId: AccountId,
  { chatId, change, allRead }: ReadMove,
): Promise<CountsChange | undefined> {
  if (allRead) {
    const none = { unread: 0, mentions: 0, countedThroughSeq: allRead.readSeq };
    return { kind: "counts", change, chatId, ...allRead, ...none };
  }
  const counted = await storage.counts(accountId, chatId);
  if (!counted) return undefined;
  const { membership, unread, mentions, headSeq: countedThroughSeq } = counted;
  const { deliveredSeq, readSeq } = membership;
  const numbers = { unread, mentions, countedThroughSeq };
  return { kind: "counts", change, chatId, deliveredSeq, readSeq, ...numbers };
}

/** S8 */
export function receiptHandlers(deps: {
  storage: Storage;
  ledger: LedgerService;
}): Pick<Handlers, "receipt:put" | "chat:ledger"> {
  const gate = new ReceiptGate(deps.storage);
  return {
    "receipt:put": answering(async ({ connection, body }) => {
      const command: PutReceipts = {
        kind: "receipt.put",
        marks: body.marks,
        accountId: connection.accountId,
        origin: connection.id,
      };
      const put = await gate.put(command);
      if (!put.ok) return put;
      const counts: CountsChange[] = [];
      for (const move of put.value) {
        const change = await countsAfter(deps.storage, connection.accountId, move);
        if (change) counts.push(change);
      }
      return success({ counts });
    }),
    "chat:ledger": answering(async ({ connection, body }) =>
      deps.ledger.ledger(connection.accountId, body.chatId, body.seq),
    ),
  };
}
