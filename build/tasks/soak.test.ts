import { spawn } from "node:child_process";
import { expect, test } from "vitest";

import { fromRoot, rootDir } from "../support/paths.ts";

test("a soak that is ended by Ctrl+C tells what was done by then, in the last line as ever", async () => {
  const script = fromRoot("build/tasks/soak.ts");
  const soak = spawn(process.execPath, [script, "programs", "--seed", "1"], { cwd: rootDir });
  let output = "";
  for (const stream of [soak.stdout, soak.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  const isClosed = new Promise<number | null>((resolve) => soak.once("close", resolve));
  const isUnderWay = new Promise<void>((resolve) => {
    soak.stdout.on("data", () => output.includes("model-based programs, seed 1") && resolve());
  });
  await Promise.race([isUnderWay, isClosed]);
  // As a terminal does: it may come twice.
  soak.kill("SIGINT");
  soak.kill("SIGINT");
  expect({ code: await isClosed, output }).toEqual({
    code: 130,
    output: expect.stringMatching(
      /programs: ended early\n\nEnded early: programs was not done\.\n\n\d+ passed, 0 failed\n$/,
    ) as string,
  });
}, 180_000);
