import { DeviceId, newId } from "@parley/protocol/ids.ts";
import type { SessionGrant } from "@parley/protocol/http/accounts.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, join, RefusedConnection, type TestClient } from "../../testing/socket-client.ts";
import {
  type Answer,
  PASSWORD,
  temporaryServer,
  type TestServer,
} from "../../testing/temporary-server.ts";

let server: TestServer;
let desk: SessionGrant;
let phone: SessionGrant;
beforeEach(async () => {
  server = await temporaryServer();
  desk = await server.signUp("ann", { device: { name: "Desk", platform: "linux" } });
  phone = await signIn("Phone");
});
afterEach(() => server.close());

async function signIn(name: string): Promise<SessionGrant> {
  const device = { name, platform: "web" };
  const body = { handle: "ann", password: PASSWORD, device };
  return (await server.call("POST", "/api/sessions", { body })).body;
}

const pathOf = (deviceId: string) => `/api/sessions/${deviceId}`;
const listFor = async ({ accessToken: token }: SessionGrant) =>
  (await server.call("GET", "/api/sessions", { token })).body.sessions;
const signOut = (by: SessionGrant, deviceId: string): Promise<Answer> =>
  server.call("DELETE", pathOf(deviceId), { token: by.accessToken });
const rename = (by: SessionGrant, deviceId: string, name: unknown): Promise<Answer> =>
  server.call("PATCH", pathOf(deviceId), { token: by.accessToken, body: { name } });
const refresh = (refreshToken = "") =>
  server.call("POST", "/api/sessions/refresh", { body: { refreshToken } });

/** Waits until the newest list that was pushed is as this wants it. */
const told = (client: TestClient, isIt: (names: string[]) => boolean) =>
  client.until(() => {
    const devices = client.pushes("devices:changed").at(-1)?.devices;
    return devices && isIt(namesOf(devices)) && devices;
  });

/** Names of devices, with a star at those that are connected. */
const namesOf = (devices: readonly { name: string; connected: boolean }[]): string[] =>
  devices.map(({ name, connected }) => (connected ? `${name}*` : name)).sort();

async function refusalOf(connecting: Promise<unknown>) {
  try {
    await connecting;
    return undefined;
  } catch (error) {
    return error instanceof RefusedConnection ? error.error : undefined;
  }
}

describe("seeing them", () => {
  test("V57: an account sees its own devices, which of them is connected and which asks", async () => {
    await server.signUp("bob");
    await join(server, phone.accessToken);
    const seen = await listFor(desk);
    expect(seen).toMatchObject([
      { deviceId: phone.deviceId, name: "Phone", platform: "web", connected: true, current: false },
      { deviceId: desk.deviceId, name: "Desk", platform: "linux", connected: false, current: true },
    ]);
    for (const { createdAt, lastSeenAt } of seen) {
      expect(lastSeenAt).toBeGreaterThanOrEqual(createdAt);
    }
  });

  test("V57: the others are told of each that comes, connects, is renamed, disconnects and goes", async () => {
    const seer = await join(server, desk.accessToken);
    const other = await join(server, phone.accessToken);
    await told(seer, (names) => names.join() === "Desk*,Phone*");
    const tablet = await signIn("Tablet");
    await told(seer, (names) => names.join() === "Desk*,Phone*,Tablet");
    expect((await rename(desk, tablet.deviceId, "  Slate ")).status).toBe(204);
    await told(seer, (names) => names.join() === "Desk*,Phone*,Slate");
    other.close();
    await told(seer, (names) => names.join() === "Desk*,Phone,Slate");
    await signOut(desk, tablet.deviceId);
    await told(seer, (names) => names.join() === "Desk*,Phone");
  });

  test("V57: how long ago a device's user was there is told when its connection ends", async () => {
    const seer = await join(server, desk.accessToken);
    const other = await join(server, phone.accessToken);
    await other.request("presence:set", { active: true });
    const before = (await listFor(desk)).find((one) => one.name === "Phone")?.lastSeenAt ?? 0;
    await vi.waitUntil(() => Date.now() > before);
    other.close();
    const seen = await seer.until(() =>
      seer
        .pushes("devices:changed")
        .at(-1)
        ?.devices.find((one) => one.name === "Phone" && !one.connected && one.lastSeenAt > before),
    );
    expect(seen.lastSeenAt).toBeLessThanOrEqual(Date.now());
  });
});

