import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, type CDPSession, chromium, type Page } from "@playwright/test";

import { resolveChromium } from "../../support/chromium.ts";
import { installClock, ROWS_OF_A_SCREEN } from "./page-clock.ts";

/** CPU and memory of everything a browser runs that can hold the app: pages and workers. */
export type BrowserUsage = {
  /** CPU time of the renderer processes so far. */
  rendererCpuMs: number;
  /** Their memory, shared pages counted by share; undefined where the system does not tell. */
  rendererPssBytes: number | undefined;
  /** JavaScript heap of the page alone, after a collection. */
  pageHeapBytes: number;
};

/** A browser profile on disk that outlives the browsers started on it. */
export class BrowserProfile implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "parley-bench-profile-"));
  #context: BrowserContext | undefined;

  /** Starts a browser on the profile and resolves to its one page, still blank. */
  async launch(): Promise<Page> {
    const { executablePath, args, env } = await resolveChromium();
    this.#context = await chromium.launchPersistentContext(this.#folder, {
      executablePath,
      args,
      env,
      viewport: { width: 1280, height: 800 },
    });
    await this.#context.addInitScript(installClock, ROWS_OF_A_SCREEN);
    return this.#context.pages()[0] ?? (await this.#context.newPage());
  }

  async usage(page: Page): Promise<BrowserUsage> {
    const browser = page.context().browser();
    if (browser === null) throw new Error("the browser cannot be asked for its processes");
    const browserSession = await browser.newBrowserCDPSession();
    const { processInfo } = await browserSession.send("SystemInfo.getProcessInfo");
    await browserSession.detach();
    const renderers = processInfo.filter((info) => info.type === "renderer");
    const session = await page.context().newCDPSession(page);
    const pageHeapBytes = await collectedHeap(session);
    await session.detach();
    return {
      rendererCpuMs: renderers.reduce((sum, info) => sum + info.cpuTime * 1000, 0),
      rendererPssBytes: sumOrUndefined(renderers.map((info) => pssBytes(info.id))),
      pageHeapBytes,
    };
  }

  /**
   * CPU time so far of the process that the page and its workers run in, in ms. The browser draws parts
   * of its own window in further renderer processes, which `usage` counts.
   */
  async appCpuMs(page: Page): Promise<number> {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    const { metrics } = await session.send("Performance.getMetrics");
    await session.detach();
    const time = metrics.find(({ name }) => name === "ProcessTime");
    if (time === undefined)
      throw new Error("the browser does not tell the CPU time of its process");
    return time.value * 1000;
  }

  /** Ends the browser; the profile stays for the next one. */
  async quit(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function collectedHeap(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize;
}

function pssBytes(pid: number): number | undefined {
  const file = `/proc/${pid}/smaps_rollup`;
  if (!existsSync(file)) return undefined;
  const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"));
  return match?.[1] === undefined ? undefined : Number(match[1]) * 1024;
}

function sumOrUndefined(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}
