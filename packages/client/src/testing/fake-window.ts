import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import {
  type CallData,
  type CallInput,
  type CallName,
  CALLS,
  type HostFrame,
  type NoticeBody,
  type NoticeName,
  NOTICES,
} from "@parley/protocol/bridge/contract.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";
import { failureOf, type Parser, parseWith } from "../connection/parse.ts";
import type { Liveness, WindowPort, WindowPortListener } from "../session/ports.ts";

type Notice = { [Name in NoticeName]: { name: Name; body: NoticeBody<Name> } }[NoticeName];

const DATA: { [Name in CallName]: { data: Parser<CallData<Name>> } } = CALLS;
const BODIES: { [Name in NoticeName]: Parser<NoticeBody<Name>> } = NOTICES;

/** Build that hosts and windows of tests belong to. */
export const TEST_BUILD = "test-build";

/**
 * A window of the host, without a screen. As long as `writes` it does a writer's part of the bridge:
 * it claims its store when assigned and says at once that it has caught up.
 */
export class FakeWindow implements WindowPort, Bridge {
  readonly windowId = crypto.randomUUID();
  readonly notices: Notice[] = [];
  writes = true;
  /** Accounts that this window writes for now, by its own belief. */
  readonly writerOf = new Set<string>();
  #host: WindowPortListener | undefined;
  #waiting = new Map<number, (frame: HostFrame) => void>();
  #listeners = new Map<NoticeName, Set<(body: never) => void>>();
  #nextId = 1;

  post(frame: HostFrame): void {
    // Over a real port this is another task.
    const copy: HostFrame = structuredClone(frame);
    queueMicrotask(() => this.#received(copy));
  }

  listen(listener: WindowPortListener): void {
    this.#host = listener;
  }

  on<Name extends NoticeName>(name: Name, listener: (body: NoticeBody<Name>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  hello(build = TEST_BUILD): Promise<Result<CallData<"host:hello">>> {
    const { windowId } = this;
    return this.call("host:hello", { bridgeVersion: BRIDGE_VERSION, build, windowId });
  }

  call<Name extends CallName>(name: Name, body: CallInput<Name>): Promise<Result<CallData<Name>>> {
    return this.callRaw(name, body, DATA[name].data);
  }

  /** Calls with anything, as a broken or hostile window would. */
  callRaw<T>(name: string, body: unknown, data: Parser<T>): Promise<Result<T>> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Result<T>>();
    this.#waiting.set(id, (frame) => {
      if (frame.kind === "failure") resolve({ ok: false, error: failureOf(frame.error) });
      if (frame.kind !== "answer") return;
      const parsed = parseWith(data, frame.data);
      resolve(parsed.ok ? success(parsed.value) : failure("bridge_failed", parsed.problem));
    });
    this.send({ kind: "call", id, name, body });
    return promise;
  }

  send(frame: unknown): void {
    this.#host?.frame(structuredClone(frame));
  }

  become(state: Liveness): void {
    this.#host?.liveness(state);
  }

  bodiesOf<Name extends NoticeName>(name: Name): NoticeBody<Name>[] {
    return this.notices.flatMap((notice) =>
      notice.name === name ? [notice.body as NoticeBody<Name>] : [],
    );
  }

  #received(frame: HostFrame): void {
    if (frame.kind !== "notice") {
      this.#waiting.get(frame.id)?.(frame);
      return;
    }
    const name = frame.name as NoticeName;
    const body = parseWith(BODIES[name] as Parser<never>, frame.body);
    if (!body.ok)
      throw new Error(`the host sent a notice against the contract: ${name} ${body.problem}`);
    const notice: Notice = { name, body: body.value };
    this.notices.push(notice);
    this.#actAsWriter(notice);
    for (const listener of this.#listeners.get(name) ?? []) listener(body.value);
  }

  #actAsWriter(notice: Notice): void {
    if (notice.name === "writer:assigned") {
      const { accountKey, assigned } = notice.body;
      if (!assigned) this.writerOf.delete(accountKey);
      else this.writerOf.add(accountKey);
      if (assigned && this.writes) {
        void this.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
      }
    }
    if (notice.name === "sync:catch-up" && this.writes) {
      void this.call("writer:caught-up", { accountKey: notice.body.accountKey, watermark: 1 });
    }
  }
}
