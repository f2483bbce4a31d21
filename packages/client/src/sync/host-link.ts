import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { CallInput, RelayedName } from "@parley/protocol/bridge/contract.ts";
import { failure, type Result } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { type RequestData, type RequestInput, REQUESTS } from "@parley/protocol/socket/requests.ts";

type Marks = CallInput<"receipt:mark">["marks"];

/** The bridge for one account: requests to the server with parsed answers, and calls to the host. */
export type HostLink = {
  request<Name extends RelayedName>(
    name: Name,
    body: RequestInput<Name>,
  ): Promise<Result<RequestData<Name>>>;
  /** S8: marks for the next receipt batch. */
  mark(marks: Marks): Promise<Result<unknown>>;
  /** S20: the store is claimed. */
  ready(writerEpoch: string): Promise<Result<unknown>>;
  /** S6: all pages are applied. */
  caughtUp(watermark: number): Promise<Result<unknown>>;
  /** S11: the journal has something to send. */
  nudge(): Promise<Result<unknown>>;
};

type Parser<T> = {
  safeParse(data: unknown): { success: true; data: T } | { success: false };
};
const ANSWERS: { [Name in RelayedName]: { data: Parser<RequestData<Name>> } } = REQUESTS;

/** Parses an answer; what a schema throws from inside a transformation is a failed parse too. */
function parseAnswer<Name extends RelayedName>(
  name: Name,
  data: unknown,
): RequestData<Name> | undefined {
  try {
    const parsed = ANSWERS[name].data.safeParse(data);
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function linkHost(bridge: Bridge, accountKey: AccountKey): HostLink {
  return {
    async request(name, body) {
      const answer = await bridge.call("server:request", { accountKey, name, body });
      if (!answer.ok) return answer;
      const value = parseAnswer(name, answer.value);
      return value === undefined
        ? failure("internal", `The answer to ${name} is not valid.`)
        : { ok: true, value };
    },
    mark: (marks) => bridge.call("receipt:mark", { accountKey, marks }),
    ready: (writerEpoch) => bridge.call("writer:ready", { accountKey, writerEpoch }),
    caughtUp: (watermark) => bridge.call("writer:caught-up", { accountKey, watermark }),
    nudge: () => bridge.call("outbox:nudge", { accountKey }),
  };
}
