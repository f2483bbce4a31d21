import { systemClock } from "@parley/client/connection/system-clock.ts";
import type { HostLine } from "@parley/client/sync/bridge-over.ts";
import { type Endpoint, readLineFrame, windowLockName } from "./worker/line.ts";
import { PageProxy } from "./worker/page-proxy.ts";
import { openDoor } from "./worker/shared-door.ts";

/** In development the module itself; else the one file whose address is the same in every build (S20). */
const WORKER_URL = import.meta.env.DEV ? "/src/worker/session-worker.ts" : "/session-worker.js";

/** This window's end of the line to the session host, and the name by which the host knows it. */
type WindowLine = HostLine & { readonly windowId: string };

/** Takes this window's lock and keeps it until the window is gone. Resolves once it is held. */
function holdLock(windowId: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  void navigator.locks.request(windowLockName(windowId), () => {
    resolve(undefined);
    return new Promise<never>(() => undefined);
  });
  return promise;
}

/** Whether the host says that it ends for another build: then this window reloads and asks nobody else. */
function isFarewell(frame: unknown): boolean {
  return (
    typeof frame === "object" && frame !== null && "name" in frame && frame.name === "host:outdated"
  );
}

/**
 * Opens the line to the session host of this browser, starting it if none runs. S20: when the host
 * ends under its windows, the line leads to the next one, which is told who is there.
 */
export async function openHostLine(): Promise<WindowLine> {
  const windowId = crypto.randomUUID();
  await holdLock(windowId);
  let received: ((frame: unknown) => void) | undefined;
  const proxy = new PageProxy((frame) => received?.(frame));
  let lastWord = (): void => undefined;
  const join = (endpoint: Endpoint): void => {
    endpoint.onmessage = (event: MessageEvent<unknown>) => {
      if (isFarewell(event.data)) lastWord();
      if (readLineFrame(event.data)?.line === "ping") endpoint.postMessage({ line: "pong" });
      else proxy.fromHost(event.data);
    };
    proxy.connect((frame) => endpoint.postMessage(frame));
  };
  proxy.fromPage({ line: "attach", windowId });
  // A worker of this page alone ends with it.
  if (typeof SharedWorker === "undefined") join(new Worker(WORKER_URL, { type: "module" }));
  else {
    lastWord = openDoor(
      {
        connect: () => new SharedWorker(WORKER_URL, { type: "module", name: "parley" }).port,
        freed: (lock) => navigator.locks.request(lock, () => undefined),
        setTimer: (run, afterMs) => systemClock.setTimer(run, afterMs),
      },
      join,
    );
  }
  return {
    windowId,
    post: (frame) => proxy.fromPage(frame),
    listen: (listener) => {
      received = listener;
    },
  };
}
