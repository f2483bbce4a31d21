import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const VITE = fileURLToPath(new URL("../../../node_modules/vite/bin/vite.js", import.meta.url));
const CONFIG = fileURLToPath(new URL("./vite.config.ts", import.meta.url));

/** A web app for `--web-root`, built for one test file. */
export interface SteppedApp extends AsyncDisposable {
  readonly webRoot: string;
}

/** Builds the web app so that it can be stopped at any step of a message's way. */
export async function buildSteppedApp(): Promise<SteppedApp> {
  const webRoot = await mkdtemp(join(tmpdir(), "parley-steps-"));
  const child = spawn(
    process.execPath,
    [VITE, "build", "--config", CONFIG, "--outDir", webRoot, "--emptyOutDir", "--logLevel=warn"],
    { env: { ...process.env, NODE_ENV: "production" }, stdio: ["ignore", "inherit", "inherit"] },
  );
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the app could not be built: ${code}`);
  return {
    webRoot,
    [Symbol.asyncDispose]: () => rm(webRoot, { recursive: true, force: true }),
  };
}
