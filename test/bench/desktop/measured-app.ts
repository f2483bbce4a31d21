import { cpSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import type { Page } from "@playwright/test";
import { z } from "zod";

import { buildDesktopApp } from "../../../build/support/desktop-build.ts";
import { type Desktop, startDesktop } from "../../electron-host/driver/desktop.ts";
import { temporaryFolder } from "../../electron-host/driver/folders.ts";
import { BENCH_PASSWORD } from "../harness/seed-accounts.ts";
import { installClock, ROWS_OF_A_SCREEN } from "../browser/page-clock.ts";

const APP_DIR = fileURLToPath(new URL("../../../apps/desktop", import.meta.url));
const MEASURED_MAIN = fileURLToPath(new URL("./measured-main.mjs", import.meta.url));

/** What main holds once garbage has been collected, and the CPU time it has used so far. */
export type MainUsage = { heapUsed: number; external: number; rss: number; cpuMs: number };

const Usage = z.object({
  heapUsed: z.number(),
  external: z.number(),
  rss: z.number(),
  cpuMs: z.number(),
});

/**
 * The built desktop app, copied into a folder where main notes its first line and the page has the
 * stopwatch of the bench. Its data stays from start to start.
 */
export class MeasuredApp implements AsyncDisposable {
  readonly #folder = temporaryFolder("bench-app");
  readonly #userDataDir = temporaryFolder("bench-data");
  readonly #keyringDir = temporaryFolder("bench-keyring");
  readonly #startedFile = join(this.#folder, "started");
  readonly #pipe =
    process.platform === "win32"
      ? String.raw`\\.\pipe\parley-bench-${process.pid}`
      : join(this.#folder, "pipe");
  #desktop: Desktop | undefined;

  /** Builds what changed and copies it. */
  static async make(): Promise<MeasuredApp> {
    const { exitCode } = await buildDesktopApp();
    if (exitCode !== 0) throw new Error("the desktop app could not be built");
    const app = new MeasuredApp();
    app.#copy();
    return app;
  }

  #copy(): void {
    cpSync(join(APP_DIR, "dist"), join(this.#folder, "dist"), { recursive: true });
    copyFileSync(MEASURED_MAIN, join(this.#folder, "main.mjs"));
    const manifest = { name: "parley-bench", version: "0.0.0", main: "main.mjs" };
    writeFileSync(join(this.#folder, "package.json"), JSON.stringify(manifest));
    const page = join(this.#folder, "dist/renderer/index.html");
    const clock = "bench-clock.js";
    mkdirSync(join(this.#folder, "dist/renderer"), { recursive: true });
    writeFileSync(
      join(this.#folder, "dist/renderer", clock),
      `(${installClock.toString()})(${ROWS_OF_A_SCREEN});\n`,
    );
    const html = readFileSync(page, "utf8");
    writeFileSync(page, html.replace("<head>", `<head><script src="./${clock}"></script>`));
  }

  /** Starts it and resolves once its window has a page. `env` comes on top of the machine's. */
  async launch(
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ desktop: Desktop; page: Page }> {
    rmSync(this.#pipe, { force: true });
    const desktop = await startDesktop({
      appDir: this.#folder,
      userDataDir: this.#userDataDir,
      keyringDir: this.#keyringDir,
      args,
      env: {
        BENCH_STARTED_FILE: this.#startedFile,
        BENCH_PIPE: this.#pipe,
        NODE_ENV: "production",
        ...env,
      },
    });
    this.#desktop = desktop;
    return { desktop, page: await desktop.firstWindow() };
  }

  /** When main's first line ran: ms since the epoch. */
  startedAtMs(): number {
    return Number(readFileSync(this.#startedFile, "utf8"));
  }

  /** Has main collect its garbage and says what is left. */
  async usage(): Promise<MainUsage> {
    return Usage.parse(JSON.parse(await text(connect(this.#pipe))));
  }

  async quit(): Promise<void> {
    await this.#desktop?.quit();
    this.#desktop = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#desktop?.[Symbol.asyncDispose]();
    for (const folder of [this.#folder, this.#userDataDir, this.#keyringDir]) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Signs in through the form of the first window. */
export async function signInWindow(page: Page, url: string, handle: string): Promise<void> {
  const form = page.getByRole("form", { name: "Sign in" });
  await form.getByRole("textbox", { name: "Server" }).fill(url);
  await form.getByRole("textbox", { name: "Handle" }).fill(handle);
  await form.getByRole("textbox", { name: "Password" }).fill(BENCH_PASSWORD);
  await form.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Chats" }).waitFor();
}

/** When the page began to load: ms since the epoch. */
export function loadedAtMs(page: Page): Promise<number> {
  return page.evaluate(() => performance.timeOrigin);
}
