import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { tryLockFolder } from "./storage/sqlite/folder-lock.ts";
import { startProgram } from "./testing/server-process.ts";
import { connect, type TestClient } from "./testing/socket-client.ts";
import {
  DEVICE,
  PASSWORD,
  temporaryFolder,
  temporaryServer,
  type TestServer,
} from "./testing/temporary-server.ts";

let server: TestServer;
const clients: TestClient[] = [];

beforeEach(async () => {
  server = await temporaryServer();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

async function open(accessToken: string): Promise<TestClient> {
  const client = await connect(server.url, accessToken);
  clients.push(client);
  await client.hello();
  return client;
}

const signIn = async (password = PASSWORD) => {
  const body = { handle: "ann", password, device: DEVICE };
  return (await server.call("POST", "/api/sessions", { body })).body;
};

/** The error with which a connection was ended, once it is closed. */
async function endOf(client: TestClient): Promise<string | undefined> {
  await client.until(() => client.closed);
  return client.pushes("session:ended").at(-1)?.error.code;
}

describe("accounts and their open connections", () => {
  test("a new name reaches those who share a chat and nobody else", async () => {
    const ann = await server.signUp("ann");
    const bob = await server.signUp("bob");
    const cid = await server.signUp("cid");
    const [annSocket, bobSocket, cidSocket] = await Promise.all(
      [ann, bob, cid].map(({ accessToken }) => open(accessToken)),
    );
    const chatId = newId(ChatId);
    await annSocket!.request("chat:create-direct", { chatId, accountId: bob.me.accountId });
    const { accessToken: token } = ann;
    await server.call("PATCH", "/api/account", { token, body: { name: "Ann the Second" } });
    const [change] = await bobSocket!.until(() => {
      const changes = bobSocket!.changesOf("person");
      return changes.length > 0 && changes;
    });
    expect(change!.person).toEqual({ ...ann.me, role: undefined, name: "Ann the Second" });
    // What is answered now was decided after the rename was handed out.
    await cidSocket!.request("people:search", { query: "ann" });
    expect(cidSocket!.changesOf("person")).toEqual([]);
  });

  test("V5: notes to self are made together with the account", async () => {
    const ann = await server.signUp("ann");
    const client = await connect(server.url, ann.accessToken);
    clients.push(client);
    const { changes } = await client.hello();
    expect(changes).toHaveLength(1);
    expect(changes).toMatchObject([
      { kind: "chat", chat: { kind: "self", title: null, headSeq: 1 } },
    ]);
  });

  test("V11: signing out one device, the others or all closes exactly their connections", async () => {
    const first = await server.signUp("ann");
    const second = await signIn();
    const third = await signIn();
    const sockets = await Promise.all(
      [first, second, third].map(({ accessToken }) => open(accessToken)),
    );
    const token = first.accessToken;
    await server.call("DELETE", `/api/sessions/${second.deviceId}`, { token });
    expect(await endOf(sockets[1]!)).toBe("session_revoked");
    expect([sockets[0]!.closed, sockets[2]!.closed]).toEqual([undefined, undefined]);

    const body = { currentPassword: PASSWORD, newPassword: "a new password" };
    await server.call("POST", "/api/account/password", { token, body });
    expect(await endOf(sockets[2]!)).toBe("session_revoked");
    expect(sockets[0]!.closed).toBeUndefined();

    await server.call("DELETE", "/api/sessions", { token });
    expect(await endOf(sockets[0]!)).toBe("session_revoked");
    await expect(connect(server.url, token)).rejects.toMatchObject({
      error: { code: "session_revoked" },
    });
  });

  test("X2: a refresh token that was stolen closes the connection of its device", async () => {
    const granted = await server.signUp("ann");
    const client = await open(granted.accessToken);
    const refresh = async (refreshToken: string) =>
      (await server.call("POST", "/api/sessions/refresh", { body: { refreshToken } })).body;
    const second = await refresh(granted.refreshToken ?? "");
    await refresh(second.refreshToken);
    await refresh(granted.refreshToken ?? "");
    expect(await endOf(client)).toBe("session_revoked");
  });
});

describe("shutting down", () => {
  test("answers what has begun, tells connections why, and refuses what comes later", async () => {
    const { accessToken } = await server.signUp("ann");
    const client = await open(accessToken);
    // Each takes a while, because passwords are checked slowly on purpose.
    const begun = Array.from({ length: 6 }, () =>
      server.call("POST", "/api/sessions", {
        body: { handle: `ghost-${randomUUID().slice(0, 8)}`, password: "x", device: DEVICE },
      }),
    );
    // The first answer says that the others are under way too.
    await begun[0];
    const closing = server.close();
    const answers = await Promise.all(begun);
    for (const { body } of answers) {
      expect(["wrong_credentials", "shutting_down"]).toContain(body.error.code);
    }
    expect(
      answers.filter(({ body }) => body.error.code === "wrong_credentials").length,
    ).toBeGreaterThan(0);
    expect(await endOf(client)).toBe("shutting_down");
    await closing;
    await expect(server.call("GET", "/health")).rejects.toThrow("fetch failed");
  });

  test("S4: what was acknowledged before kill -9 is there after a restart", async () => {
    const dataDir = temporaryFolder();
    const args = ["--port=0", `--data-dir=${dataDir}`];
    const first = await startProgram(args);
    const body = { name: "Ann", handle: "ann", password: PASSWORD, device: DEVICE };
    const signedUp = await fetch(`${first.url}/api/accounts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(signedUp.status).toBe(201);
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await startProgram(args);
    const info = await (await fetch(`${second.url}/api/server`)).json();
    expect(info).toMatchObject({ hasOwner: true });
    second.child.send({ type: "shutdown" });
    expect((await second.ended).code).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe("the lock of a data folder", () => {
  test("is held once, and again after it was released", () => {
    const folder = temporaryFolder();
    const lock = tryLockFolder(folder);
    expect(lock).toBeDefined();
    expect(tryLockFolder(folder)).toBeUndefined();
    lock?.release();
    const again = tryLockFolder(folder);
    expect(again).toBeDefined();
    again?.release();
    expect(() => tryLockFolder(join(folder, "missing"))).toThrow("is not writable");
    rmSync(folder, { recursive: true, force: true });
  });
});
