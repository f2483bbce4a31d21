import { systemClock } from "@parley/client/connection/system-clock.ts";
import { browserHost } from "./browser-host.ts";
import { type Endpoint, HOST_LOCK } from "./line.ts";
import { PageProxy } from "./page-proxy.ts";
import { WindowLine } from "./window-line.ts";

const CHANNEL = "parley:line";

/** What workers say to each other. */
type Word =
  /** A page's worker looks for the host. */
  | { word: "who"; from: string }
  /** A worker hosts the sessions now. */
  | { word: "here"; host: string }
  | { word: "to-host"; from: string; data: unknown }
  | { word: "to-page"; to: string; data: unknown };

function readWord(data: unknown): Word | undefined {
  if (typeof data !== "object" || data === null || !("word" in data)) return undefined;
  const { word } = data;
  if (word === "here" && "host" in data) return { word, host: String(data.host) };
  if (word === "who" && "from" in data) return { word, from: String(data.from) };
  if (!("data" in data)) return undefined;
  if (word === "to-host" && "from" in data)
    return { word, from: String(data.from), data: data.data };
  if (word === "to-page" && "to" in data) return { word, to: String(data.to), data: data.data };
  return undefined;
}

/** The host's ends of the lines to pages whose own worker does not host. */
function remotePages(say: (word: Word) => void, attach: (endpoint: Endpoint) => void) {
  const endpoints = new Map<string, Endpoint>();
  return (from: string, data: unknown): void => {
    let endpoint = endpoints.get(from);
    if (!endpoint) {
      endpoint = {
        postMessage: (message) => say({ word: "to-page", to: from, data: message }),
        onmessage: null,
      };
      endpoints.set(from, endpoint);
      attach(endpoint);
    }
    endpoint.onmessage?.(new MessageEvent("message", { data }));
  };
}

/**
 * Where there is no SharedWorker, each page has a worker of its own. The one that holds the host's
 * lock hosts the sessions for all pages (S20), the others pass on; when it ends, the next in line
 * takes over, and pages go on without a reload.
 */
export function joinElection(page: Endpoint, build: string, end: () => void): void {
  const own = crypto.randomUUID();
  const channel = new BroadcastChannel(CHANNEL);
  const say = (word: Word): void => channel.postMessage(word);
  const proxy = new PageProxy((data) => page.postMessage(data));
  let serve: ((from: string, data: unknown) => void) | undefined;
  let servedBy: string | undefined;

  function hear(word: Word): void {
    switch (word.word) {
      case "here":
        if (word.host === servedBy) return;
        servedBy = word.host;
        proxy.connect((data) => say({ word: "to-host", from: own, data }));
        return;
      case "who":
        if (serve) say({ word: "here", host: own });
        return;
      case "to-host":
        serve?.(word.from, word.data);
        return;
      case "to-page":
        if (word.to === own) proxy.fromHost(word.data);
    }
  }

  page.onmessage = (event: MessageEvent<unknown>) => proxy.fromPage(event.data);
  channel.addEventListener("message", (event: MessageEvent<unknown>) => {
    const word = readWord(event.data);
    if (word) hear(word);
  });

  function host(): Promise<undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const sessions = browserHost(build, () => {
      resolve(undefined);
      end();
    });
    const attach = (endpoint: Endpoint): void =>
      sessions.attach(new WindowLine(endpoint, systemClock, navigator.locks));
    serve = remotePages(say, attach);
    const { port1, port2 } = new MessageChannel();
    attach(port1);
    port2.onmessage = (event: MessageEvent<unknown>) => proxy.fromHost(event.data);
    servedBy = own;
    proxy.connect((data) => port2.postMessage(data));
    say({ word: "here", host: own });
    return promise;
  }

  say({ word: "who", from: own });
  void navigator.locks.request(HOST_LOCK, host);
}
