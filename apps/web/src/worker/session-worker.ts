/// <reference lib="webworker" />
import { systemClock } from "@parley/client/connection/system-clock.ts";
import type { SessionHost } from "@parley/client/session/session-host.ts";
import { browserHost } from "./browser-host.ts";
import { joinElection } from "./elected-host.ts";
import { type Endpoint, HOST_LOCK } from "./line.ts";
import { WindowLine } from "./window-line.ts";

/*
 * Hosts the sessions of this browser. As a SharedWorker there is one for all windows, at an address
 * that never changes (S20); it starts work once it holds the host's lock, which an older worker that
 * is still ending its own work keeps until it is gone. Where there is no SharedWorker, the workers of
 * all pages elect one of them.
 */

/** The development server puts no constants into workers. */
const build = import.meta.env.DEV ? "dev" : PARLEY_BUILD;

function shareHost(): void {
  const waiting: Endpoint[] = [];
  let host: SessionHost | undefined;

  function attach(endpoint: Endpoint): void {
    if (host) host.attach(new WindowLine(endpoint, systemClock, navigator.locks));
    else waiting.push(endpoint);
  }

  // Held from the first moment to the last, whoever hosts: by it windows learn that this worker ended.
  const lock = `parley:worker:${crypto.randomUUID()}`;
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  void navigator.locks.request(lock, () => {
    held();
    return new Promise<never>(() => undefined);
  });

  addEventListener("connect", (event) => {
    if (!(event instanceof MessageEvent)) return;
    for (const port of event.ports) {
      attach(port);
      void isHeld.then(() => port.postMessage({ line: "here", lock }));
    }
  });
  void navigator.locks.request(HOST_LOCK, () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    host = browserHost(build, () => {
      resolve(undefined);
      close();
    });
    for (const endpoint of waiting.splice(0)) attach(endpoint);
    return promise;
  });
}

if ("onconnect" in self) shareHost();
else joinElection(self, build, close);
