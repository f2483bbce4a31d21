import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import {
  type CallData,
  type CallName,
  CALLS,
  HostFrame,
  type NoticeBody,
  type NoticeName,
  NOTICES,
  type WindowFrame,
} from "@parley/protocol/bridge/contract.ts";
import { failure, type Failure, type Result, success } from "@parley/protocol/errors.ts";
import { isNoticeName } from "@parley/protocol/bridge/names.ts";
import { type Parser, parseWith } from "../connection/parse.ts";
import type { SyncLog } from "./ports.ts";

/** A host that does not answer a call within this time is not there any more. */
const CALL_TIMEOUT_MS = 60_000;

/** Notices that tell of a state: whoever starts to listen later gets the newest one at once. */
const STATES = [
  "accounts:changed",
  "accounts:ended",
  "connection:changed",
  "writer:assigned",
  "window:changed",
] as const satisfies NoticeName[];

const DATA: { [Name in CallName]: { data: Parser<CallData<Name>> } } = CALLS;
const BODY: { [Name in NoticeName]: Parser<NoticeBody<Name>> } = NOTICES;

type Waiting = { answered(data: unknown): void; failed(error: Failure): void };
type Listeners = { [Name in NoticeName]: Set<(body: NoticeBody<Name>) => void> };

function makeListeners(): Listeners {
  return {
    "accounts:changed": new Set(),
    "accounts:ended": new Set(),
    "devices:changed": new Set(),
    "connection:changed": new Set(),
    "sync:changes": new Set(),
    "writer:assigned": new Set(),
    "sync:catch-up": new Set(),
    "outbox:nudged": new Set(),
    "typing:changed": new Set(),
    "presence:changed": new Set(),
    "notification:show": new Set(),
    "notification:clear": new Set(),
    "target:open": new Set(),
    "notification:acted": new Set(),
    "link:open": new Set(),
    "shell:changed": new Set(),
    "alerts:changed": new Set(),
    "window:changed": new Set(),
    "host:outdated": new Set(),
  };
}

/** Remembers the newest notice of each state, per account (S19). */
class Remembered {
  readonly #bodies = new Map<NoticeName, Map<string, unknown>>();

  keep(name: NoticeName, body: object): void {
    if (!STATES.some((state) => state === name)) return;
    const account = "accountKey" in body ? String(body.accountKey) : "";
    const bodies = this.#bodies.get(name) ?? new Map<string, unknown>();
    this.#bodies.set(name, bodies.set(account, body));
  }

  of(name: NoticeName): unknown[] {
    return [...(this.#bodies.get(name)?.values() ?? [])];
  }

  /** Accounts that are gone have no state any more. */
  keepAccounts(accountKeys: readonly string[]): void {
    for (const bodies of this.#bodies.values()) {
      for (const account of bodies.keys()) {
        if (account !== "" && !accountKeys.includes(account)) bodies.delete(account);
      }
    }
  }
}

/** A window's end of the line to its session host: a MessagePort, or the desktop's preload. */
export type HostLine = {
  post(frame: WindowFrame): void;
  /** Takes every frame of the bridge contract, unparsed. */
  listen(received: (frame: unknown) => void): void;
};

/**
 * The bridge of a window over a line. Every frame is parsed by the contract; one that cannot be read fails
 * its call, or is reported and dropped. Calls never throw, and end after CALL_TIMEOUT_MS.
 */
export function bridgeOver(line: HostLine, log: SyncLog): Bridge {
  const waiting = new Map<number, Waiting>();
  const listeners = makeListeners();
  const remembered = new Remembered();
  let nextId = 1;

  function tell<Name extends NoticeName>(name: Name, data: unknown): void {
    const body = parseWith(BODY[name], data);
    if (!body.ok) {
      log.warn("A notice of the host could not be read.", { name, problem: body.problem });
      return;
    }
    remembered.keep(name, body.value);
    for (const listener of listeners[name]) listener(body.value);
  }

  line.listen((data) => {
    const frame = parseWith(HostFrame, data);
    if (!frame.ok) {
      log.warn("A frame of the host could not be read.", { problem: frame.problem });
      return;
    }
    const { value } = frame;
    if (value.kind === "notice") {
      if (isNoticeName(value.name)) tell(value.name, value.body);
      return;
    }
    const call = waiting.get(value.id);
    if (value.kind === "answer") call?.answered(value.data);
    else call?.failed(value.error);
  });
  const forget = listeners["accounts:changed"];
  forget.add(({ accounts }) => remembered.keepAccounts(accounts.map((one) => one.accountKey)));

  return {
    call: <Name extends CallName>(name: Name, body: unknown) => {
      const id = nextId++;
      const { promise, resolve } = Promise.withResolvers<Result<CallData<Name>>>();
      const settle = (result: Result<CallData<Name>>): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(result);
      };
      const timer = setTimeout(
        () => settle(failure("bridge_failed", `The session host did not answer ${name}.`)),
        CALL_TIMEOUT_MS,
      );
      waiting.set(id, {
        answered: (data) => {
          const parsed = parseWith(DATA[name].data, data);
          settle(parsed.ok ? success(parsed.value) : failure("bridge_failed", parsed.problem));
        },
        failed: (error) => settle({ ok: false, error }),
      });
      line.post({ kind: "call", id, name, body });
      return promise;
    },
    on: (name, listener) => {
      listeners[name].add(listener);
      queueMicrotask(() => {
        for (const body of remembered.of(name)) {
          const parsed = parseWith(BODY[name], body);
          if (parsed.ok && listeners[name].has(listener)) listener(parsed.value);
        }
      });
      return () => {
        listeners[name].delete(listener);
      };
    },
  };
}
