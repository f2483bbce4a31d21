import { createSyncEngine } from "@parley/client/sync/engine.ts";
import {
  MemoryCacheData,
  openMemoryCache,
} from "@parley/client/sync/testing/memory-cache-store.ts";
import {
  MemoryJournalData,
  openMemoryJournal,
} from "@parley/client/sync/testing/memory-journal-store.ts";
import { sha256 } from "@parley/client/sync/testing/model-chat.ts";
import { verifiedRun } from "@parley/client/sync/verified.ts";
import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { NoticeName } from "@parley/protocol/bridge/contract.ts";
import { success } from "@parley/protocol/errors.ts";
import { accountKeyOf, type ChatId, newId, ServerId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Reply } from "@parley/protocol/socket/requests.ts";
import { describe, expect, it } from "vitest";
import { commandsOn } from "../../apps/server/src/testing/commands.ts";
import { connect, type TestClient, textItem } from "../../apps/server/src/testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../apps/server/src/testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../apps/server/src/testing/test-server.ts";

/** What is missed. In one chat, then over `CHATS` of them. */
const MISSED = 100_000;
const CHATS = 500;
const FLUSHES_AT_ONCE = 20;

type Traffic = { name: string; sentBytes: number; receivedBytes: number };

/** The databases of one device, and its sync engine while it is connected. */
class Device {
  readonly #cache = new MemoryCacheData();
  readonly #journal = new MemoryJournalData();
  readonly #account: TestAccount;
  readonly #server: TestServer;
  readonly #key;
  traffic: Traffic[] = [];
  /** Called before a request is made. */
  onRequest: (name: string) => Promise<void> = async () => undefined;

  constructor(server: TestServer, account: TestAccount) {
    this.#server = server;
    this.#account = account;
    this.#key = accountKeyOf(newId(ServerId), account.accountId);
  }

