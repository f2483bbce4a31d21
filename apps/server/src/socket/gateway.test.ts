import { connect as connectTcp } from "node:net";
import { ERRORS } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { SOCKET_PATH } from "@parley/protocol/socket/pushes.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { commandsOn } from "../testing/commands.ts";
import {
  connect,
  join,
  RefusedConnection,
  type TestClient,
  textItem,
} from "../testing/socket-client.ts";
import {
  endSessions,
  makeAccount,
  makeDevice,
  type TestAccount,
} from "../testing/test-accounts.ts";
import {
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "../testing/test-server.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let chatId: ChatId;

async function start(options: TestServerOptions = {}): Promise<void> {
  server = await startTestServer(options);
  ana = await makeAccount(server.storage, "ana");
  ben = await makeAccount(server.storage, "ben");
  ({ chatId } = await commandsOn(server.storage).direct(ana, ben.accountId));
}

afterEach(() => server.close());

async function refusalOf(connecting: Promise<unknown>): Promise<string> {
  try {
    await connecting;
    return "accepted";
  } catch (error) {
    return error instanceof RefusedConnection ? error.error.code : "closed";
  }
}

const endedBy = (client: TestClient) =>
  client.until(() => client.closed !== undefined && client.pushes("session:ended")[0]);

describe("handshake", () => {
  beforeEach(() => start());

  test("V10: welcome is the first frame", async () => {
    const client = await connect(server.url, ana.deviceId);
    expect(client.frames[0]).toMatchObject({
      name: "session:welcome",
      body: { protocol: 1, accountId: ana.accountId, deviceId: ana.deviceId },
    });
  });

  test("V43: a connection hears how many others its account has, and a lone one nothing", async () => {
    const one = await join(server, ana.deviceId);
    const others = (client: TestClient) =>
      client.pushes("session:others").map((push) => push.others);
    expect(others(one)).toEqual([]);
    const two = await connect(server.url, await makeDevice(server.storage, ana.accountId));
    await two.until(() => others(two).length === 1);
    const three = await connect(server.url, await makeDevice(server.storage, ana.accountId));
    await one.until(() => others(one).length === 2);
    three.close();
    await one.until(() => others(one).length === 3);
    two.close();
    await one.until(() => others(one).length === 4);
    expect(others(one)).toEqual([1, 2, 1, 0]);
    expect(others(two).slice(0, 2)).toEqual([1, 2]);
  });

  test("S15: versions that the server does not speak are told to upgrade", async () => {
    const connecting = connect(server.url, ana.deviceId, { protocols: [2, 3] });
    expect(await refusalOf(connecting)).toBe("upgrade_required");
    const client = await connect(server.url, ana.deviceId, { protocols: [1, 99] });
    expect(client.frames[0]).toMatchObject({ body: { protocol: 1 } });
  });

  test("E2: forged, missing and malformed credentials are refused", async () => {
    expect(await refusalOf(connect(server.url, "forged"))).toBe("unauthenticated");
    for (const auth of [
      {},
      { accessToken: 7, protocols: [1] },
      { accessToken: "x".repeat(5_000) },
    ]) {
      expect(await refusalOf(connect(server.url, "", { auth }))).toBe("unauthenticated");
    }
    expect(server.connections()).toBe(0);
  });

  test("a page of another origin is refused, the server's own is not", async () => {
    const from = (origin: string) => connect(server.url, ana.deviceId, { headers: { origin } });
    for (const origin of ["https://evil.example", "null", "app://parley", "http://127.0.0.1:1"]) {
      expect([origin, await refusalOf(from(origin))]).toEqual([origin, "closed"]);
    }
    expect(await refusalOf(from(server.url))).toBe("accepted");
  });

  test("long polling works where no WebSocket gets through", async () => {
    const client = await connect(server.url, ana.deviceId, { transports: ["polling"] });
    await client.hello();
    const event = await client.say(chatId, "slow road");
    expect(event.seq).toBe(2);
    client.close();
  });
});

describe("arrivals", () => {
  test("V38: a few are greeted at a time; the next waits its turn, a later one comes again", async () => {
    await start({ limits: { arrivalsAtOnce: 1, arrivalWaitMs: 0, arrivalHoldMs: 60_000 } });
    const first = await connect(server.url, ana.deviceId);
    const refusals: unknown[] = [];
    const comers = [ana, ben, ben].map(async (account) => {
      try {
        return await connect(server.url, account.deviceId);
      } catch (error) {
        refusals.push(error instanceof RefusedConnection ? error.error : error);
        return undefined;
      }
    });
    await vi.waitUntil(() => refusals.length === 2, { timeout: 30_000 });
    const busy = { code: "busy", retryAfterMs: expect.any(Number) as number };
    expect(refusals).toMatchObject([busy, busy]);
    expect(server.connections()).toBe(1);
    await first.hello();
    const [next] = (await Promise.all(comers)).filter((client) => client !== undefined);
    await next?.hello();
    await join(server, ana.deviceId);
  });
});

describe("the end of a connection", () => {
  test("V11: comes with its token, unless that is renewed in time", async () => {
    const clock = { ms: 1_900_000_000_000 };
    await start({ nowMs: () => clock.ms });
    const token = `${ana.deviceId}/${clock.ms + 60_000}`;
    const [kept, left] = await Promise.all([
      connect(server.url, token),
      connect(server.url, token),
    ]);
    const renewed = `${ana.deviceId}/${clock.ms + 600_000}`;
    await kept.request("session:renew", { accessToken: renewed });
    const foreign = await kept.refusal("session:renew", { accessToken: ben.deviceId });
    expect(foreign.code).toBe("unauthenticated");
    clock.ms += 61_000;
    expect((await endedBy(left)).error.code).toBe("token_expired");
    await kept.hello();
  });

  test("V11: a session that ends closes the connections of its device at once", async () => {
    await start();
    const [one, two] = await Promise.all([join(server, ana.deviceId), join(server, ana.deviceId)]);
    const other = await connect(server.url, await makeDevice(server.storage, ana.accountId));
    await endSessions(server.storage, ana.accountId, ana.deviceId);
    expect((await endedBy(one)).error.code).toBe("session_revoked");
    expect((await endedBy(two)).error.code).toBe("session_revoked");
    await other.hello();
    expect(await refusalOf(connect(server.url, ana.deviceId))).toBe("session_revoked");
  });

  test("V38: draining answers what was taken, says why and when to return, and takes nobody new", async () => {
    await start();
    const client = await join(server, ana.deviceId);
    const other = await join(server, ben.deviceId);
    await client.request("presence:set", { active: true });
    const sent = client.say(chatId, "just in time");
    await client.until(() => true);
    const event = await sent;
    await server.drain();
    const ended = await endedBy(client);
    expect(ended.error).toMatchObject({ code: "shutting_down" });
    expect(ended.error.requestId).toMatch(/^[0-9a-f-]{36}$/);
    // V38: nobody is told the same time to return.
    const times = [ended, await endedBy(other)].map(({ error }) => error.retryAfterMs);
    expect(new Set(times).size).toBe(2);
    expect(await refusalOf(connect(server.url, ana.deviceId))).toBe("closed");
    const access = await server.storage.access(ana.accountId, [chatId]);
    expect(access[0]?.chat.headSeq).toBe(event.seq);
    // S10: whoever was there until the end was last seen then.
    await expectEventually(async () => {
      const lastSeen = await server.storage.lastSeen([ana.accountId]);
      expect(lastSeen.get(ana.accountId)).toBeGreaterThan(0);
    });
  });
});

describe("limits", () => {
  test("an account has so many connections", async () => {
    await start({ limits: { connectionsPerAccount: 2 } });
    const [first] = [await join(server, ana.deviceId), await join(server, ana.deviceId)];
    expect(await refusalOf(connect(server.url, ana.deviceId))).toBe("too_many_connections");
    await join(server, ben.deviceId);
    first?.close();
    await join(server, ben.deviceId);
    await expectEventually(() => connect(server.url, ana.deviceId));
  });

  test("an account has so many connections, also when they come at the same moment", async () => {
    await start({ limits: { connectionsPerAccount: 2 } });
    const all = Array.from({ length: 8 }, () => connect(server.url, ana.deviceId));
    const outcomes = await Promise.all(all.map(refusalOf));
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(2);
    expect(server.connections()).toBe(2);
  });

  test("E2: an address has so many connections that do not say who they are", async () => {
    await start({ limits: { strangersPerAddress: 2 } });
    const strangers = await Promise.all([openedBy(), openedBy()]);
    expect(await refusalOf(connect(server.url, ana.deviceId))).toBe("closed");
    strangers[0]?.destroy();
    await expectEventually(() => connect(server.url, ana.deviceId));
    await expectEventually(() => connect(server.url, ben.deviceId));
    strangers[1]?.destroy();
  });

  test("E2: abuse is rate-limited, then disconnected", async () => {
    await start({ limits: { eventsPerSecond: 1, eventsBurst: 5, refusalsBeforeEnd: 20 } });
    const client = await join(server, ana.deviceId);
    const replies = Promise.all(
      Array.from({ length: 15 }, () => client.ask("people:search", { query: "b" })),
    );
    const refused = (await replies).filter((reply) => "error" in reply);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]).toMatchObject({ error: { code: "rate_limited" } });
    expect("error" in refused[0]! && refused[0].error.retryAfterMs).toBeGreaterThan(0);
    for (let i = 0; i < 30; i++) void client.ask("people:search", { query: "b" });
    expect((await endedBy(client)).error.code).toBe("rate_limited");
  });

  test("E2: the connections of an account share a limit", async () => {
    await start({ limits: { accountEventsPerSecond: 1, accountEventsBurst: 6 } });
    const [one, two] = [await join(server, ana.deviceId), await join(server, ana.deviceId)];
    const asked = [one, two, one, two, one, two].map((client) =>
      client.ask("people:search", { query: "b" }),
    );
    const refused = (await Promise.all(asked)).filter((reply) => "error" in reply);
    expect(refused.length).toBeGreaterThan(0);
    await join(server, ben.deviceId);
  });

  test("S8: more than some receipt batches a second are refused", async () => {
    await start({ limits: { receiptBatchesPerSecond: 1, receiptBatchesBurst: 2 } });
    const client = await join(server, ana.deviceId);
    const marks = [{ chatId, readSeq: 1 }];
    const put = () => client.ask("receipt:put", { marks });
    const replies = await Promise.all([put(), put(), put()]);
    expect(replies.map((reply) => "error" in reply)).toEqual([false, false, true]);
  });

  test("E2: a connection that does not read is dropped, the others go on", async () => {
    await start({ limits: { unsentBytes: 65_536 } });
    const [sender, reader] = [await join(server, ana.deviceId), await join(server, ben.deviceId)];
    const deaf = await rawClient(ben.deviceId);
    deaf.pause();
    await expectEventually(async () => expect(server.connections()).toBe(3));
    const large = "x".repeat(LIMITS.payloadBytes);
    const closed = () =>
      server.log.some(
        ({ fields }) => (fields as { endedBy?: string }).endedBy === "too far behind",
      );
    let sent = 0;
    for (; sent < 400 && !closed(); sent++) await sender.say(chatId, "", { payload: large });
    expect(closed()).toBe(true);
    await reader.until(() => reader.changesOf("event").length === sent);
    deaf.destroy();
  });
});

