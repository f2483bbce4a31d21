import type { Change, ChangeOf } from "@parley/protocol/chat.ts";
import { newId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import {
  type AccountValue,
  type ValueOutcome,
  type ValueKey,
  valueKey,
  writeValue,
} from "@parley/protocol/values.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { transactOne } from "../../storage/port.ts";
import { join, type TestClient } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice, type TestAccount } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import type { PutOutcome, PutValues } from "./values.commands.ts";

let server: TestServer;
let ana: TestAccount;
let one: TestClient;
let two: TestClient;

beforeEach(async () => {
  server = await startTestServer({
    limits: { healIntervalMs: 0, accountEventsPerSecond: 10_000, accountEventsBurst: 10_000 },
  });
  ana = await makeAccount(server.storage, "ana");
  one = await join(server, ana.deviceId);
  two = await join(server, await makeDevice(server.storage, ana.accountId));
});
afterEach(() => server.close());

async function put(
  client: TestClient,
  key: ValueKey,
  value: string | null,
  baseRev = 0,
): Promise<ValueOutcome> {
  const { outcomes } = await client.request("values:put", { puts: [{ key, value, baseRev }] });
  return outcomes[0]!;
}

function written(outcome: ValueOutcome): AccountValue {
  if (!("written" in outcome)) throw new Error("The put was not written.");
  return outcome.written;
}

const muteOf = (untilMs: number) => writeValue("mute", { untilMs });
const draftOf = (text: string) => writeValue("draft", { text, replyTo: null, atMs: 1 });

async function listed(client: TestClient, since = 0): Promise<Change[]> {
  const changes: Change[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await client.request("sync:hello", {
      dataEpoch: null,
      since,
      ...(after !== undefined && { after }),
    });
    changes.push(...page.changes);
    if (page.next === null) return changes;
    after = page.next;
  }
}

const valuesIn = (changes: readonly Change[]) =>
  changes.filter((change): change is ChangeOf<"value"> => change.kind === "value");

