// `npm run desktop`: builds what changed and opens the desktop app out of the checkout.
//   npm run desktop -- --server URL    for this server; other arguments go to the app, too
import { openDesktop } from "../desktop/open-desktop.ts";
import { signalExitCode } from "../support/run-command.ts";

/** `--server URL` as one argument: the runtime takes a lone URL for a page it should open. */
function joined(args: readonly string[]): string[] {
  const at = args.indexOf("--server");
  const url = args[at + 1];
  if (at === -1 || url === undefined) return [...args];
  return [...args.slice(0, at), `--server=${url}`, ...args.slice(at + 2)];
}

let onSignal = (signal: NodeJS.Signals): void => process.exit(signalExitCode(signal));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => onSignal(signal));
}

const opened = await openDesktop({
  isWanted: true,
  args: joined(process.argv.slice(2)),
  onFetching: () => console.log("Fetching Electron's runtime, about 110 MB, only this once."),
});
if (opened.ok) {
  const { app } = opened;
  // The app ends as it sees fit, which may be later: it asks about messages that are still waiting.
  onSignal = (signal) => void app.kill(signal);
  process.exitCode = await new Promise<number>((resolve, reject) => {
    app.once("error", reject);
    app.once("exit", (code, signal) => resolve(code ?? signalExitCode(signal)));
  });
} else {
  console.error(`The desktop app was not opened: ${opened.reason}.`);
  process.exitCode = 1;
}
