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
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import type { ChatId } from "@parley/protocol/ids.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readErasedLog } from "../backup/erased-log-file.ts";
import { runProgram, runToEnd, startProgram } from "../testing/server-process.ts";
import { connect, type TestClient, textItem } from "../testing/socket-client.ts";
import { callServer, DEVICE, PASSWORD, temporaryFolder } from "../testing/temporary-server.ts";
import { verifyFile } from "./verify-file.ts";

// Processes one after the other, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
let dataDir: string;
let file: string;
const running: { kill(signal?: NodeJS.Signals): boolean }[] = [];
const clients: TestClient[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  dataDir = join(folder, "data");
  file = join(folder, "backup.db");
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const inFolder = () => `--data-dir=${dataDir}`;
const command = (...args: string[]) => runToEnd([...args, inFolder()]);

async function start() {
  const program = await startProgram(["--port=0", inFolder()]);
  running.push(program.child);
  return {
    ...program,
    stop: async () => {
      if (process.platform === "win32") program.child.send({ type: "shutdown" });
      else program.child.kill("SIGTERM");
      expect((await program.ended).code).toBe(0);
    },
  };
}

async function signUp(url: string, handle: string) {
  const body = { name: handle, handle, password: PASSWORD, device: DEVICE };
  const { body: grant } = await callServer(`${url}/api/accounts`, { method: "POST", body });
  return grant;
}

async function open(
  url: string,
  accessToken: string,
): Promise<{ client: TestClient; notes: ChatId }> {
  const client = await connect(url, accessToken);
  clients.push(client);
  const { changes } = await client.hello();
  const notes = changes.flatMap((change) =>
    change.kind === "chat" && change.chat.kind === "self" ? [change.chat.chatId] : [],
  )[0];
  if (notes === undefined) throw new Error("notes to self");
  return { client, notes };
}

/** Runs it to its end and answers the one or more lines with which it failed. */
async function failure(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await command(...args);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^parley-server: /);
  return stderr.slice("parley-server: ".length).trim();
}

const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

function clientIdsIn(path: string): Set<string> {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare("SELECT client_id FROM events").all();
  db.close();
  return new Set(rows.map((row) => String(row["client_id"])));
}

