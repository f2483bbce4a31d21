// `npm run build-desktop`: builds the desktop app into apps/desktop/dist, unless nothing changed.
import { buildDesktopApp } from "../support/desktop-build.ts";
import { endWithCommandsOnSignal } from "../support/run-command.ts";

endWithCommandsOnSignal();
const { exitCode, built } = await buildDesktopApp();
if (exitCode === 0) console.log(built ? "Built." : "Nothing changed since the last build.");
process.exitCode = exitCode;