describe("signing one out", () => {
  test("V57: it is revoked at once, told from where, closed, and its tokens are refused", async () => {
    const other = await join(server, phone.accessToken);
    const second = await connect(server.url, phone.accessToken);
    const own = await join(server, desk.accessToken);
    expect((await signOut(desk, phone.deviceId)).status).toBe(204);
    for (const client of [other, second]) {
      await client.until(() => client.closed !== undefined);
      expect(client.pushes("session:ended")).toMatchObject([
        { error: { code: "session_revoked", endedBy: "Desk" } },
      ]);
    }
    const said = { code: "session_revoked", endedBy: "Desk" };
    expect((await refresh(phone.refreshToken)).body.error).toMatchObject(said);
    const { accessToken: token } = phone;
    expect((await server.call("GET", "/api/sessions", { token })).body.error).toMatchObject(said);
    expect(await refusalOf(connect(server.url, token))).toMatchObject(said);
    expect(own.closed).toBeUndefined();
    expect(namesOf(await listFor(desk))).toEqual(["Desk*"]);
    // Once more is no fault, and tells nobody anything.
    expect((await signOut(desk, phone.deviceId)).status).toBe(204);
  });

  test("V57: nothing of the account is lost with it", async () => {
    const other = await join(server, phone.accessToken);
    const [chat] = (await other.hello()).changes.filter((change) => change.kind === "chat");
    if (chat?.kind !== "chat") throw new Error("no chat");
    const { chatId } = chat.chat;
    const event = await other.say(chatId, "from the phone");
    await signOut(desk, phone.deviceId);
    await other.until(() => other.closed !== undefined);
    const own = await join(server, desk.accessToken);
    const { events } = await own.request("chat:history", { chatId, before: 1_000, limit: 10 });
    expect(events.at(-1)).toEqual(event);
    const again = await signIn("Phone");
    expect(again.deviceId).not.toBe(phone.deviceId);
    const back = await join(server, again.accessToken);
    const page = await back.request("chat:history", { chatId, before: 1_000, limit: 10 });
    expect(page.events.at(-1)).toEqual(event);
  });

  test("V57: whoever signs out alone, or is signed out by a stolen token, is told no name", async () => {
    await server.call("DELETE", "/api/sessions/current", { token: phone.accessToken });
    const own = (await refresh(phone.refreshToken)).body.error;
    expect(own.code).toBe("session_revoked");
    expect(own.endedBy).toBeUndefined();
    const { refreshToken } = (await refresh(desk.refreshToken)).body;
    await refresh(refreshToken);
    const stolen = (await refresh(desk.refreshToken)).body.error;
    expect(stolen.code).toBe("session_revoked");
    expect(stolen.endedBy).toBeUndefined();
  });

  test("V57: signing out everywhere and a changed password name the device as well", async () => {
    const other = await join(server, phone.accessToken);
    const body = { currentPassword: PASSWORD, newPassword: "another long one" };
    await server.call("POST", "/api/account/password", { token: desk.accessToken, body });
    await other.until(() => other.closed !== undefined);
    expect(other.pushes("session:ended").at(-1)?.error.endedBy).toBe("Desk");
    const device = { name: "Late", platform: "web" };
    const signIn = { handle: "ann", password: "another long one", device };
    const late = (await server.call("POST", "/api/sessions", { body: signIn })).body;
    const own = await join(server, desk.accessToken);
    await server.call("DELETE", "/api/sessions", { token: late.accessToken });
    await own.until(() => own.closed !== undefined);
    expect(own.pushes("session:ended").at(-1)?.error.endedBy).toBe("Late");
    expect((await refresh(desk.refreshToken)).body.error.endedBy).toBe("Late");
    expect((await refresh(late.refreshToken)).body.error.endedBy).toBeUndefined();
  });
});

describe("hostile", () => {
  test("X3, V57: nobody sees, ends or renames a device of another account", async () => {
    const eve = await server.signUp("eve");
    const seer = await join(server, eve.accessToken);
    const victim = await join(server, phone.accessToken);
    expect((await listFor(eve)).map((one) => one.deviceId)).toEqual([eve.deviceId]);
    // One that is there and one that nobody has are told apart by nothing.
    for (const deviceId of [phone.deviceId, newId(DeviceId)]) {
      for (const answer of [await signOut(eve, deviceId), await rename(eve, deviceId, "Mine")]) {
        expect(answer.status).toBe(404);
        const { requestId: _requestId, ...error } = answer.body.error;
        expect(error).toEqual({ code: "not_found", message: "There is no such session." });
      }
    }
    expect(namesOf(await listFor(desk))).toEqual(["Desk", "Phone*"]);
    await rename(desk, phone.deviceId, "Pocket");
    const late = await signIn("Late");
    await signOut(desk, late.deviceId);
    await told(victim, (names) => names.join() === "Desk,Pocket*");
    expect(victim.closed).toBeUndefined();
    expect(seer.pushes("devices:changed")).toEqual([]);
  });

  test("V57: of two that sign each other out at once, one stays", async () => {
    for (let round = 0; round < 5; round++) {
      const [one, two] = [await signIn("One"), await signIn("Two")];
      const answers = await Promise.all([
        signOut(one, two.deviceId),
        signOut(two, one.deviceId),
        signOut(one, two.deviceId),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => status === 401)).not.toEqual(
        [],
      );
      const names = namesOf(await listFor(desk)).filter((name) => /One|Two/.test(name));
      expect(names).toHaveLength(1);
      await signOut(desk, one.deviceId);
      await signOut(desk, two.deviceId);
    }
  });

  test("E2: a name or an id that is none is refused by its field", async () => {
    for (const name of ["", "  ", "a\nb", "x".repeat(65), "a\ud800", 7, null]) {
      const answer = await rename(desk, phone.deviceId, name);
      expect(answer.body.error).toMatchObject({ code: "invalid_request", field: "name" });
    }
    for (const id of ["x", "../current", desk.me.accountId.toUpperCase()]) {
      const answer = await rename(desk, encodeURIComponent(id), "Name");
      expect(answer.body.error).toMatchObject({ code: "invalid_request", field: "deviceId" });
    }
    expect((await rename({ ...desk, accessToken: "" }, phone.deviceId, "x")).status).toBe(401);
    expect(namesOf(await listFor(desk))).toEqual(["Desk", "Phone"]);
  });

  test("V57: one that was signed out is named anew by nobody", async () => {
    await signOut(desk, phone.deviceId);
    expect((await rename(desk, phone.deviceId, "Back")).status).toBe(404);
    expect((await rename(phone, desk.deviceId, "Mine")).status).toBe(401);
  });
});
