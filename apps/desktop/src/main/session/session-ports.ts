import { hash } from "node:crypto";
import { hostname } from "node:os";
import { socketIo } from "@parley/client/connection/socket-io.ts";
import type { Clock, Log, NetworkEvents, PowerEvents } from "@parley/client/connection/ports.ts";
import type { SecretStore } from "@parley/client/connection/token-keeper.ts";
import type { HostStore, NotificationSurface, ShellPort } from "@parley/client/session/ports.ts";
import { openChecked } from "@parley/client/session/open-content.ts";
import type { HostOptions } from "@parley/client/session/session-host.ts";
import type { DeviceInfo } from "@parley/protocol/http/accounts.ts";
import { io } from "socket.io-client";
import { texts } from "../texts.ts";
import { nodeHttp } from "../tls/node-http.ts";
import { type JudgeCertificate, PinningAgent } from "../tls/pinning-agent.ts";

const PLATFORMS: Partial<Record<NodeJS.Platform, DeviceInfo["platform"]>> = {
  linux: "linux",
  darwin: "macos",
  win32: "windows",
};
const NAMES: Partial<Record<NodeJS.Platform, string>> = {
  linux: "Linux",
  darwin: "macOS",
  win32: "Windows",
};
const MAX_NAME_UNITS = 40;

/** S16: how this device names itself in the list of devices. */
export function describeDevice(platform: NodeJS.Platform, host: string): DeviceInfo {
  const system = NAMES[platform];
  const own = host
    .replace(/\.local$/, "")
    .slice(0, MAX_NAME_UNITS)
    .toWellFormed();
  const name = system === undefined ? "Desktop" : `Parley on ${system}`;
  return {
    name: own === "" ? name : `${name} (${own})`,
    platform: PLATFORMS[platform] ?? "other",
  };
}

type Parts = {
  build: string;
  platform: NodeJS.Platform;
  clock: Clock;
  log: Log;
  power: PowerEvents;
  network: NetworkEvents;
  store: HostStore;
  decisions: HostStore;
  secrets: SecretStore;
  judge: JudgeCertificate;
  surface: NotificationSurface;
  canNotify: () => boolean;
  counted: NonNullable<HostOptions["counted"]>;
  connected: NonNullable<HostOptions["connected"]>;
  shell: ShellPort;
};

/** What the session host needs, from Electron and Node. X1: requests and socket share one TLS agent. */
export function hostOptions(parts: Parts): HostOptions {
  const { build, platform, clock, log, power, network, store, decisions, shell, surface } = parts;
  const agent = new PinningAgent(parts.judge);
  return {
    build,
    device: describeDevice(platform, hostname()),
    clock,
    log,
    power,
    network,
    store,
    decisions,
    http: nodeHttp(agent),
    socket: socketIo((serverUrl, { auth, ...options }) => {
      // The client's types know an agent only by its name.
      const secured: object = serverUrl.startsWith("https:") ? { agent } : {};
      return io(serverUrl, { ...options, ...secured, auth: { ...auth } });
    }),
    tokens: { kind: "body", secrets: parts.secrets },
    notificationPermission: () => (parts.canNotify() ? "granted" : "denied"),
    openContent: openChecked((bytes) => hash("sha256", bytes, "buffer")),
    texts: {
      someone: texts.someone,
      newMessage: texts.newMessage,
      unread: texts.unread,
      unreadIn: texts.unreadIn,
    },
    surface,
    counted: parts.counted,
    connected: parts.connected,
    shell,
  };
}
