// Types, lint, format and dead code. `npm run check -- --fix` formats and repairs what it can;
// folders as arguments, as in `npm run check -- packages/ui`, limit it to them.
import { runChecks } from "../support/checks.ts";
import { endWithCommandsOnSignal } from "../support/run-command.ts";

endWithCommandsOnSignal();
const args = process.argv.slice(2);
const paths = args.filter((arg) => !arg.startsWith("--")).map((path) => path.replace(/\/+$/, ""));
const results = await runChecks({ fix: args.includes("--fix"), paths });

const failedCount = results.filter((result) => !result.passed).length;
if (failedCount > 0) process.exitCode = 1;
console.log(
  failedCount > 0
    ? `\n${failedCount} of ${results.length} checks failed.`
    : `\nAll ${results.length} checks passed.`,
);