describe("backup", () => {
  test("S4, S6c: amid traffic it is whole and holds everything that was acked before it began", async () => {
    const server = await start();
    const { accessToken } = await signUp(server.url, "ann");
    const { client, notes } = await open(server.url, accessToken);
    const acked: string[] = [];
    let isWriting = true;
    const writing = (async () => {
      while (isWriting) {
        const items = [textItem(notes, "x".repeat(2_000))];
        const reply = await client.ask("chat:send", { chatId: notes, items });
        if ("data" in reply) acked.push(...items.map((item) => item.clientId));
        else await after(reply.error.retryAfterMs ?? 0);
      }
    })();
    for (let round = 1; round <= 3; round++) {
      const before = acked.length;
      const { code, stdout } = await command("backup", file, ...(round > 1 ? ["--overwrite"] : []));
      expect([code, stdout]).toEqual([0, expect.stringContaining(`Backup written: ${file} (`)]);
      // It went on meanwhile.
      expect(acked.length).toBeGreaterThan(before);
      const held = clientIdsIn(file);
      expect(acked.slice(0, before).filter((clientId) => !held.has(clientId))).toEqual([]);
      const verified = await command("verify", file);
      expect([verified.code, verified.stderr]).toEqual([0, ""]);
      expect(verified.stdout).toMatch(
        /^\S+backup\.db is whole: 1 account, 1 chat, [\d,]+ events\./,
      );
    }
    isWriting = false;
    await writing;
    expect(readdirSync(folder).sort()).toEqual(["backup.db", "data"]);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    await server.stop();
    expect((await verifyFile(join(dataDir, "parley.db"))).faults).toEqual([]);
  });

  test("works where no server runs, also after one that was killed", async () => {
    const server = await start();
    const { accessToken } = await signUp(server.url, "ann");
    const { client, notes } = await open(server.url, accessToken);
    const { clientId } = await client.say(notes, "the last word");
    server.child.kill("SIGKILL");
    await server.ended;
    expect((await command("backup", file)).code).toBe(0);
    expect(clientIdsIn(file).has(clientId)).toBe(true);
    expect((await verifyFile(file)).faults).toEqual([]);
    const again = await start();
    await again.stop();
    expect((await command("backup", file, "--overwrite")).code).toBe(0);
    expect(clientIdsIn(file).has(clientId)).toBe(true);
  });

  test("refuses to write over a file, and says in one line what is wrong", async () => {
    await (await start()).stop();
    writeFileSync(file, "somebody's only copy");
    expect(await failure("backup", file)).toBe(
      `${file} exists already: choose another name, or add --overwrite to replace it.`,
    );
    expect(readFileSync(file, "utf8")).toBe("somebody's only copy");
    expect(await failure("backup", join(folder, "no", "b.db"))).toBe(
      `There is no folder ${join(folder, "no")}.`,
    );
    mkdirSync(join(folder, "taken"));
    expect(await failure("backup", join(folder, "taken"), "--overwrite")).toMatch(/is no file\.$/);
    for (const own of ["parley.db", "parley.db-wal", "erased.log", "keys"]) {
      expect(await failure("backup", join(dataDir, own), "--overwrite")).toBe(
        `${join(dataDir, own)} is a file of the server's own: write the backup somewhere else.`,
      );
    }
    expect(await failure("backup")).toBe("backup needs one file: parley-server backup FILE");
    expect(await failure("verify", file, "--overwrite")).toBe(
      "--overwrite belongs to the command backup.",
    );
    expect(await failure("verify", join(folder, "nothing.db"))).toBe(
      `There is no file ${join(folder, "nothing.db")}.`,
    );
    expect((await failure("verify", file)).split("\n")[0]).toBe(`${file} is not whole: 1 fault.`);
    rmSync(dataDir, { recursive: true });
    expect(await failure("backup", join(folder, "x.db"))).toMatch(/^There is no Parley data in /);
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe("restore", () => {
  test("S6c, X2: begins a new epoch, keeps what it replaces, and signs nobody out", async () => {
    const first = await start();
    const grant = await signUp(first.url, "ann");
    const { client, notes } = await open(first.url, grant.accessToken);
    const kept = await client.say(notes, "before the backup");
    expect((await command("backup", file)).code).toBe(0);
    const lost = await client.say(notes, "after the backup");
    const { dataEpoch } = await client.hello();
    // The token moves on three times: the backup knows of none of it.
    let { refreshToken } = grant;
    for (let i = 0; i < 3; i++) {
      const { body } = await callServer(`${first.url}/api/sessions/refresh`, {
        method: "POST",
        body: { refreshToken },
      });
      refreshToken = body.refreshToken;
    }
    expect(await failure("restore", file)).toMatch(
      /^Another Parley server is running on the data folder /,
    );
    await first.stop();
    const restored = await command("restore", file);
    expect([restored.code, restored.stderr]).toEqual([0, ""]);
    const aside = readdirSync(dataDir).find((name) => name.startsWith("parley.db.replaced-"));
    expect(restored.stdout).toContain(`What it replaced is kept as ${join(dataDir, aside ?? "?")}`);
    expect(clientIdsIn(join(dataDir, aside ?? "?")).has(lost.clientId)).toBe(true);
    expect(readdirSync(dataDir).filter((name) => name.includes("restoring"))).toEqual([]);

    const second = await start();
    const refreshed = await callServer(`${second.url}/api/sessions/refresh`, {
      method: "POST",
      body: { refreshToken },
    });
    expect(refreshed.status).toBe(200);
    const session = await open(second.url, refreshed.body.accessToken);
    const hello = await session.client.hello();
    expect(hello.dataEpoch).not.toBe(dataEpoch);
    const page = await session.client.request("chat:history", {
      chatId: notes,
      before: 99,
      limit: 50,
    });
    const held = page.events.map((event) => event.clientId);
    expect([held.includes(kept.clientId), held.includes(lost.clientId)]).toEqual([true, false]);
    // S3: sent again under its own name, it is stored once more.
    const { payload } = lost;
    const again = await session.client.say(notes, "", {
      clientId: lost.clientId,
      payload: payload ?? "",
    });
    expect([again.clientId, again.seq]).toEqual([lost.clientId, lost.seq]);
    await second.stop();
    const db = new DatabaseSync(join(dataDir, "parley.db"), { readOnly: true });
    const heads = db
      .prepare("SELECT head_seq FROM restored_heads WHERE data_epoch = ? AND chat_id = ?")
      .all(hello.dataEpoch, notes);
    expect(heads).toEqual([{ head_seq: kept.seq }]);
    db.close();
  });

  test("S13, V36: what was deleted since stays deleted, held by the backup or not", async () => {
    const server = await start();
    const { accessToken } = await signUp(server.url, "ann");
    const { client, notes } = await open(server.url, accessToken);
    const held = await client.say(notes, "to be deleted later");
    const other = await client.say(notes, "stays");
    expect((await command("backup", file)).code).toBe(0);
    const later = await client.say(notes, "came and went after the backup");
    const redact = (target: string) =>
      client.say(notes, "", {
        type: "redact",
        notify: false,
        payload: "",
        rel: { kind: "redact", target } as never,
      });
    const redacted = await redact(held.clientId);
    await redact(later.clientId);
    expect((await readErasedLog(join(dataDir, "erased.log"))).map((row) => row.clientId)).toEqual([
      held.clientId,
      later.clientId,
    ]);
    await server.stop();
    const restored = await command("restore", file);
    expect(restored.stdout).toContain("1 message deleted for everyone since then: deleted again.");
    const { faults, totals } = await verifyFile(join(dataDir, "parley.db"));
    expect([faults, totals.events]).toEqual([[], 4]);
    expect(readFileSync(join(dataDir, "parley.db")).includes("to be deleted later")).toBe(false);
    // Asked again, it does nothing twice.
    expect((await command("backup", file, "--overwrite")).code).toBe(0);
    expect((await command("restore", file)).stdout).not.toContain("deleted again");
    expect(await readErasedLog(join(dataDir, "erased.log"))).toHaveLength(2);

    const again = await start();
    const session = await open(again.url, accessToken);
    const page = await session.client.request("chat:history", {
      chatId: notes,
      before: 99,
      limit: 50,
    });
    const rows = new Map(page.events.map((event) => [event.clientId, event]));
    expect(rows.get(held.clientId)).toMatchObject({
      payload: null,
      fold: { erased: { by: held.senderId } },
    });
    expect(rows.get(redacted.clientId)).toMatchObject({
      senderId: redacted.senderId,
      targetSeq: held.seq,
    });
    expect(rows.get(other.clientId)?.payload).toBe(other.payload);
    const names = [held, other, later].map((event) => event.clientId);
    expect(await session.client.request("sync:erased", { clientIds: names })).toEqual({
      clientIds: [later.clientId],
    });
    const body = { chatId: notes, items: [{ ...sendOf(later), payload: "again?" }] };
    const { outcomes } = await session.client.request("chat:send", body);
    expect(outcomes).toMatchObject([{ error: { code: "message_erased" } }]);
  });

  const sendOf = ({
    chatId,
    clientId,
    alg,
    type,
    notify,
  }: Awaited<ReturnType<TestClient["say"]>>) => ({ chatId, clientId, alg, type, notify });

  test("a backup that is not whole, or no backup, changes nothing", async () => {
    await (await start()).stop();
    expect((await command("backup", file)).code).toBe(0);
    const before = digest(join(dataDir, "parley.db"));
    const names = readdirSync(dataDir).sort();
    const db = new DatabaseSync(file);
    db.exec(
      "INSERT INTO events SELECT 9, 'none', 3, 'x', 1, 's', 'd', 'none', 'text', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, NULL, NULL, 'c', 'p', 'h', 'text', 1, 1, 0, NULL, NULL, NULL, NULL, NULL",
    );
    db.close();
    expect((await failure("restore", file)).split("\n").slice(0, 2)).toEqual([
      `Nothing was changed. ${file} is not whole: 2 faults.`,
      "  database: events of no chat: none",
    ]);
    writeFileSync(file, "no database");
    expect(await failure("restore", file)).toMatch(/^Nothing was changed\. /);
    expect(await failure("restore", join(folder, "nothing.db"))).toMatch(/^There is no file /);
    expect(digest(join(dataDir, "parley.db"))).toBe(before);
    expect(readdirSync(dataDir).sort()).toEqual(names);
  });

  test("S6c: killed at any moment, the data are the former ones or the restored ones, whole", async () => {
    const server = await start();
    const { accessToken } = await signUp(server.url, "ann");
    const { client, notes } = await open(server.url, accessToken);
    for (let i = 0; i < 200; i++) await client.say(notes, "x".repeat(2_000), { notify: false });
    expect((await command("backup", file)).code).toBe(0);
    const { clientId } = await client.say(notes, "after the backup");
    server.child.kill("SIGKILL");
    await server.ended;
    const path = join(dataDir, "parley.db");
    let killed = 0;
    for (const delayMs of [150, 250, 300, 350, 400, 450, 500]) {
      const restoring = runProgram(["restore", file, inFolder()]);
      await after(delayMs);
      if (restoring.child.kill("SIGKILL")) killed += 1;
      await restoring.ended;
      expect((await verifyFile(path)).faults).toEqual([]);
      const copies = readdirSync(dataDir).filter((name) => /\.replaced-.*\d$/.test(name));
      const places = [path, ...copies.map((name) => join(dataDir, name))];
      // Nothing of the former one is gone, wherever it stands now.
      expect(places.some((place) => clientIdsIn(place).has(clientId))).toBe(true);
    }
    expect(killed).toBeGreaterThan(0);
    expect((await command("restore", file)).code).toBe(0);
    expect(readdirSync(dataDir).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  test("brings a server to a new machine; a damaged database is kept aside as it is", async () => {
    const server = await start();
    const { accessToken } = await signUp(server.url, "ann");
    await open(server.url, accessToken);
    await server.stop();
    expect((await command("backup", file)).code).toBe(0);
    writeFileSync(join(dataDir, "parley.db"), "what a broken disk left");
    expect((await command("restore", file)).code).toBe(0);
    const aside = readdirSync(dataDir).find((name) => name.startsWith("parley.db.replaced-"));
    expect(readFileSync(join(dataDir, aside ?? "?"), "utf8")).toBe("what a broken disk left");
    const elsewhere = join(folder, "new", "machine");
    const moved = await runToEnd(["restore", file, `--data-dir=${elsewhere}`]);
    expect([moved.code, moved.stderr]).toEqual([0, ""]);
    expect((await verifyFile(join(elsewhere, "parley.db"))).totals.accounts).toBe(1);
    const program = await startProgram(["--port=0", `--data-dir=${elsewhere}`]);
    running.push(program.child);
    const body = { handle: "ann", password: PASSWORD, device: DEVICE };
    expect((await callServer(`${program.url}/api/sessions`, { method: "POST", body })).status).toBe(
      200,
    );
  });
});
