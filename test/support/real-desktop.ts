import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import type { MessageBus } from "dbus-native";

import { connectTo } from "../electron-host/bus/session-bus.ts";
import { removeTemporary, temporaryFolder } from "../electron-host/driver/folders.ts";

const run = promisify(execFile);
const PROGRAMS = { "dbus-daemon": "dbus-daemon", dunst: "dunst", Xvfb: "xvfb" } as const;
type Program = keyof typeof PROGRAMS;
const INSTALL_WITHIN_MS = 120_000;
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** A session bus by dbus-daemon that nothing else is on. */
export type RealBus = AsyncDisposable & {
  /** For the app that runs on it. */
  readonly env: { DBUS_SESSION_BUS_ADDRESS: string };
  /** A connection to it, ended with the bus. */
  connect(): Promise<MessageBus>;
};

/** A desktop of Debian's own programs: session bus, X server without a screen, notification daemon. */
export type RealDesktop = AsyncDisposable & {
  /** For the app that runs on it. */
  readonly env: Record<string, string>;
  connect(): Promise<MessageBus>;
  /** Everything that the notification daemon says that it was told, oldest first. */
  told(): Promise<string>;
  /** Clicks the newest notification, or puts it away. */
  click(): Promise<void>;
  dismiss(): Promise<void>;
  /** Chooses an action by its label in the daemon's own menu. */
  choose(label: string): Promise<void>;
  displayedCount(): Promise<number>;
  /** Stops the daemon's process as it hangs, and lets it go on. */
  hang(): void;
  resume(): void;
};

function fileOf(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

function missing(): Program[] {
  return (Object.keys(PROGRAMS) as Program[]).filter((program) => fileOf(program) === undefined);
}

let trying: Promise<string | undefined> | undefined;

async function install(programs: Program[]): Promise<string | undefined> {
  const names = programs.map((program) => PROGRAMS[program]);
  const said = `not installed here: ${names.join(", ")}`;
  if (process.platform !== "linux") return "notifications go over D-Bus on Linux only";
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (!mayInstall) return said;
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const args = ["install", "-y", "--no-install-recommends", ...names];
    await run("/usr/bin/apt-get", args, { env, timeout: INSTALL_WITHIN_MS });
  } catch (error) {
    return `${said}, and could not be installed: ${String(error).split("\n")[0]}`;
  }
  return missing().length === 0 ? undefined : said;
}

/**
 * Why no such desktop can be had here; undefined if it can. On Debian, as root, what is missing is
 * installed from Debian's packages first.
 */
export async function whyNoRealDesktop(): Promise<string | undefined> {
  const absent = missing();
  if (absent.length === 0) return undefined;
  trying ??= install(absent);
  return trying;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not start`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** A bus that nothing else is on: it starts no services and reads nothing of this machine. */
function busConfig(socket: string): string {
  return [
    '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"',
    ' "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">',
    "<busconfig>",
    "  <type>session</type>",
    `  <listen>unix:path=${socket}</listen>`,
    "  <auth>EXTERNAL</auth>",
    '  <policy context="default">',
    '    <allow send_destination="*" eavesdrop="true"/>',
    '    <allow eavesdrop="true"/>',
    '    <allow own="*"/>',
    "  </policy>",
    "</busconfig>",
  ].join("\n");
}

/** Nothing leaves the screen by itself: how long a test takes must not matter. */
function daemonConfig(menu: string): string {
  return [
    "[global]",
    `  dmenu = ${menu}`,
    "  idle_threshold = 0",
    "  markup = full",
    "[urgency_low]",
    "  timeout = 0",
    "[urgency_normal]",
    "  timeout = 0",
    "[urgency_critical]",
    "  timeout = 0",
    "",
  ].join("\n");
}

const DUNST = {
  destination: "org.freedesktop.Notifications",
  path: "/org/freedesktop/Notifications",
};

/** Ends processes, the last one first, and waits until they are gone. */
async function endAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children.toReversed()) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once("exit", resolve));
    }
  }
}

/** Starts dbus-daemon, with nobody on it. */
export async function startRealBus(): Promise<RealBus> {
  const folder = temporaryFolder("real-bus");
  const socket = join(folder, "bus");
  const configFile = join(folder, "bus.conf");
  await writeFile(configFile, busConfig(socket));
  const args = [`--config-file=${configFile}`, "--nofork", "--nopidfile"];
  const daemon = spawn("dbus-daemon", args, { stdio: "ignore" });
  const address = `unix:path=${socket}`;
  const clients: MessageBus[] = [];
  const connect = async (): Promise<MessageBus> => {
    const client = await connectTo(address);
    clients.push(client);
    return client;
  };
  await until("the session bus", async () => (existsSync(socket) ? connect() : undefined));
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    connect,
    async [Symbol.asyncDispose]() {
      await endAll([daemon]);
      await Promise.all(clients.map((client) => client.close()));
      await removeTemporary(folder);
    },
  };
}

/** Starts one, with nobody who shows tray icons. */
export async function startRealDesktop(): Promise<RealDesktop> {
  const folder = temporaryFolder("real-desktop");
  const session = await startRealBus();
  const bus = await session.connect();
  const children: ChildProcess[] = [];
  const texts: Record<string, string> = {};
  const start = (
    file: string,
    args: string[],
    env: Record<string, string>,
    out = "",
  ): ChildProcess => {
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream
        ?.setEncoding("utf8")
        .on("data", (text: string) => (texts[out] = (texts[out] ?? "") + text));
    }
    return child;
  };

  const xvfb = start(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp"],
    {},
  );
  let display = "";
  const [, , , numbered] = xvfb.stdio;
  if (numbered && "setEncoding" in numbered) {
    numbered.setEncoding("utf8").on("data", (text: string) => (display += text));
  }
  await until("the X server", async () => (display.includes("\n") ? display : undefined));

  const choice = join(folder, "choice");
  const menu = join(folder, "menu.sh");
  await writeFile(menu, `#!/bin/sh\nexec grep -m1 -F "$(cat '${choice}')"\n`);
  await chmod(menu, 0o755);
  const settings = join(folder, "dunstrc");
  await writeFile(settings, daemonConfig(menu));
  const env = { DISPLAY: `:${display.trim()}`, ...session.env };
  const dunst = start("dunst", ["-config", settings, "-print"], env, "dunst");
  await until("the notification daemon", async () => {
    const [isOwned] = [
      await bus.invokeDbus<boolean>({
        member: "NameHasOwner",
        signature: "s",
        body: [DUNST.destination],
      }),
    ];
    return isOwned || undefined;
  });

  const command = async (member: string, ...numbers: number[]): Promise<void> => {
    await bus.invoke({
      ...DUNST,
      interface: "org.dunstproject.cmd0",
      member,
      ...(numbers.length > 0 && { signature: "u", body: numbers }),
    });
  };
  return {
    env,
    connect: () => session.connect(),
    told: async () => texts["dunst"] ?? "",
    click: () => command("NotificationAction", 0),
    dismiss: () => command("NotificationCloseLast"),
    choose: async (label) => {
      await writeFile(choice, label);
      await command("ContextMenuCall");
    },
    displayedCount: async () => {
      const answer = await bus.invoke<unknown>({
        ...DUNST,
        interface: "org.freedesktop.DBus.Properties",
        member: "Get",
        signature: "ss",
        body: ["org.dunstproject.cmd0", "displayedLength"],
      });
      return Number(answer);
    },
    hang: () => void dunst.kill("SIGSTOP"),
    resume: () => void dunst.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await endAll(children);
      await session[Symbol.asyncDispose]();
      await removeTemporary(folder);
    },
  };
}
