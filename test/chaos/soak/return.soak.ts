import { playReturn, quantile } from "../crowd/return.ts";
import { soakPart } from "./soak-part.ts";

const CLIENTS = 10_000;
/** What the project promises. */
const RETURN_WITHIN_MS = 60_000;
const ACK_P99_MS = 1_000;

// 10,000 clients return after the server was killed; one that is back early goes on writing.
await soakPart("a crowd returns", async ({ say, options, report }) => {
  const played = await playReturn({
    clients: options.clients ?? CLIENTS,
    processes: 2,
    arriveWithinMs: options.minutes * 60_000,
    returnWithinMs: RETURN_WITHIN_MS * 2,
    progress: say,
  });
  const { faults, clients, mostLiveMs, allLiveMs, acks } = played;
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const p99 = quantile(acks, 0.99);
  say(
    `${clients} clients: nine of ten live after ${seconds(mostLiveMs)} s, all after ${seconds(allLiveMs)} s`,
  );
  say(
    `acks meanwhile: ${acks.length}, p50 ${quantile(acks, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ` +
      `longest ${(acks.at(-1) ?? 0).toFixed(0)} ms`,
  );
  say(`why clients waited: ${JSON.stringify(played.errors)}`);
  if (allLiveMs > RETURN_WITHIN_MS) faults.push(`all were live only after ${seconds(allLiveMs)} s`);
  if (p99 > ACK_P99_MS) faults.push(`an ack in a hundred took ${p99.toFixed(0)} ms or longer`);
  report.failures.push(...faults);
  if (faults.length === 0) report.passed += 1;
});
