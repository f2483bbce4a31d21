import type { ChildProcess } from "node:child_process";

/**
 * Calls from the bench to a process of its own over Node's IPC channel: the child names functions,
 * the parent calls them and gets what they resolve to. Both ends are ours and started together, so
 * what crosses is trusted as it is; it must survive JSON.
 */
export type Functions = Record<string, (body: never) => unknown>;

type CallFrame = { benchCall: number; name: string; body: unknown };
type AnswerFrame = { benchAnswer: number; data?: unknown; error?: string };

function isCall(message: unknown): message is CallFrame {
  return typeof message === "object" && message !== null && "benchCall" in message;
}

function isAnswer(message: unknown): message is AnswerFrame {
  return typeof message === "object" && message !== null && "benchAnswer" in message;
}

/**
 * Answers calls to the named functions for as long as this process runs. Calls to others are left to
 * whoever else listens.
 */
export function answerCalls(functions: Functions): void {
  process.on("message", (message) => {
    if (!isCall(message)) return;
    const called = functions[message.name];
    if (called === undefined) return;
    void answer(message, called);
  });
}

async function answer(call: CallFrame, called: (body: never) => unknown): Promise<void> {
  const frame: AnswerFrame = { benchAnswer: call.benchCall };
  try {
    frame.data = await called(call.body as never);
  } catch (error) {
    frame.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  process.send?.(frame);
}

type Waiting = { resolve(data: unknown): void; reject(error: Error): void };

/** The parent's end. A call whose child ends before it answers is rejected. */
export class Caller {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => {
      if (!isAnswer(message)) return;
      const waiting = this.#waiting.get(message.benchAnswer);
      this.#waiting.delete(message.benchAnswer);
      if (message.error === undefined) waiting?.resolve(message.data);
      else waiting?.reject(new Error(message.error));
    });
    child.once("exit", (code, signal) => {
      const error = new Error(`process ${child.pid ?? "?"} ended (${signal ?? code ?? "?"})`);
      for (const waiting of this.#waiting.values()) waiting.reject(error);
      this.#waiting.clear();
    });
  }

  /** Calls a function of the child; `F` is the type of what it handed to `answerCalls`. */
  call<F extends Functions, Name extends keyof F & string>(
    name: Name,
    ...body: Parameters<F[Name]>
  ): Promise<Awaited<ReturnType<F[Name]>>> {
    return new Promise((resolve, reject) => {
      const call = (this.#calls += 1);
      this.#waiting.set(call, {
        resolve: (data) => resolve(data as Awaited<ReturnType<F[Name]>>),
        reject,
      });
      this.#child.send({ benchCall: call, name, body: body[0] }, (error) => {
        if (error === null) return;
        this.#waiting.delete(call);
        reject(error);
      });
    });
  }
}
