import type { LoadFunctions } from "../load/main.ts";
import { MeasuredProcess } from "./measured-process.ts";
import { resultFile } from "./report.ts";
import { bareWorld, type Plan, type World } from "./world.ts";

/** What some work gave, and what it cost. */
export type Measured<T> = { value: T; serverCpuMs: number; loadCpuMs: number };

/** A server under measurement with its load generator, each a process of its own, and who is there. */
export class Subject implements AsyncDisposable {
  name: string;
  readonly url: string;
  readonly world: World;
  readonly server: MeasuredProcess;
  readonly #load: MeasuredProcess;

  constructor(name: string, url: string, world: World, server: MeasuredProcess) {
    this.name = name;
    this.url = url;
    this.world = world;
    this.server = server;
    this.#load = new MeasuredProcess("../load/main.ts");
  }

  /** Calls the load generator. */
  load<Name extends keyof LoadFunctions>(
    name: Name,
    ...body: Parameters<LoadFunctions[Name]>
  ): Promise<Awaited<ReturnType<LoadFunctions[Name]>>> {
    return this.#load.call<LoadFunctions, Name>(name, ...body);
  }

  /** Connects everybody of the world. */
  async connectAll(): Promise<void> {
    await this.load("load:connect", { url: this.url, seats: this.world.seats });
  }

  /** Runs `work` and says what CPU time server and load generator took meanwhile, in milliseconds. */
  async measure<T>(work: () => Promise<T>): Promise<Measured<T>> {
    const { value: inner, cpuMs: serverCpuMs } = await this.server.cpuDuring(() =>
      this.#load.cpuDuring(work),
    );
    return { value: inner.value, serverCpuMs, loadCpuMs: inner.cpuMs };
  }

  /**
   * As `measure`, and how late the server's event loop ran its timers. Watching takes some CPU time
   * of its own: nothing under full load, too much where the server has little to do.
   */
  async measureWithLag<T>(work: () => Promise<T>): Promise<Measured<T> & { lagP99Ms: number }> {
    await this.server.probe("probe:lag-start");
    const measured = await this.measure(work);
    const lag = await this.server.probe("probe:lag-stop");
    return { ...measured, lagP99Ms: lag.p99Ms };
  }

  /** Runs `work` under the CPU profiler; the profile lands beside the results. */
  async profiled<T>(bench: string, work: () => Promise<T>): Promise<T> {
    await this.server.probe("probe:profile-start");
    const value = await work();
    await this.server.probe("probe:profile-stop", resultFile(`${bench}.${this.name}.cpuprofile`));
    return value;
  }

  /** Writes what the server's heap holds beside the results. */
  async heapSnapshot(bench: string): Promise<void> {
    await this.server.probe(
      "probe:heap-snapshot",
      resultFile(`${bench}.${this.name}.heapsnapshot`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load.stop();
    await this.server.stop();
  }
}

/** Starts the bare Socket.IO server with the plan's rooms. */
export async function startBare(plan: Plan, args: readonly string[] = []): Promise<Subject> {
  const server = new MeasuredProcess("../bare/main.ts", args);
  const { url } = await server.ready();
  return new Subject("bare", url, bareWorld(plan), server);
}

/**
 * Lets the subjects take turns, so that whatever else the machine does meets all of them alike.
 * Returns what each round of each subject gave, by name.
 */
export async function takeTurns<T>(
  subjects: readonly Subject[],
  rounds: number,
  work: (subject: Subject, round: number) => Promise<T>,
): Promise<Record<string, T[]>> {
  const results: Record<string, T[]> = {};
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${subject.name}\n`);
      (results[subject.name] ??= []).push(await work(subject, round));
    }
  }
  // In the order given, not in that of the last round.
  return Object.fromEntries(subjects.map(({ name }) => [name, results[name] ?? []]));
}
