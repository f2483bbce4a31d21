// What `npm start`, `npm test` and the other scripts call. It makes sure the dependencies are
// installed, then hands over to build/tasks/<task>.ts under the project's own Node. Built-ins only,
// plain JavaScript: this file has to run on the Node a machine happens to have.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MIN_NODE_MAJOR = 20;
const PARENT_CHECK_EVERY_MS = 500;
const PNPM = "pnpm@10.34.9";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === "win32";
// A dependency of build/, not of the root: there its bin link would shadow the machine's Node in
// every npm script, and after an interrupted install the link dangles and nothing runs any more.
const projectNode = join(root, "build/node_modules/node/bin", isWindows ? "node.exe" : "node");
const stampFile = join(root, "node_modules/.parley-installed");

/** A hash of everything that decides what an install puts on disk. */
function installHash() {
  const folders = ["apps", "packages"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
  const manifests = [".", "build", "test", ...folders]
    .map((folder) => `${folder}/package.json`)
    .sort();
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${PNPM}\n`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests]) {
    const path = join(root, file);
    // Line ends differ between checkouts of the same commit; the content does not.
    if (existsSync(path))
      hash.update(`${file}\n${readFileSync(path, "utf8").replaceAll("\r", "")}\n`);
  }
  return hash.digest("hex");
}

function isInstalled(hash) {
  return (
    existsSync(projectNode) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === hash
  );
}

/** PATH (spelled "Path" on Windows) without the folders package managers put in front. */
function machinePath() {
  const entries = (process.env.PATH ?? "").split(delimiter);
  return entries
    .filter((entry) => !/node_modules[\\/]\.bin|node-gyp-bin/.test(entry))
    .join(delimiter);
}

function environment(path, extra = {}) {
  const env = { ...process.env, ...extra };
  // Windows treats names alike whatever their case, but a plain object does not.
  for (const name of Object.keys(env)) if (name.toUpperCase() === "PATH") delete env[name];
  return { ...env, PATH: path };
}

/** Runs a command in the foreground, passes signals on to it, and resolves to its exit code. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    const forward = (signal) => child.kill(signal);
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    // Killed outright, npm can pass nothing on; its child then gets another parent.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event && process.ppid !== parent) {
        clearInterval(watch);
        forward("SIGTERM");
      }
    }, PARENT_CHECK_EVERY_MS).unref();
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

async function install(hash) {
  console.log("Installing dependencies (only when they changed) ...");
  const args = ["--yes", "--loglevel=error", PNPM, "install", "--frozen-lockfile"];
  // npx shall not warn, pnpm shall show progress. A half-finished node_modules may be replaced
  // without a question nobody is there to answer.
  args.push("--loglevel=info", "--config.confirm-modules-purge=false");
  // The install script of the `node` package calls `node`, which has to be the machine's own: not
  // one in PATH from an outer script, nor a link that an interrupted install left dangling.
  for (const folder of ["node_modules", "node_modules/.pnpm/node_modules", "build/node_modules"]) {
    for (const suffix of existsSync(projectNode) ? [] : ["", ".cmd", ".ps1"]) {
      rmSync(join(root, folder, `.bin/node${suffix}`), { force: true });
    }
  }
  const env = environment(machinePath(), {
    npm_config_update_notifier: "false",
    npm_config_fund: "false",
    npm_config_audit: "false",
  });
  const code = await run(isWindows ? "npx.cmd" : "npx", args, { env, shell: isWindows });
  if (code !== 0) {
    console.error(`Installing dependencies failed (exit code ${code}); the reason stands above.`);
    process.exit(code);
  }
  writeFileSync(stampFile, hash);
}

const [task, ...args] = process.argv.slice(2);
const taskFile = join(root, "build/tasks", `${task}.ts`);

if (Number.parseInt(process.versions.node, 10) < MIN_NODE_MAJOR) {
  console.error(
    `Parley needs Node ${MIN_NODE_MAJOR} or newer to start; this is ${process.version}.`,
  );
  process.exit(1);
}
if (!task || !/^[a-z-]+$/.test(task) || !existsSync(taskFile)) {
  console.error(
    "Usage: node build/run.mjs start|desktop|test|dev|check|bench|soak|package [arguments]",
  );
  process.exit(2);
}

const hash = installHash();
if (!isInstalled(hash)) await install(hash);

const path = [dirname(projectNode), machinePath()].join(delimiter);
process.exitCode = await run(projectNode, [taskFile, ...args], { env: environment(path) });
