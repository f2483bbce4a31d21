import type { Event } from "@parley/protocol/event.ts";
import { AccountId, ChatId, ClientId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import { commonSeq, entriesOfLost } from "./epoch.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { faultsOf } from "./testing/reckoning.ts";

async function start() {
  const world = new ModelWorld(3, 2, 1);
  await world.start();
  const chatId = newId(ChatId);
  const accountIds = world.accounts.slice(1);
  const body = { chatId, title: "Lighthouse", accountIds, history: "all" as const };
  const made = await world.device(0).writer?.engine?.link.request("chat:create-group", body);
  expect(made?.ok).toBe(true);
  world.chats.push(chatId);
  await world.turns(4);
  return { world, chatId };
}

function reconnect(world: ModelWorld): void {
  for (const device of world.devices) {
    device.disconnect();
    device.connect();
  }
}

async function heldIds(world: ModelWorld, device: number, chatId: ChatId): Promise<string[]> {
  const rows = await world
    .device(device)
    .writer?.cache?.read((reads) => reads.eventsBetween(chatId, 1, 99));
  return (rows ?? []).map((row) => row.clientId);
}

describe("restored server", () => {
  it("S6c, V24: own later messages are offered, others' set aside, the rest converges", async () => {
    const { world, chatId } = await start();
    await world.write(0, chatId);
    await world.settle(2);
    const backup = world.server.backup();
    await world.write(0, chatId);
    await world.settle(2);
    await world.write(1, chatId);
    await world.settle(2);
    const [kept, mine, theirs] = world.written.map((one) => one.clientId);
    world.server.restore(backup);
    reconnect(world);
    await world.settle(3);
    const device = world.device(0).writer;
    const entries = (await device?.journal?.entries()) ?? [];
    expect(entries.map(({ clientId, state }) => [clientId, state])).toEqual([[mine, "offered"]]);
    const aside = await device?.journal?.aside(chatId);
    expect(aside?.map((row) => row.event.clientId)).toEqual([theirs]);
    expect(await heldIds(world, 0, chatId)).toContain(kept);
    expect(await faultsOf(world)).toEqual([]);
    // The user agrees: it is sent under its own name and stored once.
    if (mine === undefined) throw new Error("a message");
    await device?.journal?.requeue(mine);
    device?.engine?.nudge();
    await world.settle(3);
    expect(await heldIds(world, 1, chatId)).toContain(mine);
    expect((await device?.journal?.entries())?.length).toBe(0);
  });

  it("S6c: messages written into the new epoch meanwhile take the place of the lost ones", async () => {
    const { world, chatId } = await start();
    await world.write(0, chatId);
    await world.settle(2);
    const backup = world.server.backup();
    for (let i = 0; i < 4; i++) await world.write(0, chatId);
    await world.settle(2);
    world.device(0).disconnect();
    world.server.restore(backup);
    world.device(1).disconnect();
    world.device(1).connect();
    await world.turns(20);
    for (let i = 0; i < 8; i++) await world.write(1, chatId);
    await world.settle(4);
    expect(await faultsOf(world)).toEqual([]);
    expect(world.server.headOf(chatId)).toBe(10);
    const entries = (await world.device(0).writer?.journal?.entries()) ?? [];
    expect(entries.map(({ state }) => state)).toEqual(["offered", "offered", "offered", "offered"]);
  });

  it("S6c, V24: a chat that the restored server does not know stays readable, marked as lost", async () => {
    const { world } = await start();
    const backup = world.server.backup();
    const later = newId(ChatId);
    const body = { chatId: later, title: "Later", accountIds: [] };
    const { writer } = world.device(0);
    await writer?.engine?.link.request("chat:create-group", body);
    await world.write(0, later);
    await world.settle(2);
    world.server.restore(backup);
    reconnect(world);
    await world.settle(3);
    const [row] = (await writer?.cache?.read((reads) => reads.chats([later]))) ?? [];
    expect(row?.lost).toBe(true);
    expect((await heldIds(world, 0, later)).length).toBe(2);
  });

  it("S6c: the highest event with the same hash is where both histories part", () => {
    const mine = [1, 2, 3, 4].map((seq) => ({ seq, hash: `h${seq}` }));
    const other = [1, 2, 3, 4].map((seq) => ({ seq, hash: seq < 3 ? `h${seq}` : `x${seq}` }));
    expect(commonSeq(mine, other)).toBe(2);
    expect(commonSeq(mine, other.slice(2))).toBeUndefined();
  });
});

describe("what was lost of one's own", () => {
  const chatId = newId(ChatId);
  const me = newId(AccountId);
  const other = newId(AccountId);
  const untouched = { reactions: [], recent: [] };

  /** An event as a cache holds it; `target` is one that it refers to. */
  function event(seq: number, more: Partial<Event> = {}): Event {
    return {
      chatId,
      clientId: newId(ClientId),
      alg: "none",
      type: "text",
      notify: true,
      seq,
      at: seq,
      senderId: me,
      senderDeviceId: newId(DeviceId),
      contentHash: "c",
      prevHash: "p",
      hash: `h${seq}`,
      payload: `text ${seq}`,
      ...more,
    };
  }
  function relation(seq: number, kind: string, target: Event, more: Partial<Event> = {}): Event {
    const rel = { kind, target: target.clientId, ...(kind === "reaction" && { key: "+1" }) };
    return event(seq, {
      type: kind,
      rel,
      targetSeq: target.seq,
      notify: false,
      payload: "",
      ...more,
    });
  }
  function entries(rows: Event[], kept: Event[] = [], erased: Event[] = []) {
    const lost = {
      rows,
      kept: new Map(kept.map((one) => [one.seq, one])),
      erased: new Set(erased.map((one) => one.clientId)),
      common: 10,
    };
    return entriesOfLost(lost, me, 5).map(({ state, send }) => [
      state,
      send.clientId,
      send.payload,
    ]);
  }

  it("V35: a message is offered with the text of its newest edit, and its edits go with it", () => {
    const edit = { seq: 12, at: 12, alg: "none", payload: "better" };
    const message = event(11, { fold: { foldSeq: 12, edit, ...untouched } });
    const rows = [message, relation(12, "edit", message, { payload: null })];
    expect(entries(rows)).toEqual([["offered", message.clientId, "better"]]);
  });

  it("V35: nobody else's, no system event, nothing deleted, nothing whose text is unknown", () => {
    const erased = { seq: 14, at: 14, by: me };
    const deleted = event(13, { payload: null, fold: { foldSeq: 14, erased, ...untouched } });
    const elsewhere = event(15);
    const rows = [
      event(11, { senderId: other }),
      event(12, { system: { kind: "title", title: "x" }, payload: "" }),
      deleted,
      relation(14, "redact", deleted),
      elsewhere,
      event(16, { payload: null }),
    ];
    expect(entries(rows, [], [elsewhere])).toEqual([]);
  });

  it("V35: edits, reactions and deletions of what is still there are sent again, in their order", () => {
    const edit = { seq: 13, at: 13, alg: "none", payload: "second" };
    const kept = event(4, { payload: null, fold: { foldSeq: 13, edit, ...untouched } });
    const theirs = event(5, { senderId: other });
    const older = relation(6, "reaction", theirs);
    const rows = [
      relation(11, "edit", kept, { payload: null }),
      relation(12, "reaction", theirs),
      relation(13, "edit", kept, { payload: null }),
      relation(14, "redact", event(7)),
      relation(15, "redact", older, { rootSeq: 5 }),
    ];
    expect(entries(rows, [kept])).toEqual(
      [1, 2, 3, 4].map((i) => ["journaled", rows[i]?.clientId, i === 2 ? "second" : ""]),
    );
  });

  it("V35: of something that was deleted meanwhile only the deletion is said again", () => {
    const erased = { seq: 13, at: 13, by: me };
    const kept = event(4, { payload: null, fold: { foldSeq: 13, erased, ...untouched } });
    const rows = [
      relation(11, "edit", kept, { payload: null }),
      relation(12, "reaction", kept),
      relation(13, "redact", kept),
    ];
    expect(entries(rows, [kept])).toEqual([["journaled", rows[2]?.clientId, ""]]);
    const byOther = {
      ...kept,
      fold: { foldSeq: 14, erased: { ...erased, seq: 14 }, ...untouched },
    };
    expect(entries(rows.slice(0, 2), [byOther])).toEqual([]);
  });

  it("V35: a reaction that was taken back, or that stood on something lost, is let go", () => {
    const lost = event(11, { senderId: other });
    const takenBack = relation(12, "reaction", event(3, { senderId: other }));
    const rows = [
      lost,
      takenBack,
      relation(13, "redact", takenBack, { rootSeq: 3 }),
      relation(14, "reaction", lost),
    ];
    expect(entries(rows)).toEqual([]);
  });

  it("V35: a reply to someone else's lost message stands alone; one to a kept or own message stays", () => {
    const theirs = event(11, { senderId: other });
    const mine = event(12);
    const answers = [theirs, mine, event(3, { senderId: other })].map((target, i) =>
      event(13 + i, { rel: { kind: "reply", target: target.clientId }, targetSeq: target.seq }),
    );
    const lost = {
      rows: [theirs, mine, ...answers],
      kept: new Map(),
      erased: new Set<never>(),
      common: 10,
    };
    const sent = entriesOfLost(lost, me, 5).slice(1);
    expect(sent.map(({ send }) => send.rel !== undefined)).toEqual([false, true, true]);
  });
});
