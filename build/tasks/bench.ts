// `npm run bench -- [name]`: runs test/bench/*.bench.ts, or those whose name contains `name`.
import { globSync } from "node:fs";
import { basename } from "node:path";

import { fromRoot, rootDir } from "../support/paths.ts";
import { endWithCommandsOnSignal, runNodeScript } from "../support/run-command.ts";

endWithCommandsOnSignal();
const [wanted = "", ...args] = process.argv.slice(2);
const all = globSync("test/bench/*.bench.ts", { cwd: rootDir }).toSorted();
const chosen = all.filter((file) => basename(file, ".bench.ts").includes(wanted));
if (chosen.length === 0) {
  const names = all.map((file) => basename(file, ".bench.ts")).join(", ");
  console.error(`No measurement is called "${wanted}". There are: ${names || "none"}.`);
  process.exit(2);
}

for (const file of chosen) {
  console.log(`\n${file}`);
  // One after the other: measurements must not share the machine.
  const { exitCode } = await runNodeScript(fromRoot(file), args, { output: "inherit" });
  if (exitCode !== 0) process.exitCode = exitCode;
}
