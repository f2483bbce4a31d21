// oxlint-disable typescript/no-unsafe-type-assertion -- made-up data meets the real contract here
import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import { type ErrorCode, failure, type Result, success } from "@parley/protocol/errors.ts";
import { mountApp } from "../src/app/mount.tsx";
import { forgetfulMemory } from "../src/state/remembered.ts";
import { fakeSession, type FakeWorld } from "./fake-session.ts";
import {
  account,
  bigChat,
  everything,
  hard,
  jonas,
  lighthouse,
  me,
  mina,
  NOW_MS,
  withJonas,
} from "./sample.ts";
import { settingsHost } from "./settings-host.ts";

/**
 * One screen and state per address: ?screen=sign-in|full|empty|loading|offline|refused|big|hard|one,
 * &theme=light|dark, &contrast=more, &text=150, &density=compact, &shell=desktop.
 */
const query = new URLSearchParams(location.search);
const screen = query.get("screen") ?? "full";

const worlds: Record<string, () => FakeWorld> = {
  full: () => ({ chats: everything, waiting: 2 }),
  one: () => ({ chats: everything }),
  empty: () => ({ chats: [] }),
  nothing: () => ({ chats: everything }),
  loading: () => ({ chats: [], loading: true }),
  offline: () => ({ chats: everything, waiting: 2 }),
  refused: () => ({ chats: everything }),
  hard: () => ({ chats: [hard, ...everything] }),
  big: () => ({
    chats: [bigChat(), ...everything],
    cachedFromSeq: Number(query.get("cached") ?? 0),
  }),
  failing: () => ({ chats: [bigChat(), ...everything], cachedFromSeq: 3_950, failing: true }),
};
const world = (worlds[screen] ?? worlds["full"])?.() ?? { chats: [] };
const session = fakeSession(world);

const connections: Record<string, ConnectionStatus> = {
  full: { state: "connecting" },
  offline: {
    state: "offline",
    retryAtMs: Date.now() + 9_000,
    error: { code: "server_unreachable", message: "", requestId: "" },
  },
  refused: { state: "refused", error: { code: "session_revoked", message: "", requestId: "" } },
};

const listeners = new Map<string, Set<(body: never) => void>>();
function emit(name: string, body: unknown): void {
  for (const listener of listeners.get(name) ?? []) listener(body as never);
}

/** A host tells all windows of how alerts are set. */
function tellAlerts(result: Result<AlertSettings>): void {
  if (result.ok) emit("alerts:changed", { settings: result.value });
}

const settings: Record<string, ((body: never) => unknown) | undefined> = settingsHost();

const bridge: Bridge = {
  on(name, listener) {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  },
  call: (async (name: string, body: { serverUrl?: string }) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    if (name === "host:hello") {
      const { accountKey } = account;
      setTimeout(() => {
        emit("connection:changed", { accountKey, status: { state: "live" } });
        emit("connection:changed", {
          accountKey,
          status: connections[screen] ?? { state: "live" },
        });
        emit("typing:changed", {
          accountKey,
          chatId: lighthouse.row.chatId,
          accountId: mina.accountId,
          typing: screen === "full",
        });
        emit("presence:changed", {
          accountKey,
          presences: [
            { accountId: jonas.accountId, online: true, lastSeenAt: NOW_MS },
            { accountId: mina.accountId, online: false, lastSeenAt: NOW_MS - 3_600_000 },
          ],
        });
      }, 50);
      return success({ build: "gallery", accounts: screen === "sign-in" ? [] : [account] });
    }
    if (name === "server:probe") {
      const code: ErrorCode = "not_a_parley_server";
      if (body.serverUrl?.includes("wrong")) return failure(code, "");
      return success({
        parley: true,
        serverId: account.serverId,
        version: "1",
        protocols: [1],
        signUp: "invite",
        hasOwner: true,
      });
    }
    if (name === "account:sign-in") return failure("wrong_credentials", "");
    if (name === "account:sign-up") return failure("handle_taken", "");
    const answer = settings[name];
    if (answer) {
      const result = answer(body as never);
      if (name === "alerts:configure") tellAlerts(result as Result<AlertSettings>);
      return result;
    }
    if (name === "server:request") return success({ online: 4 });
    return success({});
  }) as Bridge["call"],
};

const memory = forgetfulMemory();
memory.setItem(
  "parley.look",
  JSON.stringify({
    theme: query.get("theme") ?? "light",
    contrast: query.get("contrast") ?? "normal",
    textPercent: Number(query.get("text") ?? 100),
    density: query.get("density") ?? "comfortable",
  }),
);
const shown = { full: [lighthouse, withJonas], nothing: [], empty: [], loading: [], hard: [hard] }[
  screen
] ?? [world.chats[0]];
memory.setItem(
  `parley.view.${account.accountKey}`,
  JSON.stringify({
    panes: shown.flatMap((chat, index) =>
      chat ? [{ paneId: `pane-${index + 1}`, chatId: chat.row.chatId, weight: 1 }] : [],
    ),
    focused: 0,
    listWidth: 320,
    filter: "all",
  }),
);

Object.assign(globalThis, { gallery: { session, world, emit, me } });
const root = document.getElementById("root");
if (root) {
  mountApp(root, {
    bridge,
    platform: {
      shell: query.get("shell") === "desktop" ? "desktop" : "web",
      os: "linux",
      build: "gallery",
    },
    defaultServerUrl: "https://chat.example.org",
    openSession: () => Promise.resolve(session),
    memory,
    region: { locale: "en-GB", timeZone: "UTC" },
  });
}
