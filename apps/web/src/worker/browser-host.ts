import { fetchHttp } from "@parley/client/connection/fetch-http.ts";
import type { NetworkEvents } from "@parley/client/connection/ports.ts";
import { socketIo } from "@parley/client/connection/socket-io.ts";
import { systemClock } from "@parley/client/connection/system-clock.ts";
import { clockJumps } from "@parley/client/connection/wake.ts";
import { openChecked } from "@parley/client/session/open-content.ts";
import { SessionHost } from "@parley/client/session/session-host.ts";
import { io } from "socket.io-client";
import { describeDevice } from "./device.ts";
import { IndexedStore } from "./indexed-store.ts";
import { texts } from "./texts.ts";

const network: NetworkEvents = {
  onChange: (listener) => {
    const online = (): void => listener(true);
    const offline = (): void => listener(false);
    addEventListener("online", online);
    addEventListener("offline", offline);
    return () => {
      removeEventListener("online", online);
      removeEventListener("offline", offline);
    };
  },
};

/** The session host with a browser's own ports. X2: it speaks to its own origin only. */
export function browserHost(build: string, retired: () => void): SessionHost {
  const store = new IndexedStore();
  return new SessionHost({
    build,
    device: describeDevice(navigator.userAgent),
    onlyOrigin: location.origin,
    clock: systemClock,
    http: fetchHttp,
    socket: socketIo((serverUrl, { auth, ...options }) =>
      io(serverUrl, { ...options, auth: { ...auth } }),
    ),
    power: clockJumps(systemClock),
    network,
    store,
    decisions: store,
    tokens: { kind: "cookie" },
    log: { warn: (message, details) => console.warn(message, details ?? "") },
    notificationPermission: () =>
      typeof Notification === "undefined" ? "denied" : Notification.permission,
    openContent: openChecked(
      async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
    ),
    texts,
    retired,
  });
}
