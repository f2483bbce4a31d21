import type { Event } from "@parley/protocol/event.ts";
import { AccountId, ChatId, ClientId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, test, vi } from "vitest";
import type { ChatRoster, StorageReads } from "../../storage/port.ts";
import type { FanoutConnection, Push } from "../port.ts";
import { Lanes } from "./lanes.ts";
import { LocalFanout } from "./local-fanout.ts";
import { Rosters } from "./rosters.ts";

const [ana, ben, cleo] = [newId(AccountId), newId(AccountId), newId(AccountId)];
const chatId = newId(ChatId);

type Connection = FanoutConnection & { seqs: number[]; ended: string[] };

function connectionOf(accountId: AccountId, deviceId = newId(DeviceId)): Connection {
  const connection: Connection = {
    id: newId(ClientId),
    accountId,
    deviceId,
    seqs: [],
    ended: [],
    send(push: Push) {
      if (!("changes" in push.body)) return;
      for (const change of push.body.changes) {
        if (change.kind === "event") connection.seqs.push(change.event.seq);
      }
    },
    end: (code) => void connection.ended.push(code),
  };
  return connection;
}

function eventAt(seq: number, system?: Event["system"]): Event {
  return { chatId, seq, senderId: ana, ...(system && { system }) } as Event;
}

function payloadOf({ body }: Push): unknown {
  const [change] = "changes" in body ? body.changes : [];
  return change?.kind === "event" ? change.event.payload : undefined;
}

/** Storage that answers a roster when it is told to. */
function slowStorage(roster: () => ChatRoster | undefined) {
  const waiting: (() => void)[] = [];
  const state = { reads: 0 };
  const storage = {
    roster: () =>
      new Promise<ChatRoster | undefined>((resolve) => {
        state.reads += 1;
        waiting.push(() => resolve(roster()));
      }),
  } as Partial<StorageReads> as StorageReads;
  return { storage, state, answer: () => waiting.splice(0).forEach((resolve) => resolve()) };
}

const rosterOf = (version: number, ...members: [AccountId, number][]): ChatRoster => ({
  chatId,
  membershipVersion: version,
  members: members.map(([accountId, joinedSeq]) => ({ accountId, joinedSeq })),
});

