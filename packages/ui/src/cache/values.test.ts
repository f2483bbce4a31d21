import "fake-indexeddb/auto";
import { ModelWorld } from "@parley/client/sync/testing/model-world.ts";
import { reviseDraft } from "@parley/client/sync/drafts.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import {
  isBlocked,
  readValue,
  type ValueKey,
  valueKey,
  writeValue,
} from "@parley/protocol/values.ts";
import { afterEach, describe, expect, it } from "vitest";
import type { AccountSession } from "./account-session.ts";
import { openWindow, type OpenedWindow, peerHub, until } from "./testing/model-account.ts";

const opened: OpenedWindow[] = [];

afterEach(async () => {
  for (const { session } of opened.splice(0)) await session.close();
});

/** Ana's desk as an app has it, her other device bare, and two groups of hers with jonas. */
async function twoDevices() {
  const world = new ModelWorld(7, 2, 2);
  const [one, two] = world.devices;
  if (!one || !two) throw new Error("Ana has two devices.");
  const window = await openWindow(world, one, peerHub());
  opened.push(window);
  const desk = window.session;
  await two.openWindow();
  for (const device of [one, two]) device.connect();
  const group = async (title: string): Promise<ChatId> => {
    const accountIds = world.accounts.slice(1);
    const made = await desk.createGroup({ title, accountIds });
    if (!made.ok) throw new Error(made.error.message);
    world.chats.push(made.value.chatId);
    return made.value.chatId;
  };
  /** The other device: what it holds, and setting a value there. */
  const other = {
    async value(key: ValueKey) {
      const [row] = (await two.writer?.cache?.read((reads) => reads.values([key]))) ?? [];
      return row?.value ?? null;
    },
    async set(key: ValueKey, value: string | null) {
      await two.writer?.journal?.putWaiting({ key, value });
      two.writer?.engine?.nudgeValues();
    },
    async draft(chatId: ChatId) {
      return (await two.writer?.journal?.draft(chatId))?.text ?? null;
    },
    async type(chatId: ChatId, text: string) {
      await two.writer?.journal?.changeDraft(chatId, (now, revisions) =>
        reviseDraft(chatId, now, revisions, { text, replyTo: null }, 1),
      );
      two.writer?.engine?.sendDraftsNow();
    },
    /** Waits until what one looks at there is as wanted. */
    async until<T>(look: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
      for (;;) {
        const value = await look();
        if (wanted(value)) return value;
        await world.turns(1);
      }
    },
  };
  return { world, one, two, desk, other, older: await group("older"), newer: await group("newer") };
}

const rowOf = async (
  session: AccountSession,
  chatId: ChatId,
  wanted: (row: { muted: boolean; pinned: boolean; archived: boolean }) => boolean,
) => {
  const { rows } = await until(session.reads.chatList(), (list) => {
    const row = list.rows.find((one) => one.chatId === chatId);
    return row !== undefined && wanted(row);
  });
  return rows.find((row) => row.chatId === chatId);
};