describe("account values", () => {
  const key = valueKey("mute", newId(ChatId));

  test("S1, V32: the device that puts gets the outcome, the account's others the change", async () => {
    const value = muteOf(7);
    const { change } = written(await put(one, key, value));
    expect(change).toBeGreaterThan(0);
    await two.until(() => two.changesOf("value").length === 1);
    expect(two.changesOf("value")).toEqual([{ kind: "value", change, key, value }]);
    const stranger = await join(server, (await makeAccount(server.storage, "ben")).deviceId);
    expect(valuesIn(await listed(stranger))).toEqual([]);
    expect(one.changesOf("value")).toEqual([]);
  });

  test("V32: the last arrival wins, whatever version it was put on", async () => {
    const first = written(await put(one, key, muteOf(1)));
    const second = written(await put(two, key, muteOf(2), 0));
    expect(second.change).toBeGreaterThan(first.change);
    expect(valuesIn(await listed(one))).toEqual([{ kind: "value", ...second }]);
  });

  test("V32, S1: a draft on another version than the stored one is stale and brings that one", async () => {
    const draft = valueKey("draft", ana.selfChatId);
    const first = written(await put(one, draft, draftOf("one")));
    expect(await put(two, draft, draftOf("two"), 0)).toEqual({ stale: first });
    const next = written(await put(two, draft, draftOf("two"), first.change));
    expect(next.value).toBe(draftOf("two"));
    expect(await put(one, draft, null, first.change)).toEqual({ stale: next });
  });

  test("V32, S3: a put of what stands writes nothing and is answered with what stands", async () => {
    const draft = valueKey("draft", ana.selfChatId);
    const first = written(await put(one, draft, draftOf("one")));
    expect(await put(one, draft, draftOf("one"), 0)).toEqual({ written: first });
    const nothing = { key: valueKey("pin", newId(ChatId)), value: null, change: 0 };
    expect(await put(one, nothing.key, null)).toEqual({ written: nothing });
    await put(one, key, muteOf(1));
    await two.until(() => two.changesOf("value").length === 2);
    expect(two.changesOf("value").map((change) => change.key)).toEqual([draft, key]);
  });

  test("V32: each put of a batch has its own outcome; the same key twice ends at the last", async () => {
    const draft = valueKey("draft", ana.selfChatId);
    const stands = written(await put(two, draft, draftOf("theirs")));
    const puts = [
      { key, value: muteOf(1), baseRev: 0 },
      { key: draft, value: draftOf("mine"), baseRev: 0 },
      { key, value: muteOf(2), baseRev: 0 },
    ];
    const { outcomes } = await one.request("values:put", { puts });
    expect(outcomes).toMatchObject([
      { written: { value: muteOf(1) } },
      { stale: stands },
      { written: { value: muteOf(2) } },
    ]);
    const changes = valuesIn(await listed(one));
    expect(changes.find((change) => change.key === key)?.value).toBe(muteOf(2));
  });

  test("V32: a value taken away stays as null, so that other devices hear of it", async () => {
    const { change: since } = written(await put(one, key, muteOf(1)));
    const gone = written(await put(one, key, null, since));
    expect(valuesIn(await listed(two, since))).toEqual([{ kind: "value", ...gone }]);
    expect(gone.value).toBeNull();
  });

  test("V32: an account has a limited number of values; what it has can still change", async () => {
    const puts = Array.from({ length: LIMITS.accountValues }, (_, i) => ({
      key: `wallpaper:${i}`,
      value: "1",
      baseRev: 0,
    }));
    const fill: PutValues = { kind: "values.put", accountId: ana.accountId, puts };
    const filled = await transactOne<PutOutcome[]>(server.storage, fill);
    expect(filled.ok && filled.value.every((outcome) => "written" in outcome)).toBe(true);
    one = await join(server, await makeDevice(server.storage, ana.accountId));
    expect(await put(one, key, muteOf(1))).toMatchObject({ error: { code: "value_limit" } });
    written(await put(one, "wallpaper:7", null));
    expect(await put(one, key, muteOf(1))).toMatchObject({ error: { code: "value_limit" } });
    const other = await join(server, await makeDevice(server.storage, ana.accountId));
    expect(valuesIn(await listed(other))).toHaveLength(LIMITS.accountValues);
  });
});

describe("values in the listing", () => {
  test("V32, S6: a hello lists chats, then people, then values, each by (change, id), paged by size", async () => {
    const ben = await makeAccount(server.storage, "ben");
    await one.request("chat:create-direct", { chatId: newId(ChatId), accountId: ben.accountId });
    const long = draftOf("x".repeat(60_000));
    for (let i = 0; i < 20; i++) await put(one, valueKey("draft", newId(ChatId)), long);
    const changes = await listed(two);
    const kinds = changes.map((change) => change.kind);
    expect(kinds).toEqual(kinds.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
    const values = valuesIn(changes);
    expect(values).toHaveLength(20);
    expect(values.map((one) => one.change)).toEqual(
      values.map((one) => one.change).toSorted(byNumber),
    );
    const first = await two.request("sync:hello", { dataEpoch: null, since: 0 });
    expect(valuesIn(first.changes).length).toBeLessThan(20);
  });

  test("S6: a value that a lost frame hid comes with the next heal", async () => {
    const key = valueKey("archive", ana.selfChatId);
    const value = writeValue("archive", { atMs: 5 });
    const { change } = written(await put(one, key, value));
    const heal = await two.until(() =>
      two.pushes("sync:heal").find((push) => valuesIn(push.changes).length > 0),
    );
    expect(valuesIn(heal.changes)).toEqual([{ kind: "value", change, key, value }]);
  });
});

const ORDER: Change["kind"][] = ["chat", "person", "value"];
const byNumber = (a: number, b: number): number => a - b;
