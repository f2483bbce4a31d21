import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fromRoot, toolScripts } from "../support/paths.ts";
import { LAYERS, GUARDS } from "./layers.ts";

/** A file, what stands in it, and the rule that has to object. */
type Violation = readonly [file: string, code: string, rule: string];
type Accepted = readonly [file: string, code: string];

const imports = (specifier: string): string => `import { x } from "${specifier}";\nx();\n`;
const LAYER_RULE = "parley(layers)";

const violations: readonly Violation[] = [
  // Layers
  ["packages/protocol/src/a.ts", imports("react"), LAYER_RULE],
  ["packages/protocol/src/b.ts", imports("node:crypto"), LAYER_RULE],
  ["packages/protocol/src/c.ts", imports("../../client/src/x.ts"), LAYER_RULE],
  ["packages/protocol/src/d.ts", imports("@parley/client/x.ts"), LAYER_RULE],
  ["packages/client/src/a.ts", imports("socket.io-client"), LAYER_RULE],
  ["packages/client/src/b.ts", imports("node:fs"), LAYER_RULE],
  ["packages/client/src/c.ts", imports("@parley/ui/cache/x.ts"), LAYER_RULE],
  ["packages/ui/src/features/chat/a.ts", imports("../settings/x.ts"), LAYER_RULE],
  ["packages/ui/src/features/chat/b.ts", imports("dexie"), LAYER_RULE],
  ["packages/ui/src/features/chat/c.ts", imports("@parley/client/session/x.ts"), LAYER_RULE],
  ["packages/ui/src/features/chat/d.ts", imports("dexie-react-hooks"), LAYER_RULE],
  ["packages/ui/src/kit/a.tsx", imports("../features/chat/x.ts"), LAYER_RULE],
  ["packages/ui/src/state/a.ts", imports("dexie"), LAYER_RULE],
  ["packages/ui/src/a.tsx", imports("electron"), LAYER_RULE],
  ["packages/ui/src/b.tsx", imports("node:path"), LAYER_RULE],
  ["packages/ui/src/c.tsx", imports("socket.io-client"), LAYER_RULE],
  ["packages/ui/src/d.tsx", imports("@parley/client/connection/x.ts"), LAYER_RULE],
  ["packages/ui/src/e.tsx", imports("path"), LAYER_RULE],
  ["apps/web/src/worker/a.ts", imports("@parley/ui/cache/x.ts"), LAYER_RULE],
  ["apps/web/src/worker/b.ts", imports("react"), LAYER_RULE],
  ["apps/web/src/a.tsx", imports("socket.io-client"), LAYER_RULE],
  ["apps/web/src/b.tsx", imports("../../server/src/app.ts"), LAYER_RULE],
  ["apps/desktop/src/main/a.ts", imports("@parley/ui/kit/x.tsx"), LAYER_RULE],
  ["apps/desktop/src/preload/a.ts", imports("@parley/client/session/x.ts"), LAYER_RULE],
  ["apps/desktop/src/preload/b.ts", imports("node:fs"), LAYER_RULE],
  ["apps/desktop/src/renderer/a.tsx", imports("electron"), LAYER_RULE],
  ["apps/desktop/src/renderer/b.tsx", imports("../main/container.ts"), LAYER_RULE],
  ["apps/server/src/features/chats/a.service.ts", imports("../messages/rows.ts"), LAYER_RULE],
  ["apps/server/src/features/chats/b.ts", imports("@parley/client/sync/x.ts"), LAYER_RULE],
  ["apps/server/src/a.ts", imports("@parley/client/sync/x.ts"), LAYER_RULE],
  ["build/a.ts", imports("../packages/protocol/src/limits.ts"), LAYER_RULE],
  // Guards
  ["packages/ui/src/f.ts", imports("./testing/x.ts"), LAYER_RULE],
  ["packages/ui/src/g.ts", imports("./x.test.ts"), LAYER_RULE],
  ["apps/server/src/b.ts", imports("vitest"), LAYER_RULE],
  ["apps/server/src/c.ts", imports("electron"), LAYER_RULE],
  ["apps/server/src/features/chats/c.ts", imports("node:sqlite"), LAYER_RULE],
  ["apps/server/src/features/chats/d.ts", imports("pg"), LAYER_RULE],
  ["apps/server/src/features/chats/e.ts", imports("kysely"), LAYER_RULE],
  ["apps/server/src/features/chats/f.ts", imports("ioredis"), LAYER_RULE],
  ["apps/server/src/features/chats/g.ts", imports("../../storage/sqlite/x.ts"), LAYER_RULE],
  ["apps/server/src/features/chats/h.ts", imports("../../fanout/local/x.ts"), LAYER_RULE],
  ["apps/server/src/features/chats/i.ts", imports("@parley/protocol/content.ts"), LAYER_RULE],
  ["apps/server/src/features/chats/j.ts", imports("../../server.ts"), LAYER_RULE],
  ["apps/server/src/app.ts", imports("./storage/sqlite/x.ts"), LAYER_RULE],
  ["apps/server/src/d.ts", imports("@socket.io/redis-streams-adapter"), LAYER_RULE],
  ["apps/server/src/e.ts", imports("@parley/protocol/content.ts"), LAYER_RULE],
  // Every way to depend on a module
  ["packages/protocol/src/e.ts", 'export { x } from "react";\nexport const y = 1;\n', LAYER_RULE],
  ["packages/protocol/src/f.ts", 'export const y = import("react");\n', LAYER_RULE],
  ["packages/protocol/src/g.ts", 'export type Y = import("react").FC;\n', LAYER_RULE],
  [
    "packages/protocol/src/h.ts",
    'import type { FC } from "react";\nexport type Y = FC;\n',
    LAYER_RULE,
  ],
  ["packages/protocol/src/i.ts", 'import "react";\n', LAYER_RULE],
  // The other rules
  ["packages/ui/src/index.ts", 'export { x } from "./x.ts";\n', "parley(no-barrels)"],
  ["packages/ui/src/all.ts", 'export * from "./x.ts";\n', "parley(no-barrels)"],
  ["packages/ui/src/h.ts", imports("./x"), "parley(file-extensions)"],
  [
    "apps/desktop/src/main/windows/a.ts",
    'import { ipcMain } from "electron";\nipcMain.on("a", () => {});\n',
    "parley(no-raw-ipc)",
  ],
  [
    "apps/desktop/src/main/tray/a.ts",
    'import * as electron from "electron";\nelectron.ipcMain.on("a", () => {});\n',
    "parley(no-raw-ipc)",
  ],
  ["packages/client/src/d.ts", 'console.log("x");\n', "eslint(no-console)"],
  ["packages/client/src/e.ts", "export const x: any = 1;\n", "typescript(no-explicit-any)"],
  ["packages/client/src/f.ts", "// A line of many.\n".repeat(501), "eslint(max-lines)"],
  [
    "packages/client/src/g.ts",
    "const work = async (): Promise<void> => {};\nwork();\n",
    "typescript(no-floating-promises)",
  ],
];

