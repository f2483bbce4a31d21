/// <reference lib="webworker" />
import { systemClock } from "@parley/client/connection/system-clock.ts";
import type { SessionHost } from "@parley/client/session/session-host.ts";
import { browserHost } from "./browser-host.ts";
import { type Endpoint, HOST_LOCK } from "./line.ts";
import { WindowLine } from "./window-line.ts";

/*
 * One worker for all windows of this browser, at an address that never changes (S20). It hosts the
 * sessions once it holds the host's lock: an older worker that is still ending its work holds it
 * until it is gone.
 */

const waiting: Endpoint[] = [];
let host: SessionHost | undefined;

function attach(endpoint: Endpoint): void {
  if (host) host.attach(new WindowLine(endpoint, systemClock, navigator.locks));
  else waiting.push(endpoint);
}

async function becomeHost(): Promise<void> {
  await navigator.locks.request(HOST_LOCK, () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    host = browserHost(PARLEY_BUILD, () => {
      resolve(undefined);
      close();
    });
    for (const endpoint of waiting.splice(0)) attach(endpoint);
    return promise;
  });
}

if ("onconnect" in self) {
  addEventListener("connect", (event) => {
    if (event instanceof MessageEvent) for (const port of event.ports) attach(port);
  });
} else {
  attach(self);
}
void becomeHost();