/** A WebSocket that stands but says nothing. */
async function openedBy() {
  const { hostname, port } = new URL(server.url);
  const socket = connectTcp(Number(port), hostname);
  socket.on("error", () => {});
  socket.write(upgradeTo(`${hostname}:${port}`));
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

function upgradeTo(host: string): string {
  return (
    `GET ${SOCKET_PATH}/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\n` +
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
  );
}

/** A WebSocket client that can stop reading: frames are written by hand. */
async function rawClient(token: string) {
  const { hostname, port } = new URL(server.url);
  const socket = connectTcp(Number(port), hostname);
  socket.on("error", () => {});
  const frame = (text: string): Buffer => {
    const data = Buffer.from(text);
    const head =
      data.length < 126
        ? [0x81, 0x80 | data.length]
        : [0x81, 0xfe, data.length >> 8, data.length & 255];
    return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), data]);
  };
  const seen: string[] = [];
  const until = (part: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!seen.join("").includes(part)) return;
        socket.off("data", look);
        resolve();
      };
      socket.on("data", look);
      look();
    });
  socket.on("data", (data) => seen.push(data.toString("latin1")));
  socket.write(upgradeTo(`${hostname}:${port}`));
  await until("pingInterval");
  socket.write(frame(`40${JSON.stringify({ accessToken: token, protocols: [1] })}`));
  await until("session:welcome");
  socket.write(frame(`420${JSON.stringify(["sync:hello", { dataEpoch: null, since: 0 }])}`));
  await until("watermark");
  return socket;
}