const accepted: readonly Accepted[] = [
  ["packages/protocol/src/ok.ts", imports("zod") + 'export { y } from "./limits.ts";\n'],
  ["packages/client/src/ok.ts", imports("@noble/hashes/sha2.js")],
  ["packages/client/src/ok2.ts", imports("@parley/protocol/content.ts")],
  ["packages/ui/src/cache/ok.ts", imports("dexie")],
  ["packages/ui/src/features/chat/ok.ts", imports("./parts/x.ts")],
  ["packages/ui/src/features/chat/ok2.ts", imports("../../cache/x.ts")],
  ["packages/ui/src/features/chat/ok3.ts", imports("@parley/client/sync/outbox.ts")],
  ["packages/ui/src/ok.tsx", imports("./features/chat/x.ts")],
  ["packages/ui/src/ok2.tsx", 'import "./theme.css";\nimport icon from "./a.svg?url";\nicon();\n'],
  ["packages/ui/src/features/chat/ok.test.ts", imports("../settings/x.ts")],
  ["apps/web/src/worker/ok.ts", imports("socket.io-client")],
  [
    "apps/desktop/src/main/ipc/ok.ts",
    'import { ipcMain } from "electron";\nipcMain.on("a", () => {});\n',
  ],
  ["apps/server/src/features/chats/ok.ts", imports("../messages/messages.service.ts")],
  ["apps/server/src/features/chats/ok2.ts", imports("../../storage/port.ts")],
  ["apps/server/src/features/chats/ok3.routes.ts", imports("fastify")],
  ["apps/server/src/features/chats/ok4.routes.ts", imports("@fastify/cookie")],
  ["apps/server/src/features/chats/ok5.service.ts", imports("node:fs/promises")],
  ["packages/ui/src/kit/ok.tsx", imports("@base-ui/react/dialog")],
  ["apps/server/src/features/search/ok.ts", imports("@parley/protocol/content.ts")],
  ["apps/server/src/storage/sqlite/ok.ts", imports("node:sqlite")],
  ["apps/server/src/storage/sqlite/ok.test.ts", imports("../contract-suite.ts")],
  ["apps/server/src/server.ts", imports("./storage/sqlite/x.ts")],
  ["apps/server/src/cli/backup.ts", imports("../storage/sqlite/x.ts")],
];

interface Diagnostic {
  code: string;
  message: string;
  filename: string;
}

describe("the linter", () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-lint-"));
  let diagnostics: readonly Diagnostic[] = [];

  beforeAll(() => {
    // The project's real configuration and rules, over a checkout made of the cases alone.
    for (const path of [".oxlintrc.json", "tsconfig.base.json", "build/lint", "build/support"]) {
      cpSync(fromRoot(path), join(folder, path), { recursive: true });
    }
    symlinkSync(fromRoot("node_modules"), join(folder, "node_modules"), "junction");
    for (const [file, code] of [...violations, ...accepted]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    const args = [toolScripts.oxlint, "-f", "json", "apps", "packages", "build/a.ts"];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    ({ diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const codesOf = (file: string): string[] =>
    diagnostics
      .filter(({ filename }) => filename.replaceAll("\\", "/") === file)
      .map(({ code }) => code);

  test.each(violations)("objects to %s", (file, _code, rule) => {
    expect(codesOf(file)).toContain(rule);
  });

  test.each(accepted)("accepts %s", (file) => {
    expect(codesOf(file).filter((code) => code.startsWith("parley("))).toEqual([]);
  });

  test("is shown a violation of every layer and every guard", () => {
    const messages = diagnostics.map(({ message }) => message).join("\n");
    const reasons = [...LAYERS, ...GUARDS].map(({ because }) => because);
    expect(reasons.filter((reason) => !messages.includes(reason))).toEqual([]);
  });
});
