import { projectFolders, toolScripts } from "./paths.ts";
import { runNodeScript } from "./run-command.ts";
import { runSteps } from "./steps.ts";
import type { Step, StepResult } from "./steps.ts";

interface CheckOptions {
  /** Format and repair what the tools can repair by themselves, before looking. */
  fix: boolean;
  /** Look at these files and folders only; empty means everything. */
  paths: readonly string[];
}

/** The static checks of the project; each reports one line and counts as one. */
export async function runChecks({ fix, paths }: CheckOptions): Promise<StepResult[]> {
  const targets = ["--no-error-on-unmatched-pattern", ...(paths.length > 0 ? paths : ["."])];
  // Repairs write files: one after the other, and before anything reads them.
  if (fix) {
    await runNodeScript(toolScripts.oxlint, ["--fix", "--silent", ...targets], {
      output: "capture",
    });
    await runNodeScript(toolScripts.oxfmt, targets, { output: "capture" });
  }
  const projects = projectFolders().filter(
    (folder) => paths.length === 0 || touches(paths, folder),
  );
  const steps = [
    toolStep("lint", toolScripts.oxlint, ["--deny-warnings", ...targets]),
    ...projects.map((folder) =>
      toolStep(`types ${folder}`, toolScripts.tsc, ["--noEmit", "-p", folder]),
    ),
    toolStep("format", toolScripts.oxfmt, ["--check", ...targets]),
  ];
  // Dead code is a question about the whole: a part of the project cannot answer it.
  if (paths.length === 0)
    steps.push(toolStep("dead code", toolScripts.knip, ["--no-progress", "--no-config-hints"]));
  return runSteps(steps);
}

function touches(paths: readonly string[], folder: string): boolean {
  return paths.some((path) => `${path}/`.startsWith(`${folder}/`) || folder.startsWith(`${path}/`));
}

function toolStep(name: string, script: string, args: readonly string[]): Step {
  return {
    name,
    run: async () => {
      const { exitCode, output } = await runNodeScript(script, args, { output: "capture" });
      return { passed: exitCode === 0, output };
    },
  };
}
