import type { HostLine } from "@parley/client/sync/bridge-over.ts";
import { type Endpoint, readLineFrame, windowLockName } from "./worker/line.ts";

/** In development the module itself; else the one file whose address is the same in every build (S20). */
const WORKER_URL = import.meta.env.DEV ? "/src/worker/session-worker.ts" : "/session-worker.js";

/** This window's end of the line to the session host, and the name by which the host knows it. */
type WindowLine = HostLine & { readonly windowId: string };

function openEndpoint(): Endpoint {
  if (typeof SharedWorker === "undefined") return new Worker(WORKER_URL, { type: "module" });
  return new SharedWorker(WORKER_URL, { type: "module", name: "parley" }).port;
}

/** Takes this window's lock and keeps it until the window is gone. Resolves once it is held. */
function holdLock(windowId: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  void navigator.locks.request(windowLockName(windowId), () => {
    resolve(undefined);
    return new Promise<never>(() => undefined);
  });
  return promise;
}

/** Opens the line to the session host of this browser, starting it if none runs. */
export async function openHostLine(): Promise<WindowLine> {
  const windowId = crypto.randomUUID();
  await holdLock(windowId);
  const endpoint = openEndpoint();
  let received: ((frame: unknown) => void) | undefined;
  endpoint.onmessage = (event: MessageEvent<unknown>) => {
    if (readLineFrame(event.data)?.line === "ping") endpoint.postMessage({ line: "pong" });
    else received?.(event.data);
  };
  endpoint.postMessage({ line: "attach", windowId });
  return {
    windowId,
    post: (frame) => endpoint.postMessage(frame),
    listen: (listener) => {
      received = listener;
    },
  };
}
