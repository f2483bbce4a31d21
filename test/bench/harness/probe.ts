// Loaded into a measured process with --import: tells the bench what that process used. It does
// nothing until it is asked.
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { writeHeapSnapshot } from "node:v8";

import { answerCalls } from "./calls.ts";

/** What a process has used so far. CPU time is of all its threads, user and system. */
export type Usage = {
  cpuMs: number;
  rssBytes: number;
  heapUsedBytes: number;
  externalBytes: number;
};

function usage(): Usage {
  const cpu = process.cpuUsage();
  const memory = process.memoryUsage();
  return {
    cpuMs: (cpu.user + cpu.system) / 1000,
    rssBytes: memory.rss,
    heapUsedBytes: memory.heapUsed,
    externalBytes: memory.external,
  };
}

/** How often the event loop is asked for the time. */
const LAG_RESOLUTION_MS = 10;

let profiler: Session | undefined;
let lag: ReturnType<typeof monitorEventLoopDelay> | undefined;

const functions = {
  "probe:usage": usage,

  /** What is left after everything unreachable has been collected (needs --expose-gc). */
  "probe:settled-usage": async (): Promise<Usage> => {
    for (let run = 0; run < 3; run++) {
      globalThis.gc?.();
      // Finalisers and the sockets' own buffers go in the turns after a collection.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return usage();
  },

  /** Starts to measure how late the event loop runs its timers. */
  "probe:lag-start": (): void => {
    lag?.disable();
    lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
    lag.enable();
  },

  "probe:lag-stop": (): { p50Ms: number; p99Ms: number; maxMs: number } => {
    lag?.disable();
    // What is counted is the time from one look at the clock to the next.
    const inMs = (nanoseconds = 0) => Math.max(0, nanoseconds / 1e6 - LAG_RESOLUTION_MS);
    return {
      p50Ms: inMs(lag?.percentile(50)),
      p99Ms: inMs(lag?.percentile(99)),
      maxMs: inMs(lag?.max),
    };
  },

  "probe:profile-start": async (): Promise<void> => {
    profiler = new Session();
    profiler.connect();
    await profiler.post("Profiler.enable");
    await profiler.post("Profiler.start");
  },

  /** Writes what the heap holds, to be opened in the browser's developer tools. */
  "probe:heap-snapshot": (file: string): void => {
    writeHeapSnapshot(file);
  },

  /** Writes the profile as --cpu-prof would, to be opened in the browser's developer tools. */
  "probe:profile-stop": async (file: string): Promise<void> => {
    if (profiler === undefined) return;
    const { profile } = await profiler.post("Profiler.stop");
    writeFileSync(file, JSON.stringify(profile));
    profiler.disconnect();
    profiler = undefined;
  },
};

export type ProbeFunctions = typeof functions;

answerCalls(functions);
// A measured server ends as it does without the probe: listening for calls keeps nobody alive.
process.channel?.unref();
// The bench is gone: nobody would end this process.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
