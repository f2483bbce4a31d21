import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

export type Ended = { code: number | null; stdout: string; stderr: string };

export type Program = {
  child: ChildProcess;
  /** The ready message, or how it ended without one. */
  ready: Promise<{ url: string; port: number } | Ended>;
  ended: Promise<Ended>;
  output(): { stdout: string; stderr: string };
};

/** Runs the real main.ts in a process of its own, without settings of somebody's environment. */
export function runProgram(args: readonly string[], env: Record<string, string> = {}): Program {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_"));
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...Object.fromEntries(clean), ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const ended = once(child, "close").then(([code]: unknown[]): Ended => ({
    code: typeof code === "number" ? code : null,
    ...output,
  }));
  const message = once(child, "message").then(
    ([ready]: unknown[]) => ready as { url: string; port: number },
  );
  return { child, ready: Promise.race([message, ended]), ended, output: () => ({ ...output }) };
}

/** Runs it until it is ready; throws with what it said if it ends before. */
export async function startProgram(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Program & { url: string; port: number }> {
  const program = runProgram(args, env);
  const ready = await program.ready;
  if (!("url" in ready)) throw new Error(`It ended with ${ready.code}: ${ready.stderr}`);
  return { ...program, url: ready.url, port: ready.port };
}

/** Runs it to its end. */
export function runToEnd(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return runProgram(args, env).ended;
}