  /** Connects, catches up and leaves again. `open` is a chat that is shown. */
  async visit(open?: ChatId): Promise<void> {
    const client = await connect(this.#server.url, this.#account.deviceId);
    const listeners = new Map<NoticeName, (body: never) => void>();
    const caughtUp = Promise.withResolvers<void>();
    const engine = createSyncEngine({
      accountKey: this.#key,
      me: this.#account.accountId,
      bridge: this.#bridge(client, listeners, () => caughtUp.resolve()),
      cache: openMemoryCache(this.#cache),
      journal: openMemoryJournal(this.#journal),
      clock: {
        nowMs: () => Date.now(),
        random: () => 0.5,
        setTimer: (run, afterMs) => {
          const timer = setTimeout(run, afterMs);
          return () => clearTimeout(timer);
        },
      },
      sha256,
      log: { warn: (message, details) => caughtUp.reject(new Error(message, { cause: details })) },
      trouble: () => undefined,
      newEpoch: () => crypto.randomUUID(),
    });
    engine.start();
    if (open !== undefined) engine.setOpenChats([open]);
    listeners.get("writer:assigned")?.({ accountKey: this.#key, assigned: true } as never);
    await caughtUp.promise;
    engine.stop();
    client.close();
  }

  #bridge(
    client: TestClient,
    listeners: Map<NoticeName, (body: never) => void>,
    caughtUp: () => void,
  ): Bridge {
    const answer = async (name: string, body: unknown): Promise<unknown> => {
      if (name === "writer:ready") {
        listeners.get("sync:catch-up")?.({ accountKey: this.#key } as never);
      }
      if (name === "writer:caught-up") caughtUp();
      if (name !== "server:request") return success({});
      const asked = body as { name: string; body: unknown };
      await this.onRequest(asked.name);
      const reply: Reply<unknown> = await client.ask(asked.name, asked.body);
      this.traffic.push({
        name: asked.name,
        sentBytes: JSON.stringify(asked.body).length,
        receivedBytes: JSON.stringify(reply).length,
      });
      return "data" in reply ? success(reply.data) : { ok: false, error: reply.error };
    };
    return {
      call: (name, body) => answer(name, body) as never,
      on: (name, listener) => {
        listeners.set(name, listener);
        return () => listeners.delete(name);
      },
    };
  }

  chat(chatId: ChatId) {
    return openMemoryCache(this.#cache).read(async (reads) => ({
      row: (await reads.chats([chatId]))[0],
      ranges: await reads.ranges(chatId),
      events: await reads.eventsBetween(chatId, 1, Number.MAX_SAFE_INTEGER),
    }));
  }

  requests(name: string): Traffic[] {
    return this.traffic.filter((one) => one.name === name);
  }

  get receivedBytes(): number {
    return this.traffic.reduce((sum, one) => sum + one.receivedBytes, 0);
  }
}

async function people(server: TestServer) {
  const [writer, reader] = [
    await makeAccount(server.storage, "writer"),
    await makeAccount(server.storage, "reader"),
  ];
  const on = commandsOn(server.storage);
  /** `count` messages in flushes, some of them at once so that they share commits. */
  const write = async (chatId: ChatId, count: number): Promise<void> => {
    const flushes = Array.from({ length: Math.ceil(count / LIMITS.flushItems) }, (_, i) =>
      Math.min(LIMITS.flushItems, count - i * LIMITS.flushItems),
    );
    for (let i = 0; i < flushes.length; i += FLUSHES_AT_ONCE) {
      await Promise.all(
        flushes
          .slice(i, i + FLUSHES_AT_ONCE)
          .map((size) =>
            on.send(
              writer,
              chatId,
              ...Array.from({ length: size }, (_, n) => textItem(chatId, `message ${n}`)),
            ),
          ),
      );
    }
  };
  return { writer, reader, on, write };
}

describe("a long absence, with the real server", () => {
  it("S6b, S12, V31: 100,000 missed messages of one chat are one snapshot past an honest gap, and what changed below it is exact", async () => {
    const server = await startTestServer();
    const { writer, reader, on, write } = await people(server);
    const chatId = await on.group(writer, [reader.accountId]);
    await write(chatId, 50);
    const device = new Device(server, reader);
    await device.visit();
    const before = await device.chat(chatId);
    expect(before.row?.cursor).toBe(51);
    const relate = (kind: string, seq: number, key?: string) => {
      const target = before.events.find((event) => event.seq === seq)?.clientId;
      if (target === undefined) throw new Error(`#${seq} is not held`);
      const rel = { kind, target, ...(key !== undefined && { key }) };
      const text = kind === "edit" ? {} : { payload: "", type: kind };
      return on.send(writer, chatId, textItem(chatId, "edited", { rel, notify: false, ...text }));
    };
    await relate("edit", 10);
    await write(chatId, MISSED);
    await relate("redact", 11);
    await relate("reaction", 12, "+");

    device.traffic = [];
    await device.visit();
    expect(device.requests("sync:hello").length).toBe(1);
    expect(device.requests("sync:pull").length).toBe(1);
    expect(device.traffic.length).toBe(2);
    expect(device.receivedBytes).toBeLessThan(400_000);
    const { row, ranges, events } = await device.chat(chatId);
    const head = MISSED + 54;
    expect(row).toMatchObject({ cursor: head, headSeq: head, my: { unread: MISSED + 49 } });
    expect(ranges).toEqual([
      { from: 1, to: 51, kind: "held" },
      { from: head - LIMITS.pageEvents + 1, to: head, kind: "held" },
    ]);
    expect(verifiedRun(ranges, row?.faults ?? [])).toEqual({
      from: head - LIMITS.pageEvents + 1,
      to: head,
    });
    const at = (seq: number) => events.find((event) => event.seq === seq);
    expect(at(10)?.fold?.edit?.payload).toContain("edited");
    expect(at(11)).toMatchObject({ payload: null, fold: { erased: { seq: head - 1 } } });
    expect(at(12)?.fold?.reactions).toEqual([{ key: "+", count: 1 }]);
    await server.close();
  }, 300_000);

  it("S6a, S6b: 100,000 missed messages of many chats come in few pulls, the shown chat first; 1,000 in a few batches", async () => {
    const server = await startTestServer();
    const { writer, reader, on, write } = await people(server);
    const chatIds: ChatId[] = [];
    for (let i = 0; i < CHATS; i++) chatIds.push(await on.group(writer, [reader.accountId]));
    const device = new Device(server, reader);
    await device.visit();
    const shown = chatIds[0];
    if (shown === undefined) throw new Error("no chat");

    // 1,000 in a chat: contiguous, nothing is skipped.
    await write(shown, 1_000);
    device.traffic = [];
    await device.visit();
    expect(device.traffic.length).toBeLessThanOrEqual(1 + Math.ceil(1_000 / LIMITS.pullEvents));
    expect((await device.chat(shown)).ranges).toEqual([{ from: 1, to: 1_001, kind: "held" }]);

    for (const chatId of chatIds) await write(chatId, MISSED / CHATS);
    device.traffic = [];
    let until: number | undefined;
    device.onRequest = async () => {
      const { row } = await device.chat(shown);
      if (row && row.headSeq > 1_001 && row.cursor === row.headSeq) {
        until ??= device.traffic.length;
      }
    };
    await device.visit(shown);
    const pages = Math.ceil(CHATS / LIMITS.helloItems);
    // The shown chat is complete after the hello and the first pull.
    expect(until).toBeLessThanOrEqual(pages + 2);
    expect(device.requests("sync:hello").length).toBeLessThanOrEqual(pages + 1);
    const pulls = device.requests("sync:pull").length;
    expect(pulls).toBeLessThanOrEqual((2 * MISSED) / LIMITS.pullEvents + CHATS / 20);
    for (const chatId of chatIds) {
      const { row, ranges } = await device.chat(chatId);
      expect(row?.cursor).toBe(row?.headSeq);
      expect(ranges.length).toBe(1);
    }
    await server.close();
  }, 300_000);
});
