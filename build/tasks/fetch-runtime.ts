// `node build/run.mjs fetch-runtime`: brings Electron's runtime onto this machine, for tests and
// packages that want the real one. Ends with 1 and the reason where it cannot be had.
import { fetchRuntime, findRuntime } from "../desktop/runtime.ts";
import { endWithCommandsOnSignal } from "../support/run-command.ts";

const FETCH_TIMEOUT_MS = 600_000;

endWithCommandsOnSignal();
const found = findRuntime(process.env);
if (found === undefined) {
  console.log("Fetching Electron's runtime, about 110 MB ...");
  const result = await fetchRuntime({
    timeoutMs: FETCH_TIMEOUT_MS,
    onProgress: (elapsedMs) => console.log(`... ${Math.round(elapsedMs / 1000)} s`),
  });
  if (!result.ok) {
    console.error(`Electron's runtime could not be fetched: ${result.reason}.`);
    process.exitCode = 1;
  }
} else console.log(`Electron's runtime is in ${found}`);
