import type { CallName, NoticeName } from "./contract.ts";

/*
 * The names of the contract without its schemas, for the preload: it knows what may pass and parses
 * nothing. The compiler holds both lists to the contract.
 */

const CALL = {
  "host:hello": true,
  "server:probe": true,
  "server:trust": true,
  "account:sign-in": true,
  "account:sign-up": true,
  "account:sign-out": true,
  "account:rename": true,
  "devices:list": true,
  "devices:sign-out": true,
  "devices:rename": true,
  "ended:dismiss": true,
  "account:report": true,
  "server:request": true,
  "receipt:mark": true,
  "typing:set": true,
  "view:set": true,
  "writer:ready": true,
  "writer:caught-up": true,
  "outbox:nudge": true,
  "connection:retry": true,
  "alerts:state": true,
  "alerts:configure": true,
  "alerts:decisions": true,
  "notification:told": true,
  "shell:state": true,
  "shell:configure": true,
  "shell:notification-test": true,
  "shell:open-logs": true,
  "shell:crash-reports": true,
  "shell:crash-report": true,
  "shell:crash-report-mail": true,
  "shell:crash-report-delete": true,
  "window:open": true,
  "window:state": true,
  "window:configure": true,
} as const satisfies Record<CallName, true>;

const NOTICE = {
  "accounts:changed": true,
  "accounts:ended": true,
  "devices:changed": true,
  "connection:changed": true,
  "sync:changes": true,
  "writer:assigned": true,
  "sync:catch-up": true,
  "outbox:nudged": true,
  "typing:changed": true,
  "presence:changed": true,
  "notification:show": true,
  "notification:clear": true,
  "target:open": true,
  "notification:acted": true,
  "link:open": true,
  "shell:changed": true,
  "alerts:changed": true,
  "window:changed": true,
  "host:outdated": true,
} as const satisfies Record<NoticeName, true>;

/** Whether a window may call the host by this name. */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(CALL, name);
}

/** Whether the host tells windows something by this name. */
export function isNoticeName(name: string): name is NoticeName {
  return Object.hasOwn(NOTICE, name);
}

/** All notices of the contract. */
export const NOTICE_NAMES: readonly NoticeName[] = Object.keys(NOTICE).filter(isNoticeName);

/** The desktop's channel of a call or notice: nothing else passes between a page and the main process. */
export function channelOf(name: CallName | NoticeName): string {
  return `parley:${name}`;
}
