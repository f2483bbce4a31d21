import { type Parser, parseWith } from "@parley/client/connection/parse.ts";
import type { Clock, Log } from "@parley/client/connection/ports.ts";
import type { WindowPort } from "@parley/client/session/ports.ts";
import {
  type CallBody,
  CALLS,
  type NoticeBody,
  type NoticeName,
} from "@parley/protocol/bridge/contract.ts";
import { channelOf, isCallName, isNoticeName } from "@parley/protocol/bridge/names.ts";
import { FloodLimit } from "./flood-limit.ts";
import { isOwnCall, type OwnCallName, type OwnCalls } from "./own-calls.ts";
import { type Sender, senderProblem } from "./sender.ts";
import { type Answer, refusal, WindowLine } from "./window-line.ts";

/** The main process' side of IPC, as far as the app uses it. */
export type IpcPort = {
  handle(channel: string, listener: (event: IpcEvent, body: unknown) => Promise<Answer>): void;
};

/** A message from a page: whose, and from which of its frames. */
export type IpcEvent = Omit<Sender, "isOwnWindow"> & {
  /** Names the contents of its window. */
  readonly contentsId: number;
};

/** A window of the app, as IPC sees it. */
export type IpcWindow = {
  readonly contentsId: number;
  send(channel: string, body: unknown): void;
};

type Options = {
  ipc: IpcPort;
  clock: Clock;
  log: Log;
  /** Takes in a page that came (the session host's `attach`). */
  attach: (port: WindowPort) => void;
  /** Answers what concerns only the desktop around the session. */
  own: OwnCalls;
  /** A page has said hello and was answered. */
  greeted: (contentsId: number) => void;
  /** A page called; before the call is answered. */
  called: (contentsId: number, name: string) => void;
};

const BODIES: { [Name in OwnCallName]: { body: Parser<CallBody<Name>> } } = CALLS;

type Entry = { window: IpcWindow; limit: FloodLimit; line: WindowLine | undefined };

/**
 * The one place where pages and main process meet. Every call of the contract has its channel and no
 * other exists; each message is checked for who sent it, how many came before, and what is in it. A
 * refusal is an answer with a code, never an exception.
 */
export class Ipc {
  readonly #options: Options;
  readonly #windows = new Map<number, Entry>();

  constructor(options: Options) {
    this.#options = options;
    for (const name of Object.keys(CALLS)) {
      if (!isCallName(name)) continue;
      options.ipc.handle(channelOf(name), async (event, body) => {
        try {
          return await this.#called(event, name, body);
        } catch (error) {
          options.log.warn("A call of a page failed.", { name, error: String(error) });
          return refusal("bridge_failed", "The main process failed to do this.");
        }
      });
    }
  }

  /** From now on pages of this window are heard. */
  addWindow(window: IpcWindow): void {
    const limit = new FloodLimit(this.#options.clock.nowMs());
    this.#windows.set(window.contentsId, { window, limit, line: undefined });
  }

  removeWindow(contentsId: number): void {
    this.pageGone(contentsId);
    this.#windows.delete(contentsId);
  }

  /** The page of a window is over: closed, crashed, or another one took its place. */
  pageGone(contentsId: number): void {
    const entry = this.#windows.get(contentsId);
    if (!entry) return;
    const { line } = entry;
    entry.line = undefined;
    line?.gone();
  }

  /** The page does not answer the system any more, or answers again. */
  setResponsive(contentsId: number, isResponsive: boolean): void {
    const line = this.#windows.get(contentsId)?.line;
    if (isResponsive) line?.responsive();
    else line?.silent();
  }

  /** Tells the page of one window. */
  tell<Name extends NoticeName>(contentsId: number, name: Name, body: NoticeBody<Name>): void {
    this.#windows.get(contentsId)?.line?.tell(name, body);
  }

  async #called(
    { contentsId, ...frame }: IpcEvent,
    name: keyof typeof CALLS,
    body: unknown,
  ): Promise<Answer> {
    const entry = this.#windows.get(contentsId);
    const problem = senderProblem({ ...frame, isOwnWindow: entry !== undefined });
    if (problem !== undefined || !entry) {
      this.#options.log.warn("A call was refused.", { name, problem });
      return refusal("not_allowed", problem ?? "");
    }
    const retryAfterMs = entry.limit.waitMs(this.#options.clock.nowMs());
    if (retryAfterMs > 0) {
      return refusal("rate_limited", "The page calls too often.", { retryAfterMs });
    }
    if (isOwnCall(name)) return this.#ownCall(name, body, contentsId);
    const checked = parseWith<unknown>(CALLS[name].body, body);
    if (!checked.ok) return refusal("invalid_request", checked.problem);
    this.#options.called(contentsId, name);
    if (name === "host:hello") this.#hello(entry, CALLS[name].body.parse(body).windowId);
    const answer = await this.#lineOf(entry).call(name, body);
    if (name === "host:hello" && answer.ok) this.#options.greeted(contentsId);
    return answer;
  }

  async #ownCall<Name extends OwnCallName>(
    name: Name,
    body: unknown,
    contentsId: number,
  ): Promise<Answer> {
    const checked = parseWith(BODIES[name].body, body);
    if (!checked.ok) return refusal("invalid_request", checked.problem);
    const answer = await this.#options.own[name](checked.value, contentsId);
    if (answer.ok) return answer;
    return { ok: false, error: { ...answer.error, requestId: "" } };
  }

  /** A page that says hello by another name is a new one, whether or not the old one's end was heard of. */
  #hello(entry: Entry, windowId: string): void {
    if (entry.line?.windowId !== undefined && entry.line.windowId !== windowId) {
      this.pageGone(entry.window.contentsId);
    }
    this.#lineOf(entry).windowId = windowId;
  }

  #lineOf(entry: Entry): WindowLine {
    if (entry.line) return entry.line;
    const line = new WindowLine((name, body) => {
      if (isNoticeName(name)) entry.window.send(channelOf(name), body);
    });
    entry.line = line;
    this.#options.attach(line);
    return line;
  }
}
