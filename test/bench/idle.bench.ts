// 5,000 and 10,000 connections that say nothing: memory of the server for each of them, and the CPU time
// it takes to keep them (pings, and the real server's heal every 30 s).
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { type Comparison, report } from "./harness/report.ts";
import type { Figures } from "./harness/stats.ts";
import { startBare, type Subject } from "./harness/subject.ts";
import { pairsPlan } from "./harness/world.ts";

const options = benchOptions();
const COUNTS = options.rounds === 1 ? [1_000] : [5_000, 10_000];
const kib = (bytes: number) => bytes / 1024;

async function connect(subject: Subject, connections: number): Promise<Figures> {
  const before = await subject.server.settledUsage();
  const { cpuMs } = await subject.server.cpuDuring(() => subject.connectAll());
  const after = await subject.server.settledUsage();
  const each = (bytes: number) => kib(bytes) / connections;
  return {
    "RSS before, KiB": kib(before.rssBytes),
    "RSS per connection KiB": each(after.rssBytes - before.rssBytes),
    "heap per connection KiB": each(after.heapUsedBytes - before.heapUsedBytes),
    "buffers per connection KiB": each(after.externalBytes - before.externalBytes),
    "CPU ms to connect and say hello, each": cpuMs / connections,
  };
}

async function idle(subject: Subject): Promise<Figures> {
  const milliseconds = options.idleSeconds * 1000;
  const { cpuMs } = await subject.server.cpuDuring(
    () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
  );
  const { rssBytes } = await subject.server.settledUsage();
  return {
    "CPU ms per minute, all connections": (cpuMs / options.idleSeconds) * 60,
    "RSS after that, KiB": kib(rssBytes),
    "still connected": await subject.load("load:connected"),
  };
}

async function measured(connections: number): Promise<Comparison> {
  // Everybody is somebody else and has a chat, as in real life; a connection without one costs less.
  const plan = pairsPlan(connections / 2);
  await using bare = await startBare(plan);
  await using parley = await startParley(plan);
  const subjects = [bare, parley];
  const medians: Record<string, Figures> = {};
  for (const subject of subjects) medians[subject.name] = await connect(subject, connections);
  // Both at once: CPU time is counted for each process, and neither has anything to do.
  await Promise.all(
    subjects.map(async (subject) =>
      Object.assign(medians[subject.name] ?? {}, await idle(subject)),
    ),
  );
  if (options.profile) await parley.heapSnapshot(`idle-${connections}`);
  return { title: `${connections} idle connections`, medians, ratio: true };
}

const comparisons: Comparison[] = [];
for (const connections of COUNTS) comparisons.push(await measured(connections));
report("idle", options, comparisons);
