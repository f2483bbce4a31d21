import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runToEnd, startProgram } from "./testing/server-process.ts";
import { callServer, DEVICE, PASSWORD, temporaryFolder } from "./testing/temporary-server.ts";

const isWindows = process.platform === "win32";
let dataDir: string;
let busy: Server | undefined;
const running: { kill(signal?: NodeJS.Signals): boolean }[] = [];

// Many processes one after the other, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 180_000 });

beforeEach(() => {
  dataDir = temporaryFolder();
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  busy?.close();
  busy = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

const options = (...more: string[]) => ["--port=0", `--data-dir=${dataDir}`, ...more];

async function start(...more: string[]) {
  const program = await startProgram(options(...more));
  running.push(program.child);
  return program;
}

/** Stops it and checks that it ended cleanly. */
async function stop(
  program: Awaited<ReturnType<typeof start>>,
  signal: NodeJS.Signals = "SIGTERM",
) {
  // Windows has no signals that could be caught.
  if (isWindows) program.child.send({ type: "shutdown" });
  else program.child.kill(signal);
  const { code } = await program.ended;
  expect(code).toBe(0);
}

/** Runs it to its end and checks that it failed with one line, which is answered. */
async function failureLine(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(args);
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^parley-server: [^\n]+\n$/);
  return stderr.slice("parley-server: ".length).trim();
}

const signIn = (url: string, password = PASSWORD) =>
  callServer(`${url}/api/sessions`, {
    method: "POST",
    body: { handle: "ann", password, device: DEVICE },
  });
const signUp = (url: string, extra: Record<string, unknown> = {}) =>
  callServer(`${url}/api/accounts`, {
    method: "POST",
    body: { name: "Ann", handle: "ann", password: PASSWORD, device: DEVICE, ...extra },
  });

const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("starting and stopping", () => {
  test("prints the address, tells its parent, ends with 0 on SIGTERM and SIGINT, keeps its data", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const program = await start();
      expect(program.url).toBe(`http://127.0.0.1:${program.port}`);
      expect(program.output().stdout).toContain(`Parley is ready at ${program.url}\n`);
      const status = (await signUp(program.url)).status;
      expect(status).toBe(signal === "SIGTERM" ? 201 : 409);
      await stop(program, signal);
    }
    expect(existsSync(join(dataDir, "control.json"))).toBe(false);
    expect(existsSync(join(dataDir, "parley.db-wal"))).toBe(false);
  });

  test("a parent process can ask it to end", async () => {
    const program = await start();
    program.child.send({ type: "nonsense" });
    program.child.send({ type: "shutdown" });
    expect((await program.ended).code).toBe(0);
  });

  test.skipIf(isWindows)("a second signal ends it at once, whatever is under way", async () => {
    const program = await start();
    const socket = connect(program.port, "127.0.0.1");
    socket.on("error", () => {});
    // A request that never comes to its end.
    socket.write("POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    socket.write("Content-Length: 50\r\n\r\n{");
    await once(socket, "ready");
    expect((await callServer(`${program.url}/health`, { method: "GET" })).status).toBe(200);
    program.child.kill("SIGTERM");
    await vi.waitFor(async () => {
      await expect(callServer(`${program.url}/health`, { method: "GET" })).rejects.toThrow();
    }, 9_000);
    program.child.kill("SIGTERM");
    expect((await program.ended).code).toBe(130);
    socket.destroy();
  });

  test("--log-file takes the log, as JSON lines", async () => {
    const logFile = join(dataDir, "parley.log");
    const program = await start(`--log-file=${logFile}`);
    await stop(program);
    expect(program.output().stderr).toBe("");
    const lines = readFileSync(logFile, "utf8").trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      "listening",
      "closed",
    ]);
  });

  test.skipIf(isWindows)("makes its files for its own user alone", async () => {
    const program = await start();
    const modeOf = (...path: string[]) => statSync(join(dataDir, ...path)).mode & 0o077;
    expect([modeOf("keys"), modeOf("keys", "session.key")]).toEqual([0, 0]);
    expect([modeOf("parley.db"), modeOf("control.json")]).toEqual([0, 0]);
    await stop(program);
  });

  test("options can stand in the environment; the command line wins", async () => {
    const env = { PARLEY_DATA_DIR: dataDir, PARLEY_PORT: "nonsense", PARLEY_SIGN_UP: "closed" };
    const program = await startProgram(["--port", "0"], env);
    running.push(program.child);
    const { body } = await callServer(`${program.url}/api/server`, { method: "GET" });
    expect(body.signUp).toBe("closed");
    await stop(program);
  });

  test("X2: sessions survive a restart", async () => {
    const first = await start();
    const granted = (await signUp(first.url)).body;
    await stop(first);
    const second = await start();
    const refreshed = await callServer(`${second.url}/api/sessions/refresh`, {
      method: "POST",
      body: { refreshToken: granted.refreshToken },
    });
    expect(refreshed.status).toBe(200);
    await stop(second);
  });

  test("--help and --version", async () => {
    const help = await runToEnd(["--help"]);
    expect([help.code, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("--data-dir");
    expect(help.stdout).toContain("reset-password HANDLE");
    expect((await runToEnd(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("what keeps it from starting is one clear line", () => {
  test("port taken: nothing is made", async () => {
    busy = createServer();
    const server = busy;
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const fresh = join(dataDir, "fresh");
    const line = await failureLine([`--port=${port}`, `--data-dir=${fresh}`]);
    expect(line).toBe(`Port ${port} is taken by another program: choose another with --port.`);
    expect(existsSync(fresh)).toBe(false);
  });

  test("folder not writable", async () => {
    const file = join(dataDir, "a-file");
    writeFileSync(file, "x");
    const line = await failureLine(["--port=0", `--data-dir=${join(file, "data")}`]);
    expect(line).toContain("is not writable");
    expect(readdirSync(dataDir)).toEqual(["a-file"]);
  });

  test.runIf(process.platform === "linux")("a place that takes no folders at all", async () => {
    const line = await failureLine(["--port=0", "--data-dir=/proc/parley/data"]);
    expect(line).toContain("is not writable");
  });

  test("database from a newer version: it stays as it is", async () => {
    await stop(await start());
    const file = join(dataDir, "parley.db");
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 999");
    db.close();
    const before = digest(file);
    const line = await failureLine(options());
    expect(line).toMatch(/newer version.*Update Parley/);
    expect(digest(file)).toBe(before);
  });

  test("damaged database: it stays as it is", async () => {
    await stop(await start());
    const file = join(dataDir, "parley.db");
    const bytes = readFileSync(file);
    for (const damaged of [Buffer.from("not a database at all"), bytes.fill(0xa5, 4096, 12_288)]) {
      writeFileSync(file, damaged);
      const before = digest(file);
      expect(await failureLine(options())).toMatch(/is damaged\. Nothing was changed\./);
      expect(digest(file)).toBe(before);
    }
  });

  test("damaged key: nobody is signed out silently", async () => {
    await stop(await start());
    writeFileSync(join(dataDir, "keys/session.key"), "short\n");
    expect(await failureLine(options())).toMatch(/key file .* is damaged/);
  });

  test("a second server on the same folder is refused, and one that was killed is no hindrance", async () => {
    const first = await start();
    expect(await failureLine(options())).toContain("Another Parley server is running");
    expect((await callServer(`${first.url}/health`, { method: "GET" })).status).toBe(200);
    first.child.kill("SIGKILL");
    await first.ended;
    await stop(await start());
  });

  test.each([
    [["--port=99999"], "--port must be a number from 0 to 65535"],
    [["--colour"], "Unknown option '--colour'"],
    [["--tls-cert=none.pem", "--tls-key=none.pem"], "none.pem of --tls-cert cannot be read"],
    [["--log-file=/nowhere/at/all.log"], "The log file /nowhere/at/all.log cannot be written"],
    [["--tls-self-signed", "--behind-proxy"], "--tls-self-signed and --behind-proxy exclude"],
    [["--host=192.0.2.1", "--behind-proxy"], "This machine has no address 192.0.2.1"],
  ])("%j", async (wrong, expected) => {
    const fresh = join(dataDir, "fresh");
    const line = await failureLine([`--data-dir=${fresh}`, ...wrong]);
    expect(line).toContain(expected);
    expect(existsSync(fresh)).toBe(false);
  });
});

describe("the operator's commands", () => {
  const command = (...args: string[]) => runToEnd([...args, `--data-dir=${dataDir}`]);

  test("invite lets in as many as it says, made beside a running server or without one", async () => {
    const first = await start("--sign-up=invite");
    await signUp(first.url);
    const made = await command("invite", "--uses=2");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const invite = made.stdout.split("\n")[0];
    expect((await signUp(first.url, { handle: "bob", invite })).status).toBe(201);
    expect((await signUp(first.url, { handle: "cid" })).body.error.code).toBe("invite_required");
    await stop(first);
    const offline = (await command("invite")).stdout.split("\n")[0];
    const second = await start("--sign-up=invite");
    expect((await signUp(second.url, { handle: "cid", invite })).status).toBe(201);
    const used = await signUp(second.url, { handle: "dee", invite });
    expect(used.body.error.code).toBe("invite_invalid");
    expect((await signUp(second.url, { handle: "dee", invite: offline })).status).toBe(201);
    await stop(second);
  });

  test("reset-password gives a new one and ends the sessions of the running server", async () => {
    const program = await start();
    const { accessToken: token } = (await signUp(program.url)).body;
    const reset = await command("reset-password", " ANN ");
    expect(reset).toMatchObject({ code: 0, stderr: "" });
    const password = /^New password of ann: (\S+)\n/.exec(reset.stdout)?.[1] ?? "";
    const list = await callServer(`${program.url}/api/sessions`, { method: "GET", token });
    expect(list.body.error.code).toBe("session_revoked");
    expect((await signIn(program.url)).status).toBe(401);
    expect((await signIn(program.url, password)).status).toBe(200);
    expect(program.output().stderr).not.toContain(password);
    const unknown = await command("reset-password", "nobody");
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toBe("parley-server: There is no account with this handle.\n");
    await stop(program);
  });

  test("say clearly when there is no data, and make none", async () => {
    const fresh = join(dataDir, "fresh");
    const line = await failureLine(["invite", `--data-dir=${fresh}`]);
    expect(line).toContain("There is no Parley data in");
    expect(existsSync(fresh)).toBe(false);
  });

  test("the control port wants its secret", async () => {
    const program = await start();
    const { port } = JSON.parse(readFileSync(join(dataDir, "control.json"), "utf8")) as {
      port: number;
    };
    const answer = await callServer(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: { command: "reset-password", handle: "ann" },
      headers: { authorization: "Bearer guess" },
    });
    expect(answer.status).toBe(401);
    await stop(program);
  });
});

describe("--demo", () => {
  test("prints two sign-ins that work, and refuses a folder in use", async () => {
    const program = await start("--demo");
    const lines = program.output().stdout.matchAll(/Demo sign-in: handle (\S+), password (\S+)/g);
    const signIns = [...lines].map(([, handle, password]) => ({ handle, password }));
    expect(signIns).toHaveLength(2);
    for (const body of signIns) {
      const answer = await callServer(`${program.url}/api/sessions`, {
        method: "POST",
        body: { ...body, device: DEVICE },
      });
      expect(answer.status).toBe(200);
    }
    await stop(program);
    expect(await failureLine(options("--demo"))).toContain("--demo needs an empty data folder");
  });
});

test("a folder made beforehand for the data may hold other things", async () => {
  mkdirSync(join(dataDir, "notes"));
  await stop(await start());
  expect(existsSync(join(dataDir, "notes"))).toBe(true);
});
