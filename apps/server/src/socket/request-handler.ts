import type { Result } from "@parley/protocol/errors.ts";
import type { RequestBody, RequestData, RequestName } from "@parley/protocol/socket/requests.ts";
import type { FanoutConnection } from "../fanout/port.ts";
import type { Actor } from "../stream/append-event.ts";

/** One request as its handler sees it: parsed, and from a verified device. */
export type Request<Name extends RequestName> = {
  connection: FanoutConnection;
  body: RequestBody<Name>;
  /** E1: made when first asked for. */
  readonly requestId: string;
  /** Answers; called exactly once. What is sent from here leaves in the order of the calls. */
  answer: (result: Result<RequestData<Name>>) => void;
};

export type Handler<Name extends RequestName> = (request: Request<Name>) => void | Promise<void>;
export type Handlers = { [Name in RequestName]: Handler<Name> };

/** A handler whose answer is what a function resolves to. */
export function answering<Name extends RequestName>(
  handle: (request: Request<Name>) => Promise<Result<RequestData<Name>>>,
): Handler<Name> {
  return async (request) => request.answer(await handle(request));
}

/** Who acts in a request. */
export function actorOf({ accountId, deviceId }: FanoutConnection): Actor {
  return { accountId, deviceId };
}
