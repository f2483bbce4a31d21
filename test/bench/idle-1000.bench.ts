// 1,000 connections that say nothing: memory of the server for each of them, and the CPU time it
// takes to keep them (pings, and the real server's heal every 30 s).
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import type { Usage } from "./harness/probe.ts";
import { report } from "./harness/report.ts";
import type { Figures } from "./harness/stats.ts";
import { startBare, type Subject } from "./harness/subject.ts";
import { pairsPlan } from "./harness/world.ts";

const CONNECTIONS = 1000;

const options = benchOptions();
// Everybody is somebody else and has a chat, as in real life; a connection without one costs less.
const plan = pairsPlan(CONNECTIONS / 2);

const kib = (bytes: number) => bytes / 1024;

async function connect(subject: Subject): Promise<Figures> {
  const before: Usage = await subject.server.settledUsage();
  const { cpuMs } = await subject.server.cpuDuring(() => subject.connectAll());
  const after = await subject.server.settledUsage();
  return {
    "RSS before KiB": kib(before.rssBytes),
    "RSS per connection KiB": kib(after.rssBytes - before.rssBytes) / CONNECTIONS,
    "heap per connection KiB": kib(after.heapUsedBytes - before.heapUsedBytes) / CONNECTIONS,
    "buffers per connection KiB": kib(after.externalBytes - before.externalBytes) / CONNECTIONS,
    "CPU ms to connect and say hello, each": cpuMs / CONNECTIONS,
  };
}

async function idle(subject: Subject): Promise<Figures> {
  const milliseconds = options.idleSeconds * 1000;
  const { cpuMs } = await subject.server.cpuDuring(
    () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
  );
  return {
    "CPU ms per minute, all connections": (cpuMs / options.idleSeconds) * 60,
    "still connected": await subject.load("load:connected"),
  };
}

await using bare = await startBare(plan);
await using parley = await startParley(plan);
const subjects = [bare, parley];
const medians: Record<string, Figures> = {};
for (const subject of subjects) medians[subject.name] = await connect(subject);
// Both at once: CPU time is counted for each process, and neither has anything to do.
await Promise.all(
  subjects.map(async (subject) => Object.assign(medians[subject.name] ?? {}, await idle(subject))),
);
if (options.profile) {
  await parley.profiled("idle-1000", async () => {
    await idle(parley);
  });
}
report("idle-1000", options, [{ title: `${CONNECTIONS} idle connections`, medians, ratio: true }]);
