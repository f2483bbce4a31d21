import { success } from "@parley/protocol/errors.ts";
import { AccountId } from "@parley/protocol/ids.ts";
import { splitValueKey, type ValueOutcome } from "@parley/protocol/values.ts";
import { answering, type Handlers } from "../../socket/request-handler.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import type { PutOutcome, PutValues } from "./values.commands.ts";

function blockedIn(outcomes: readonly PutOutcome[]): AccountId[] {
  return outcomes.flatMap((outcome) => {
    const split = "written" in outcome ? splitValueKey(outcome.written.key) : undefined;
    return split?.kind === "block" ? [AccountId.parse(split.id)] : [];
  });
}

/** S1, V32: each put has its own outcome, in the order of the puts. */
export function valueHandlers(deps: {
  storage: Storage;
  /** V33: told of every block, and of the end of one. */
  blockChanged(blocker: AccountId, blocked: AccountId): void;
}): Pick<Handlers, "values:put"> {
  return {
    "values:put": answering(async (request) => {
      const { connection, body } = request;
      const command: PutValues = {
        kind: "values.put",
        accountId: connection.accountId,
        puts: body.puts,
        origin: connection.id,
      };
      const put = await transactOne<PutOutcome[]>(deps.storage, command);
      if (!put.ok) return put;
      for (const blocked of blockedIn(put.value)) deps.blockChanged(connection.accountId, blocked);
      const outcomes = put.value.map((outcome): ValueOutcome =>
        "error" in outcome
          ? { error: { ...outcome.error, requestId: request.requestId } }
          : outcome,
      );
      return success({ outcomes });
    }),
  };
}
