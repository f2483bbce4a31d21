import type { HostFrame } from "@parley/protocol/bridge/contract.ts";
import { readLineFrame } from "./line.ts";

/** The calls by which a host knows a window, in the order in which a new host has to hear them. */
const HELLO = "host:hello";
const VIEW = "view:set";

type Call = { id: number; name: string; body: unknown };

function readCall(data: unknown): Call | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  if (!("kind" in data && "id" in data && "name" in data && "body" in data)) return undefined;
  const { kind, id, name, body } = data;
  if (kind !== "call" || typeof id !== "number" || typeof name !== "string") return undefined;
  return { id, name, body };
}

function accountOf(body: unknown): string {
  return typeof body === "object" && body !== null && "accountKey" in body
    ? String(body.accountKey)
    : "";
}

function answeredId(data: unknown): number | undefined {
  if (typeof data !== "object" || data === null || !("id" in data)) return undefined;
  return typeof data.id === "number" ? data.id : undefined;
}

/**
 * Stands between one page and whichever worker hosts the sessions at the time. When the host changes, the
 * page's attachment, hello and views are said again to the new one, which answers them where the old one
 * has not; other calls without an answer fail as `offline`, which is worth a retry.
 */
export class PageProxy {
  readonly #toPage: (data: unknown) => void;
  #toHost: ((data: unknown) => void) | undefined;
  #attach: unknown;
  #hello: unknown;
  readonly #views = new Map<string, unknown>();
  readonly #unanswered = new Set<number>();
  #waiting: unknown[] = [];

  constructor(toPage: (data: unknown) => void) {
    this.#toPage = toPage;
  }

  fromPage(data: unknown): void {
    const isKept = this.#keep(data);
    if (this.#toHost) this.#toHost(data);
    else if (!isKept) this.#waiting.push(data);
  }

  fromHost(data: unknown): void {
    const id = answeredId(data);
    if (id !== undefined) this.#unanswered.delete(id);
    this.#toPage(data);
  }

  /** From now on this host serves the page. */
  connect(toHost: (data: unknown) => void): void {
    const kept = [this.#attach, this.#hello, ...this.#views.values()];
    if (this.#toHost) this.#failUnanswered(new Set(kept.map((data) => readCall(data)?.id)));
    this.#toHost = toHost;
    for (const data of [...kept, ...this.#waiting.splice(0)]) if (data !== undefined) toHost(data);
  }

  #keep(data: unknown): boolean {
    if (readLineFrame(data)?.line === "attach") {
      this.#attach = data;
      return true;
    }
    const call = readCall(data);
    if (!call) return false;
    this.#unanswered.add(call.id);
    if (call.name === HELLO) this.#hello = data;
    else if (call.name === VIEW) this.#views.set(accountOf(call.body), data);
    else return false;
    return true;
  }

  #failUnanswered(saidAgain: ReadonlySet<number | undefined>): void {
    for (const id of this.#unanswered) {
      if (saidAgain.has(id)) continue;
      this.#unanswered.delete(id);
      const error = {
        code: "offline" as const,
        message: "The session host changed.",
        requestId: "",
      };
      const failed: HostFrame = { kind: "failure", id, error };
      this.#toPage(failed);
    }
  }
}
