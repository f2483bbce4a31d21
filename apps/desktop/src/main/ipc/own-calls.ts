import type { CallBody, CallData, CallName } from "@parley/protocol/bridge/contract.ts";
import type { Result } from "@parley/protocol/errors.ts";

/** Calls that concern only the desktop around the session: main answers them itself. */
export const OWN_CALLS = [
  "shell:notification-test",
  "shell:open-logs",
  "shell:crash-reports",
  "shell:crash-report",
  "shell:crash-report-mail",
  "shell:crash-report-delete",
  "window:open",
  "window:state",
  "window:configure",
] as const satisfies readonly CallName[];
export type OwnCallName = (typeof OWN_CALLS)[number];

/** What answers them; `contentsId` names the window that asks. Bodies are parsed. */
export type OwnCalls = {
  readonly [Name in OwnCallName]: (
    body: CallBody<Name>,
    contentsId: number,
  ) => Promise<Result<CallData<Name>>> | Result<CallData<Name>>;
};

/** Whether main answers a call itself. */
export function isOwnCall(name: CallName): name is OwnCallName {
  return OWN_CALLS.some((own) => own === name);
}
