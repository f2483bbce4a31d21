import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LIMITS } from "@parley/protocol/limits.ts";
import {
  DEVICE,
  PASSWORD,
  temporaryServer,
  type TestServer,
} from "../../testing/temporary-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await temporaryServer();
});
afterEach(() => server.close());

const signIn = (handle: string, password = PASSWORD) =>
  server.call("POST", "/api/sessions", { body: { handle, password, device: DEVICE } });

describe("signing up", () => {
  test("V14: the first account from this machine becomes the owner on any policy, later ones do not", async () => {
    await server.close();
    server = await temporaryServer({ signUp: "closed" });
    expect((await server.call("GET", "/api/server")).body.hasOwner).toBe(false);
    expect((await server.signUp("first")).me.role).toBe("owner");
    expect((await server.call("GET", "/api/server")).body).toMatchObject({
      parley: true,
      signUp: "closed",
      hasOwner: true,
      protocols: [1],
    });
    await expect(server.signUp("second")).rejects.toThrow("sign_up_closed");
  });

  test("V14: of many first sign-ups at once exactly one becomes the owner", async () => {
    const handles = ["one", "two", "three", "four", "five"];
    const grants = await Promise.all(handles.map((handle) => server.signUp(handle)));
    const roles = grants.map(({ me }) => me.role);
    expect(roles.toSorted()).toEqual(["owner", "user", "user", "user", "user"]);
  });

  test("V14: behind a proxy the first account needs the invite of the first start", async () => {
    await server.close();
    server = await temporaryServer({ behindProxy: true, signUp: "invite" });
    await expect(server.signUp("thief")).rejects.toThrow("invite_required");
    const { setUpInvite } = server;
    expect(setUpInvite).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/);
    // However it is typed.
    const invite = setUpInvite?.toLowerCase().replaceAll("-", " ");
    expect((await server.signUp("owner", { invite })).me.role).toBe("owner");
    await expect(server.signUp("late", { invite })).rejects.toThrow("invite_invalid");
  });

  test("V14: a page that points its own name at this machine cannot take the first account", async () => {
    const answer = await rawRequest(server.port, "POST /api/accounts HTTP/1.1", "evil.example", {
      name: "Eve",
      handle: "eve",
      password: PASSWORD,
      device: DEVICE,
    });
    expect(answer).toContain("invite_required");
  });

  test("a handle is unique in its folded form, under a race too", async () => {
    const spellings = ["Straße", "STRAßE", "straße", "ｓｔｒａßｅ"];
    const answers = await Promise.all(
      spellings.map((handle) =>
        server.call("POST", "/api/accounts", {
          body: { name: "x", handle, password: PASSWORD, device: DEVICE },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 409, 409, 409,
    ]);
    const refused = answers.filter(({ status }) => status === 409);
    for (const { body } of refused) {
      expect(body.error).toMatchObject({ code: "handle_taken", field: "handle" });
    }
    expect((await signIn("sTRASSE")).status).toBe(401);
    expect((await signIn("sTRAßE")).status).toBe(200);
  });

  test.each([
    [{ handle: "-bad" }, "handle"],
    [{ handle: "x" }, "handle"],
    [{ name: " \t " }, "name"],
    [{ name: "a\u0007b" }, "name"],
    [{ password: "short" }, "password"],
    [{ password: "x".repeat(300) }, "password"],
    [{ device: { name: "x", platform: "toaster" } }, "device.platform"],
    [{ device: null }, "device"],
    [{ tokenTransport: "pigeon" }, "tokenTransport"],
  ])("E2: %j is refused naming the field %s", async (wrong, field) => {
    const body = { name: "Ann", handle: "ann", password: PASSWORD, device: DEVICE, ...wrong };
    const answer = await server.call("POST", "/api/accounts", { body });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: "invalid_request", field });
    expect((await server.call("GET", "/api/server")).body.hasOwner).toBe(false);
  });
});

describe("signing in", () => {
  test("V12: a wrong handle and a wrong password get the same answer", async () => {
    await server.signUp("ann");
    const wrongPassword = await signIn("ann", "not this one");
    const wrongHandle = await signIn("nobody", "not this one");
    const { requestId: _one, ...first } = wrongPassword.body.error;
    const { requestId: _two, ...second } = wrongHandle.body.error;
    expect(first).toEqual({
      code: "wrong_credentials",
      message: "The handle or the password is wrong.",
      triesLeft: 4,
    });
    expect(second).toEqual(first);
    expect(wrongHandle.status).toBe(wrongPassword.status);
  });

  test("V12: a handle pauses after 5 failures, whether it exists or not, and says for how long", async () => {
    await server.signUp("ann");
    for (const handle of ["ann", "nobody"]) {
      const left: unknown[] = [];
      for (let i = 0; i < LIMITS.signInTries; i++) {
        left.push((await signIn(handle, "wrong")).body.error.triesLeft);
      }
      expect(left).toEqual([4, 3, 2, 1, 0]);
      const paused = await signIn(handle, PASSWORD);
      expect(paused.status).toBe(429);
      expect(paused.body.error.code).toBe("sign_in_paused");
      expect(paused.body.error.retryAfterMs).toBeGreaterThan(55_000);
      expect(Number(paused.headers.get("retry-after"))).toBeGreaterThan(55);
    }
  });

  test("the same password typed in another Unicode form is the same", async () => {
    await server.signUp("ann", { password: "Zu\u0308rich im Fru\u0308hling" });
    expect((await signIn("ann", "Z\u00fcrich im Fr\u00fchling")).status).toBe(200);
  });
});

describe("the account", () => {
  test("rename changes the name, and refuses what is no name", async () => {
    const { accessToken: token } = await server.signUp("ann");
    const renamed = await server.call("PATCH", "/api/account", {
      token,
      body: { name: " Ann B. " },
    });
    expect(renamed.body).toMatchObject({ handle: "ann", name: "Ann B." });
    expect((await signIn("ann")).body.me.name).toBe("Ann B.");
    const wrong = await server.call("PATCH", "/api/account", { token, body: { name: "" } });
    expect(wrong.body.error).toMatchObject({ code: "invalid_request", field: "name" });
  });

  test("V11: a changed password ends the other sessions and keeps this one", async () => {
    const mine = await server.signUp("ann");
    const other = (await signIn("ann")).body;
    const change = { currentPassword: PASSWORD, newPassword: "a better password" };
    const token = mine.accessToken;
    const path = "/api/account/password";
    const wrong = await server.call("POST", path, {
      token,
      body: { ...change, currentPassword: "no" },
    });
    expect(wrong.body.error).toMatchObject({ code: "wrong_credentials", field: "currentPassword" });
    expect((await server.call("POST", path, { token, body: change })).status).toBe(204);
    const list = await server.call("GET", "/api/sessions", { token });
    expect(list.body.sessions).toHaveLength(1);
    const ended = await server.call("GET", "/api/sessions", { token: other.accessToken });
    expect(ended.body.error.code).toBe("session_revoked");
    expect((await signIn("ann")).status).toBe(401);
    expect((await signIn("ann", "a better password")).status).toBe(200);
  });
});

/** A request with a Host header of our choice, which fetch does not allow. */
async function rawRequest(
  port: number,
  line: string,
  host: string,
  body: unknown,
): Promise<string> {
  const { connect } = await import("node:net");
  const text = JSON.stringify(body);
  const socket = connect(port, "127.0.0.1");
  socket.end(
    `${line}\r\nHost: ${host}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += String(chunk);
  return answer;
}