describe("flags of chats", () => {
  it("S1, V32: mute, pin and archive are the same on both devices, and end there too", async () => {
    const { desk, other, older } = await twoDevices();
    expect(await rowOf(desk, older, (row) => !row.muted)).toMatchObject({
      muted: false,
      mutedUntilMs: null,
      pinned: false,
      archived: false,
      blocked: false,
    });
    await desk.muteChat(older, null);
    await desk.pinChat(older);
    await desk.archiveChat(older);
    const keys = [valueKey("mute", older), valueKey("pin", older), valueKey("archive", older)];
    for (const key of keys) {
      await other.until(
        () => other.value(key),
        (value) => value !== null,
      );
    }
    const view = await until(desk.reads.chat(older), (chat) => chat?.muted === true);
    expect(view).toMatchObject({ pinned: true, archived: true, mutedUntilMs: null });
    for (const key of keys) await other.set(key, null);
    expect(
      await rowOf(desk, older, (row) => !row.muted && !row.pinned && !row.archived),
    ).toMatchObject({ title: "older" });
  });

  it("V51: how a chat alerts is the same on both devices, and can be given up", async () => {
    const { desk, other, older } = await twoDevices();
    const key = valueKey("alert", older);
    const alerts = { alertSound: "bell", alertPreview: "name" } as const;
    expect(await desk.setChatAlerts(older, alerts)).toMatchObject({ ok: true });
    const there = await other.until(
      () => other.value(key),
      (value) => value !== null,
    );
    expect(readValue("alert", there)).toEqual({ sound: "bell", preview: "name" });
    await other.set(key, writeValue("alert", { sound: "none", preview: null }));
    await until(desk.reads.chat(older), (chat) => chat?.alertSound === "none");
    await desk.setChatAlerts(older, { alertSound: null, alertPreview: null });
    await other.until(
      () => other.value(key),
      (value) => value === null,
    );
    expect(await until(desk.reads.chat(older), (chat) => chat?.alertSound === null)).toMatchObject({
      alertPreview: null,
    });
  });

  it("S11: what is set without a connection shows at once, and reaches the other device later", async () => {
    const { one, desk, other, older } = await twoDevices();
    one.disconnect();
    expect(await desk.muteChat(older, 3_600_000)).toMatchObject({ ok: true });
    const here = await rowOf(desk, older, (row) => row.muted);
    expect(here?.mutedUntilMs).toBeGreaterThan(0);
    expect(await other.value(valueKey("mute", older))).toBeNull();
    one.connect();
    const there = await other.until(
      () => other.value(valueKey("mute", older)),
      (value) => value !== null,
    );
    expect(readValue("mute", there)?.untilMs).toBe(here?.mutedUntilMs);
  });

  it("S1: pinned chats come first, the newest pin at the top, also past the list's limit", async () => {
    const { world, desk, older, newer } = await twoDevices();
    const order = async (first: ChatId, limit?: number) =>
      (await until(desk.reads.chatList(limit), ({ rows }) => rows[0]?.chatId === first)).rows.map(
        (row) => row.chatId,
      );
    await order(newer);
    await desk.pinChat(older);
    expect(await order(older)).toEqual([older, newer]);
    expect(await order(older, 1)).toContain(older);
    await world.clock.advance(1_000);
    await desk.pinChat(newer);
    expect(await order(newer)).toEqual([newer, older]);
  });

  it("V42: a mute that is over no longer shows", async () => {
    const { world, desk, older } = await twoDevices();
    await desk.muteChat(older, 5_000);
    await rowOf(desk, older, (row) => row.muted);
    await world.clock.advance(6_000);
    await desk.pinChat(older);
    expect(await rowOf(desk, older, (row) => row.pinned)).toMatchObject({
      muted: false,
      mutedUntilMs: null,
    });
  });

  it("V33: whom one has blocked is the same on both devices", async () => {
    const { world, desk, other } = await twoDevices();
    const jonas = world.accounts[1];
    if (!jonas) throw new Error("There is somebody else.");
    const key = valueKey("block", jonas);
    await desk.blockAccount(jonas);
    expect(await until(desk.reads.blocked(), (list) => list.length > 0)).toEqual([jonas]);
    await other.until(
      () => other.value(key),
      (value) => isBlocked(value),
    );
    await other.set(key, null);
    expect(await until(desk.reads.blocked(), (list) => list.length === 0)).toEqual([]);
  });
});

describe("drafts on two devices", () => {
  it("S1, V41: what is typed here is there after a blur, and is gone there once it is sent", async () => {
    const { desk, other, older } = await twoDevices();
    desk.saveDraft(older, "half a thought");
    await desk.flushDrafts();
    await other.until(
      () => other.draft(older),
      (text) => text === "half a thought",
    );
    await desk.sendText(older, { text: "half a thought" });
    await other.until(
      () => other.draft(older),
      (text) => text === null,
    );
    expect(await until(desk.reads.draft(older), (draft) => draft === null)).toBeNull();
    expect(await until(desk.reads.draftRevisions(older), () => true)).toEqual([]);
  });

  it("V41: a text from there takes the place here, is listed, and is cleared from there", async () => {
    const { desk, other, older } = await twoDevices();
    await other.type(older, "from the sofa");
    const here = await until(desk.reads.draft(older), (draft) => draft !== null);
    expect(here).toMatchObject({ text: "from the sofa", takenRev: 1 });
    const list = await until(desk.reads.chatList(), ({ rows }) =>
      rows.some((row) => row.draft !== null),
    );
    expect(list.rows.find((row) => row.chatId === older)?.draft).toBe("from the sofa");
    await other.type(older, "");
    expect(await until(desk.reads.draft(older), (draft) => draft === null)).toBeNull();
  });

  it("V41: whoever goes on typing keeps their text, the other's is a revision", async () => {
    const { world, one, desk, other, older } = await twoDevices();
    one.disconnect();
    desk.saveDraft(older, "from the desk");
    await desk.flushDrafts();
    await other.type(older, "from the sofa");
    await world.turns(20);
    one.connect();
    const kept = await until(desk.reads.draftRevisions(older), (list) => list.length > 0);
    expect(kept.map((revision) => revision.text)).toEqual(["from the sofa"]);
    expect((await until(desk.reads.draft(older), () => true))?.text).toBe("from the desk");
    await world.clock.advance(5_000);
    await other.until(
      () => other.draft(older),
      (text) => text === "from the desk",
    );
  });
});
