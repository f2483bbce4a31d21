import { success } from "@parley/protocol/errors.ts";
import type { ValueOutcome } from "@parley/protocol/values.ts";
import { answering, type Handlers } from "../../socket/request-handler.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import type { PutOutcome, PutValues } from "./values.commands.ts";

/** S1, V32: each put has its own outcome, in the order of the puts. */
export function valueHandlers(deps: { storage: Storage }): Pick<Handlers, "values:put"> {
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
      const outcomes = put.value.map((outcome): ValueOutcome =>
        "error" in outcome
          ? { error: { ...outcome.error, requestId: request.requestId } }
          : outcome,
      );
      return success({ outcomes });
    }),
  };
}