function setUp(roster: ChatRoster, ...accounts: AccountId[]) {
  const slow = slowStorage(() => roster);
  const fanout = new LocalFanout(slow.storage, (error) => {
    throw error;
  });
  const connections = accounts.map((accountId) => {
    const connection = connectionOf(accountId);
    fanout.attach(connection);
    fanout.subscribe(connection);
    return connection;
  });
  const publish = (...events: Event[]): void => {
    for (const event of events)
      fanout.publish({ change: event.seq, publications: [{ kind: "event", event }] });
  };
  return { ...slow, fanout, connections, publish };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("local fan-out", () => {
  test("S4: what waits for a roster and what comes later leave in order, acks in their place", async () => {
    const { fanout, connections, publish, answer, state } = setUp(
      rosterOf(1, [ana, 1], [ben, 1]),
      ben,
    );
    const [b] = connections;
    publish(eventAt(2), eventAt(3));
    fanout.inOrder(chatId, () => void b?.seqs.push(-3));
    publish(eventAt(4));
    expect(b?.seqs).toEqual([]);
    answer();
    await settled();
    publish(eventAt(5));
    fanout.inOrder(chatId, () => void b?.seqs.push(-5));
    expect(b?.seqs).toEqual([2, 3, -3, 4, 5, -5]);
    expect(state.reads).toBe(1);
  });

  test("S17: the events themselves say who hears of the next ones", async () => {
    const { connections, publish, answer } = setUp(rosterOf(1, [ana, 1], [ben, 1]), ben, cleo);
    const [b, c] = connections;
    publish(eventAt(2, { kind: "added", accountIds: [cleo] }));
    answer();
    await settled();
    publish(eventAt(3), eventAt(4, { kind: "removed", accountId: ben }), eventAt(5));
    expect(b?.seqs).toEqual([2, 3, 4]);
    expect(c?.seqs).toEqual([3, 4, 5]);
  });

  test("X3: a roster that was read later shows nobody what came before they joined", async () => {
    const read = rosterOf(3, [ana, 1], [cleo, 3]);
    const { connections, publish, answer } = setUp(read, cleo);
    publish(eventAt(2), eventAt(3, { kind: "added", accountIds: [cleo] }), eventAt(4));
    answer();
    await settled();
    expect(connections[0]?.seqs).toEqual([3, 4]);
  });

  test("S6: only who is subscribed hears, and every account concerned is marked", async () => {
    const { fanout, publish, answer } = setUp(rosterOf(1, [ana, 1], [ben, 1]));
    const [a, b] = [connectionOf(ana), connectionOf(ben)];
    for (const connection of [a, b]) fanout.attach(connection);
    fanout.subscribe(a);
    publish(eventAt(7));
    answer();
    await settled();
    expect([a.seqs, b.seqs]).toEqual([[7], []]);
    expect([ana, ben, cleo].map((id) => fanout.touchedChange(id))).toEqual([7, 7, 0]);
    fanout.detach(a);
    publish(eventAt(8));
    expect(a.seqs).toEqual([7]);
  });

  test("S6: what a failed read kept from being told counts as touched for all, so that a heal tells it", async () => {
    const slow = slowStorage(() => rosterOf(3, [ana, 1], [ben, 1], [cleo, 3]));
    const faults: string[] = [];
    const fanout = new LocalFanout(
      {
        ...slow.storage,
        roster: (id) =>
          faults.length < 1 ? Promise.reject(new Error("no")) : slow.storage.roster(id),
      },
      (error) => faults.push(String(error)),
    );
    const [b, c] = [connectionOf(ben), connectionOf(cleo)];
    for (const connection of [b, c]) {
      fanout.attach(connection);
      fanout.subscribe(connection);
    }
    const added = eventAt(3, { kind: "added", accountIds: [cleo] });
    fanout.publish({ change: 30, publications: [{ kind: "event", event: added }] });
    await settled();
    expect({ faults, seqs: b.seqs }).toEqual({ faults: ["Error: no"], seqs: [] });
    expect([ben, cleo].map((id) => fanout.touchedChange(id))).toEqual([30, 30]);
    fanout.publish({ change: 31, publications: [{ kind: "event", event: eventAt(4) }] });
    slow.answer();
    await settled();
    expect([b.seqs, c.seqs]).toEqual([[4], [4]]);
  });

  test("X3: a relation is encoded twice at most: without payload for whoever may not see its target", async () => {
    const roster = rosterOf(5, [ana, 1], [ben, 1], [cleo, 5]);
    const { storage, fanout, connections, publish, answer } = setUp(roster, ben, cleo, ben, cleo);
    const asked: number[] = [];
    storage.seersOf = async (_chatId, seq) => {
      asked.push(seq);
      return new Set([ana, ben]);
    };
    const pushes = connections.map((connection) => {
      const got: Push[] = [];
      connection.send = (push) => void got.push(push);
      return got;
    });
    const related = (seq: number, kind: string, targetSeq: number): Event => ({
      ...eventAt(seq),
      rel: { kind, target: newId(ClientId) },
      targetSeq,
      payload: "text",
    });
    publish(related(6, "edit", 2), related(7, "reply", 2), related(8, "edit", 6));
    fanout.inOrder(chatId, () => undefined);
    answer();
    await settled();
    expect(asked).toEqual([2]);
    expect(pushes.map((got) => got.map(payloadOf))).toEqual([
      ["text", "text", "text"],
      [null, "text", "text"],
      ["text", "text", "text"],
      [null, "text", "text"],
    ]);
    expect(new Set(pushes.flat()).size).toBe(4);
  });

  test("S9: after an erasure those who are connected are counted, some at a time", async () => {
    const others = Array.from({ length: 150 }, () => newId(AccountId));
    const members = [ana, ben, ...others].map((id): [AccountId, number] => [id, 1]);
    const { storage, fanout, answer } = setUp(rosterOf(1, ...members), ana, ...others);
    const asked: number[] = [];
    storage.countsBefore = async (_chatId, seq, ids) => {
      expect(ids).not.toContain(ana);
      expect(ids).not.toContain(ben);
      expect(seq).toBe(7);
      asked.push(ids.length);
      return [];
    };
    fanout.publish({
      change: 9,
      publications: [{ kind: "recount", chatId, seq: 7, senderId: ana }],
    });
    answer();
    const acked: number[] = [];
    fanout.inOrder(chatId, () => acked.push(asked.length));
    await vi.waitFor(() => expect(asked).toEqual([64, 64, 22]), { timeout: 30_000 });
    // Whoever deleted does not wait for all the others to be counted.
    expect(acked).toEqual([0]);
  });

  test("V11: sessions end by device, or all but one", () => {
    const { fanout } = setUp(rosterOf(1));
    const connections = [connectionOf(ana), connectionOf(ana), connectionOf(ben)];
    for (const connection of connections) fanout.attach(connection);
    const [first, second, other] = connections;
    const publication = {
      kind: "session-ended" as const,
      endedBy: null,
      accountId: ana,
      code: "session_revoked" as const,
    };
    const end = (deviceId: DeviceId | null, exceptDeviceId: DeviceId | null): void =>
      fanout.publish({ change: 1, publications: [{ ...publication, deviceId, exceptDeviceId }] });
    end(first?.deviceId ?? null, null);
    expect(connections.map((one) => one.ended.length)).toEqual([1, 0, 0]);
    end(null, first?.deviceId ?? null);
    expect(connections.map((one) => one.ended.length)).toEqual([1, 1, 0]);
    expect([second?.ended, other?.ended]).toEqual([["session_revoked"], []]);
  });
});

describe("rosters", () => {
  test("are forgotten when they hold too many members, and read again when needed", async () => {
    const slow = slowStorage(() => rosterOf(1, [ana, 1], [ben, 1]));
    const rosters = new Rosters(slow.storage, 3);
    const ids = [newId(ChatId), newId(ChatId)];
    for (const id of ids) {
      const loading = rosters.load(id);
      slow.answer();
      await loading;
    }
    expect(ids.map((id) => rosters.cached(id) !== undefined)).toEqual([false, true]);
  });
});

describe("an unknown chat", () => {
  test("V9: asked about before it exists, is not remembered as empty", async () => {
    const stored: ChatRoster[] = [];
    const slow = slowStorage(() => stored[0]);
    const rosters = new Rosters(slow.storage);
    const early = rosters.load(chatId);
    slow.answer();
    expect((await early).members.size).toBe(0);
    expect(rosters.cached(chatId)).toBeUndefined();
    stored.push(rosterOf(1, [ana, 1], [ben, 1]));
    const later = rosters.load(chatId);
    slow.answer();
    expect((await later).members.size).toBe(2);
  });
});

describe("lanes", () => {
  test("a task that fails is reported and the next one runs", async () => {
    const reported: unknown[] = [];
    const done: number[] = [];
    const lanes = new Lanes((error) => reported.push(error));
    lanes.run("a", () => Promise.reject(new Error("one")));
    lanes.run("a", () => {
      throw new Error("two");
    });
    lanes.run("a", () => void done.push(3));
    lanes.run("b", () => void done.push(4));
    await settled();
    expect(done).toEqual([4, 3]);
    expect(reported).toHaveLength(2);
  });
});