async function expectEventually(attempt: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (tries >= 100) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe("bad input", () => {
  beforeEach(() => start());

  test("E2: each is answered by its code, the connection stays and nothing is changed", async () => {
    const client = await join(server, ana.deviceId);
    const strange = ben.selfChatId;
    const send = (over: object) => ({ chatId, items: [{ ...textItem(chatId, "x"), ...over }] });
    const lone = textItem(chatId, "", { payload: "\ud800" });
    const watermark = await server.storage.watermark();
    const table: [string, unknown, string, string?][] = [
      ["no:such", {}, "unknown_event"],
      ["__proto__", {}, "unknown_event"],
      ["toString", {}, "unknown_event"],
      ["chat:send", undefined, "invalid_request"],
      ["chat:send", null, "invalid_request"],
      ["chat:send", "text", "invalid_request"],
      ["chat:send", [], "invalid_request"],
      ["chat:send", { chatId, items: [] }, "invalid_request", "items"],
      ["chat:send", { chatId: "x", items: [] }, "invalid_request", "chatId"],
      ["chat:send", send({ clientId: "x" }), "invalid_request", "items.0.clientId"],
      ["chat:send", send({ notify: "yes" }), "invalid_request", "items.0.notify"],
      ["chat:send", send({ payload: 7 }), "invalid_request", "items.0.payload"],
      ["chat:send", send({ mentions: ["x"] }), "invalid_request", "items.0.mentions.0"],
      ["chat:send", send({ chatId: newId(ChatId) }), "invalid_request", "items"],
      ["chat:send", { chatId, items: [lone] }, "text_not_well_formed", "items.0.payload"],
      ["chat:send", Buffer.from("binary"), "invalid_request"],
      ["chat:history", { chatId, before: 0, limit: 1 }, "invalid_request", "before"],
      ["chat:history", { chatId, before: 2, limit: 9_999 }, "invalid_request", "limit"],
      ["chat:history", { chatId: strange, before: 2, limit: 1 }, "chat_not_found"],
      ["chat:ledger", { chatId: strange, seq: 1 }, "chat_not_found"],
      ["chat:set-title", { chatId: strange, title: "Mine" }, "chat_not_found"],
      ["chat:set-title", { chatId, title: "Mine" }, "not_allowed"],
      ["chat:set-title", { chatId, title: "a\u0000b" }, "invalid_request", "title"],
      ["chat:add-members", { chatId, accountIds: [ben.accountId] }, "not_allowed"],
      ["chat:leave", { chatId }, "not_allowed"],
      ["receipt:put", { marks: [{ chatId, readSeq: 1.5 }] }, "invalid_request", "marks.0.readSeq"],
      ["receipt:put", { marks: [{ chatId, readSeq: -1 }] }, "invalid_request", "marks.0.readSeq"],
      [
        "receipt:put",
        { marks: [{ chatId, readSeq: 1e300 }] },
        "invalid_request",
        "marks.0.readSeq",
      ],
      ["sync:hello", { dataEpoch: "x", since: 0 }, "invalid_request", "dataEpoch"],
      ["sync:pull", { chats: [] }, "invalid_request", "chats"],
      ["presence:watch", { accountIds: "all" }, "invalid_request", "accountIds"],
      ["people:search", { query: "   " }, "invalid_request", "query"],
      ["session:renew", { accessToken: "forged" }, "unauthenticated"],
    ];
    for (const [name, body, code, field] of table) {
      const reply = await client.ask(name, body);
      const said = "error" in reply ? reply.error : undefined;
      const asked = [name, JSON.stringify(body)?.slice(0, 200)];
      expect([...asked, said?.code]).toEqual([...asked, code]);
      expect(Object.keys(ERRORS)).toContain(said?.code);
      if (field !== undefined) expect([...asked, said?.field]).toEqual([...asked, field]);
      expect(said?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    }
    const refused = await client.request("chat:send", {
      chatId: strange,
      items: [textItem(strange, "x")],
    });
    expect(refused.outcomes).toMatchObject([{ error: { code: "chat_not_found" } }]);
    expect(await server.storage.watermark()).toBe(watermark);
    expect((await client.say(chatId, "still here")).seq).toBe(2);
  });

  test("E2: an oversized frame closes the connection, what was before it is kept", async () => {
    const client = await join(server, ana.deviceId);
    await client.say(chatId, "kept");
    void client.ask("chat:send", { chatId, junk: "x".repeat(LIMITS.frameBytes) });
    await client.until(() => client.closed);
    const back = await join(server, ana.deviceId);
    expect((await back.say(chatId, "again")).seq).toBe(3);
  });

  test.each([
    ["a packet that is not JSON", '42["chat:send",{'],
    ["a packet of no known type", "49"],
    ["an event without a name", "42[]"],
    ["a reserved name", '42["disconnect"]'],
    ["attachments without end", '459999-["chat:send",{"_placeholder":true,"num":0}]'],
    ["nonsense", "\u0000\u0001"],
  ])("E2: %s closes the connection and harms nobody else", async (_what, packet) => {
    const [victim, other] = [await join(server, ana.deviceId), await join(server, ben.deviceId)];
    (victim.socket.io.engine as unknown as { write(data: string): void }).write(packet.slice(1));
    await victim.until(() => victim.closed);
    expect((await other.say(chatId, "unharmed")).seq).toBe(2);
  });

  test("E3: an answer to a fault of the program tells nothing about it", async () => {
    const client = await join(server, ana.deviceId);
    server.storage.searchPeople = () => Promise.reject(new Error("SELECT secret FROM /var/data"));
    const refused = await client.refusal("people:search", { query: "x" });
    expect(Object.keys(refused).sort()).toEqual(["code", "message", "requestId"]);
    expect(refused).toMatchObject({ code: "internal", message: "The server could not do this." });
    const logged = server.log.find(({ level }) => level === "error");
    expect(logged?.fields).toMatchObject({ requestId: refused.requestId });
  });

  test("logs name who and what, never what was written", async () => {
    const client = await join(server, ana.deviceId);
    await client.say(chatId, "a most private thing");
    client.close();
    await expectEventually(async () =>
      expect(server.log.map(({ message }) => message)).toContain("connection closed"),
    );
    const all = JSON.stringify(server.log);
    expect(all).toContain(ana.accountId);
    expect(all).not.toContain("private");
  });
});
