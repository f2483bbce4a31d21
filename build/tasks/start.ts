// `npm start`: builds what changed, starts the server, opens the app or says where it is.
import { existsSync } from "node:fs";

import { fromRoot } from "../support/paths.ts";
import { runServer } from "../support/server-child.ts";
import { buildWebApp, webDistDir } from "../support/web-build.ts";
import { decideDesktop } from "./desktop-availability.ts";

const NO_DESKTOP = "--no-desktop";

const args = process.argv.slice(2);
const serverArgs = args.filter((arg) => arg !== NO_DESKTOP);
const isHelp = args.includes("--help") || args.includes("-h");
const hasOwnWebRoot = args.some((arg) => arg === "--web-root" || arg.startsWith("--web-root="));

if (isHelp) {
  console.log("npm start -- [options]\n");
  console.log(`  ${NO_DESKTOP}   only the server; use the app in a browser\n`);
}
if (!isHelp && !hasOwnWebRoot) {
  const { exitCode } = await buildWebApp();
  if (exitCode !== 0) {
    console.error("The web app could not be built; the reason stands above.");
    process.exit(exitCode);
  }
  serverArgs.unshift("--web-root", webDistDir);
}

process.exitCode = await runServer({ args: serverArgs, onReady: announce });

function announce(url: string): void {
  const decision = decideDesktop({
    isWanted: !args.includes(NO_DESKTOP),
    platform: process.platform,
    env: process.env,
    hasDesktopApp: existsSync(fromRoot("apps/desktop/package.json")),
    // Nothing fetches it yet: that comes with the desktop app.
    runtime: "absent",
  });
  if (decision.open) throw new Error("there is no desktop app to open");
  console.log(`The desktop app was not opened: ${decision.reason}.`);
  console.log(`The same app runs in your browser at ${url}`);
}
