import type { Device } from "@parley/protocol/http/accounts.ts";
import { DeviceId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, test } from "vitest";
import { type FakeHost, liveHost } from "../testing/fake-host.ts";

function device(deviceId: DeviceId, name: string): Device {
  return { deviceId, name, platform: "web", createdAt: 1, lastSeenAt: 2, connected: true };
}

/** The server ends the session, from another device where that is named. */
async function endSession(fake: FakeHost, endedBy?: string): Promise<void> {
  const error = { code: "session_revoked", message: "", ...(endedBy && { endedBy }) };
  fake.server.push("session:ended", { error: { ...error, requestId: "r" } });
  await fake.clock.advance(5);
  fake.server.wire.cutAll();
  await fake.clock.advance(200);
}

describe("the devices of an account", () => {
  test("V57: windows ask for them, and hear of all of them when the server tells", async () => {
    const { fake, window, accountKey } = await liveHost();
    const other = newId(DeviceId);
    fake.server.devices = [device(fake.server.deviceId, "Test"), device(other, "Phone")];
    const asked = window.call("devices:list", { accountKey });
    await fake.clock.advance(5);
    expect(await asked).toMatchObject({
      ok: true,
      value: { sessions: [{ current: true }, { current: false, name: "Phone" }] },
    });
    const devices = [device(fake.server.deviceId, "Study"), device(other, "Pocket")];
    fake.server.push("devices:changed", { devices });
    await fake.clock.advance(5);
    expect(window.bodiesOf("devices:changed")).toMatchObject([
      { accountKey, devices: [{ current: true }, { current: false, name: "Pocket" }] },
    ]);
    // The name of this one is kept, and there after a restart.
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts[0]?.deviceName).toBe("Study");
    await fake.restart();
    expect(fake.host.accounts[0]?.deviceName).toBe("Study");
  });

  test("V57: without a server the list fails by name, and nobody signs this one out from there", async () => {
    const { fake, window, accountKey } = await liveHost();
    const { deviceId } = fake.server;
    const own = window.call("devices:sign-out", { accountKey, deviceId });
    await fake.clock.advance(5);
    expect(await own).toMatchObject({ ok: false, error: { code: "not_allowed" } });
    fake.server.setUp(false);
    const asked = window.call("devices:list", { accountKey });
    await fake.clock.advance(15_000);
    expect(await asked).toMatchObject({ ok: false, error: { code: "server_unreachable" } });
  });

  test("V57: signing out and renaming go to the device's own address, and a refusal is told", async () => {
    const { fake, window, accountKey } = await liveHost();
    const deviceId = newId(DeviceId);
    const answers = [
      window.call("devices:sign-out", { accountKey, deviceId }),
      window.call("devices:rename", { accountKey, deviceId, name: " Slate " }),
      window.call("devices:rename", { accountKey, deviceId, name: "a\nb" }),
    ];
    await fake.clock.advance(5);
    expect(await Promise.all(answers)).toMatchObject([
      { ok: false, error: { code: "not_found" } },
      { ok: false, error: { code: "not_found" } },
      { ok: false, error: { code: "invalid_request" } },
    ]);
    const sent = fake.server.http.requests.slice(-2);
    expect(sent.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
      `DELETE /api/sessions/${deviceId}`,
      `PATCH /api/sessions/${deviceId}`,
    ]);
    expect(sent[1]?.body).toEqual({ name: "Slate" });
  });
});

describe("an account that was signed out here", () => {
  test("V57: windows hear of it before it is gone, with where from; the next one and the next start too", async () => {
    const { fake, window, accountKey } = await liveHost();
    await endSession(fake, "Desk");
    const said = { accountKey, code: "session_revoked", endedBy: "Desk", me: { handle: "ada" } };
    expect(window.bodiesOf("accounts:ended").at(-1)?.ended).toMatchObject([said]);
    const names = window.notices.map(({ name }) => name);
    expect(names.lastIndexOf("accounts:ended")).toBeLessThan(names.lastIndexOf("accounts:changed"));
    await fake.restart();
    const later = await fake.openWindow();
    expect(later.bodiesOf("accounts:ended")).toMatchObject([{ ended: [said] }]);
    expect(fake.host.accounts).toEqual([]);
  });

  test("V57: it is said until the user has read it, or signs in again", async () => {
    const { fake, window, accountKey } = await liveHost();
    await endSession(fake);
    const ended = window.bodiesOf("accounts:ended").at(-1)?.ended;
    expect(ended).toMatchObject([{ accountKey }]);
    expect(ended?.[0]).not.toHaveProperty("endedBy");
    await fake.signIn(window);
    expect(window.bodiesOf("accounts:ended").at(-1)).toEqual({ ended: [] });
    await endSession(fake);
    const read = window.call("ended:dismiss", { accountKey });
    await fake.clock.advance(5);
    expect(await read).toMatchObject({ ok: true });
    expect(window.bodiesOf("accounts:ended").at(-1)).toEqual({ ended: [] });
    await fake.restart();
    const later = await fake.openWindow();
    expect(later.bodiesOf("accounts:ended")).toEqual([{ ended: [] }]);
    expect([...fake.store.entries.keys()].filter((key) => key.startsWith("ended:"))).toEqual([]);
  });

  test("V57: a note that the store would not let go is not said of an account that is signed in", async () => {
    const { fake, window } = await liveHost();
    await endSession(fake);
    const kept = new Map([...fake.store.entries].filter(([key]) => key.startsWith("ended:")));
    expect(kept.size).toBe(1);
    await fake.signIn(window);
    await fake.store.put([...kept]);
    await fake.restart();
    const later = await fake.openWindow();
    expect(later.bodiesOf("accounts:ended")).toEqual([{ ended: [] }]);
  });

  test("V57: whoever signs out by themselves is told nothing of the kind", async () => {
    const { fake, window, accountKey } = await liveHost();
    const out = window.call("account:sign-out", { accountKey, everywhere: true });
    await fake.clock.advance(200);
    expect(await out).toMatchObject({ ok: true });
    expect(window.bodiesOf("accounts:ended")).toEqual([{ ended: [] }]);
  });
});
