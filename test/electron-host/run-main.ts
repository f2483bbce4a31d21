// The process of an app in the stand-in: `node run-main.ts <folder of package.json> [arguments]`.
import { readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { HostControl } from "./control/host-control.ts";
import { serveControl } from "./control/serve-control.ts";
import { makeStandIn } from "./electron.ts";

const [, , appFolder = "", ...args] = process.argv;
const appPath = resolve(appFolder);
const { main } = JSON.parse(readFileSync(join(appPath, "package.json"), "utf8")) as {
  main: string;
};
const keyringDir = process.env["STAND_IN_KEYRING_DIR"];
if (keyringDir === undefined) throw new Error("STAND_IN_KEYRING_DIR is not set");

// As main of an app that is started from its folder finds them.
process.argv = [process.execPath, appPath, ...args];
const { version } = createRequire(import.meta.url)("electron/package.json") as { version: string };
Object.assign(process.versions, { electron: version, chrome: "0.0.0.0" });
Object.assign(process, { type: "browser", resourcesPath: appPath, defaultApp: true });

const standIn = makeStandIn({ appPath, argv: args, keyringDir });
Object.assign(globalThis, { [Symbol.for("parley.stand-in.electron")]: standIn.electron });
const moduleUrl = new URL("./electron-module.cjs", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    /^electron(\/main)?$/.test(specifier)
      ? { url: moduleUrl, format: "commonjs", shortCircuit: true }
      : next(specifier, context),
});
serveControl(new HostControl(standIn));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => standIn.app.quit());
}

const mainFile = join(appPath, main);
if (mainFile.endsWith(".cjs")) createRequire(pathToFileURL(mainFile))(mainFile);
else await import(pathToFileURL(mainFile).href);
// Whatever main has set up by now sees the app become ready.
setImmediate(() => standIn.becomeReady());
