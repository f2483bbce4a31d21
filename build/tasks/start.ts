// `npm start`: builds what changed, starts the server, opens the app or says where it is.
import type { ChildProcess } from "node:child_process";

import { openDesktop } from "../desktop/open-desktop.ts";
import { runServer } from "../support/server-child.ts";
import { buildWebApp, webDistDir } from "../support/web-build.ts";

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

let app: ChildProcess | undefined;
let hasEnded = false;
const exitCode = await runServer({ args: serverArgs, onReady: (url) => void announce(url) });
hasEnded = true;
app?.kill();
// Whatever was still being fetched for the app ends here, too.
process.exit(exitCode);

/** Opens the app, or says why not and where it is. The server runs already and goes on either way. */
async function announce(url: string): Promise<void> {
  const opened = await openDesktop({
    isWanted: !args.includes(NO_DESKTOP),
    args: [`--server=${url}`],
    onFetching: () => {
      console.log(`Fetching Electron's runtime for the desktop app, about 110 MB, only this once.`);
      console.log(`Meanwhile the same app runs in your browser at ${url}`);
    },
  });
  if (!opened.ok) {
    console.log(`The desktop app was not opened: ${opened.reason}.`);
    console.log(`The same app runs in your browser at ${url}`);
    return;
  }
  app = opened.app;
  // The server may have been ended while the app was being built.
  if (hasEnded) app.kill();
  app.once("error", (error) => {
    console.log(`The desktop app was not opened: ${error.message}.`);
    console.log(`The same app runs in your browser at ${url}`);
  });
  app.once("exit", () => {
    if (!hasEnded) console.log(`The desktop app was closed. The server goes on at ${url}`);
  });
}
