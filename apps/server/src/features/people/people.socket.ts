import { success } from "@parley/protocol/errors.ts";
import { answering, type Handlers } from "../../socket/request-handler.ts";
import type { PeopleService } from "./people.service.ts";

export function peopleHandlers(people: PeopleService): Pick<Handlers, "people:search"> {
  return {
    "people:search": answering(async ({ connection, body }) =>
      success({ people: await people.search(connection.accountId, body.query) }),
    ),
  };
}
