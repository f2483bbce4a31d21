import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { CallData, CallInput, CallName, RelayedName } from "@parley/protocol/bridge/contract.ts";
import { failure, type Result } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { type RequestData, type RequestInput, REQUESTS } from "@parley/protocol/socket/requests.ts";

type AccountCall = {
  [Name in CallName]: CallInput<Name> extends { accountKey: string } ? Name : never;
}[CallName];

/** The bridge for one account: requests to the server with parsed answers, and calls to the host. */
export type HostLink = {
  request<Name extends RelayedName>(
    name: Name,
    body: RequestInput<Name>,
  ): Promise<Result<RequestData<Name>>>;
  call<Name extends AccountCall>(
    name: Name,
    body: Omit<CallInput<Name>, "accountKey">,
  ): Promise<Result<CallData<Name>>>;
};

export function linkHost(bridge: Bridge, accountKey: AccountKey): HostLink {
  return {
    async request(name, body) {
      const answer = await bridge.call("server:request", { accountKey, name, body });
      if (!answer.ok) return answer;
      const parsed = REQUESTS[name].data.safeParse(answer.value);
      if (!parsed.success) return failure("internal", `The answer to ${name} is not valid.`);
      // The schema is chosen by `name`, which the compiler cannot follow through the table.
      return { ok: true, value: parsed.data as RequestData<typeof name> };
    },
    call(name, body) {
      // As above: `body` is the call's input without the key that is added here.
      return bridge.call(name, { ...body, accountKey } as CallInput<typeof name>);
    },
  };
}
