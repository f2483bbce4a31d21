// A thread with nothing to do: how late its loop is says how busy the machine is.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parentPort } from "node:worker_threads";

const RESOLUTION_MS = 5;
const NS_PER_MS = 1e6;
const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
lag.enable();
const late = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);

parentPort?.on("message", () => {
  parentPort?.postMessage({ p99Ms: late(lag.percentile(99)), maxMs: late(lag.max) });
  lag.reset();
});
