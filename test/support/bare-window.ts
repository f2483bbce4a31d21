import type { Page } from "@playwright/test";

type Answer = { data?: unknown; error?: { code: string } };
type NoticeBody = { accountKey?: string; assigned?: boolean };
type Frame =
  | { line: "ping" }
  | { line?: never; kind: "notice"; name: string; body: NoticeBody }
  | ({ line?: never; kind: "answer" | "failure"; id: number } & Answer);

/** What a window without the app keeps in its page. */
type BareWindow = {
  notices: { name: string; body: unknown }[];
  call(name: string, body: unknown): Promise<Answer>;
};

declare global {
  interface Window {
    bareWindow?: BareWindow;
  }
}

type Options = {
  build: string;
  /** With a worker of its own, as in a browser without SharedWorker. */
  dedicated?: boolean;
};

/**
 * Makes the page a window of the session host, without the app in it: it holds its lock, answers
 * pings, says hello, keeps the notices it gets, and does the least that a writer has to do. The page
 * must be of the server's origin. Answers what the host says to the hello.
 */
export async function openBareWindow(page: Page, options: Options): Promise<Answer> {
  return page.evaluate(async ({ build, dedicated }) => {
    const windowId = crypto.randomUUID();
    await new Promise<void>((held) => {
      void navigator.locks.request(`parley:window:${windowId}`, () => {
        held();
        return new Promise<never>(() => undefined);
      });
    });
    const url = "/session-worker.js";
    const port = dedicated
      ? new Worker(url, { type: "module" })
      : new SharedWorker(url, { type: "module", name: "parley" }).port;
    const waiting = new Map<number, (answer: Answer) => void>();
    const notices: BareWindow["notices"] = [];
    let nextId = 1;
    const call: BareWindow["call"] = (name, body) =>
      new Promise((resolve) => {
        const id = nextId++;
        waiting.set(id, resolve);
        port.postMessage({ kind: "call", id, name, body });
      });
    const noticed = (name: string, body: NoticeBody): void => {
      notices.push({ name, body });
      const { accountKey } = body;
      if (name === "writer:assigned" && body.assigned) {
        void call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
      }
      if (name !== "sync:catch-up") return;
      const hello = { accountKey, name: "sync:hello", body: { dataEpoch: null, since: 0 } };
      void call("server:request", hello).then(() =>
        call("writer:caught-up", { accountKey, watermark: 1 }),
      );
    };
    port.onmessage = ({ data }: MessageEvent<Frame>) => {
      if (data.line === "ping") port.postMessage({ line: "pong" });
      else if (data.kind === "notice") noticed(data.name, data.body);
      else waiting.get(data.id)?.(data);
    };
    port.postMessage({ line: "attach", windowId });
    window.bareWindow = { notices, call };
    return call("host:hello", { bridgeVersion: 1, build, windowId });
  }, options);
}

/** Calls the host from a bare window. */
export async function callHost(page: Page, name: string, body: unknown): Promise<Answer> {
  return page.evaluate(
    async ([callName, callBody]) => {
      if (!window.bareWindow) throw new Error("the page is not a bare window");
      return window.bareWindow.call(String(callName), callBody);
    },
    [name, body],
  );
}

/** The bodies of all notices with this name, oldest first. */
export async function noticesOf(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate(
    (wanted) =>
      window.bareWindow?.notices.filter((one) => one.name === wanted).map((one) => one.body) ?? [],
    name,
  );
}
