import { execFile } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { composeEdit, composeReaction, composeRedact } from "@parley/client/sync/compose.ts";
import type { EventRow } from "@parley/client/sync/model.ts";
import { openPayload } from "@parley/protocol/content.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { Event, Send } from "@parley/protocol/event.ts";
import { ChatId, type ClientId, newId } from "@parley/protocol/ids.ts";
import { afterEach, expect, test, vi } from "vitest";

import { type ServerProcess, startServer } from "../support/server-process.ts";
import { ChaosDevice } from "./device.ts";

const MAIN = fileURLToPath(new URL("../../apps/server/src/main.ts", import.meta.url));
const run = promisify(execFile);
const WITHIN = { timeout: 60_000, interval: 50 };

let server: ServerProcess | undefined;
const devices: ChaosDevice[] = [];

afterEach(async () => {
  for (const device of devices.splice(0)) await device.crash();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

/** A command of the server's, on its data folder; throws with what it said if it failed. */
async function command(dataDir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [MAIN, ...args, `--data-dir=${dataDir}`]);
  return stdout;
}

function device(serverUrl: string): ChaosDevice {
  const made = new ChaosDevice({ serverUrl });
  devices.push(made);
  return made;
}

/** Journals what a menu does (S11). */
async function journal(on: ChaosDevice, composed: Send | Result<Send>): Promise<ClientId> {
  const send = "ok" in composed ? (composed.ok ? composed.value : undefined) : composed;
  if (!send) throw new Error("not composed");
  const { clientId, chatId } = send;
  const rest = { state: "journaled" as const, seq: null, error: null, createdAtMs: Date.now() };
  await on.running.journal.add({ clientId, chatId, send, ...rest });
  on.running.engine.nudge();
  return clientId;
}

const rowsOf = (on: ChaosDevice, chatId: ChatId): Promise<EventRow[]> =>
  on.running.cache.read((reads) => reads.eventsBetween(chatId, 1, 9_999));
const asideOf = async (on: ChaosDevice, chatId: ChatId): Promise<Event[]> =>
  (await on.running.journal.aside(chatId)).map((row) => row.event);
const entriesOf = (on: ChaosDevice, state: string): Promise<ClientId[]> =>
  on.running.journal
    .entries()
    .then((all) => all.filter((one) => one.state === state).map((one) => one.clientId));

/** Fills the gaps of a short chat, as showing it does (S6b). */
async function lookAt(on: ChaosDevice, chatId: ChatId): Promise<void> {
  const { engine } = on.running;
  for (let before = 9_999; before > 1;) {
    const answer = await engine.link.request("chat:history", { chatId, before, limit: 200 });
    if (!answer.ok) throw new Error(answer.error.message);
    await engine.ingest([{ kind: "part", part: answer.value }]);
    before = answer.value.events[0]?.seq ?? 1;
  }
}

function textOf(event: Event | undefined): string | undefined {
  const payload = event?.fold?.edit?.payload ?? event?.payload ?? null;
  const content = payload === null ? undefined : openPayload("none", payload);
  return content?.type === "text" ? content.text : undefined;
}

/** Waits until each of these has the same rows up to the same head, and nothing waits to be sent. */
async function settled(on: readonly ChaosDevice[], chatId: ChatId): Promise<void> {
  await vi.waitFor(async () => {
    const heads = new Set<number>();
    for (const one of on) {
      expect(one.status?.state).toBe("live");
      const [row] = await one.running.cache.read((reads) => reads.chats([chatId]));
      expect(row).toMatchObject({ reconcile: false, lost: false });
      expect(row?.cursor).toBe(row?.headSeq);
      heads.add(row?.cursor ?? -1);
      expect([...(await entriesOf(one, "journaled")), ...(await entriesOf(one, "sent"))]).toEqual(
        [],
      );
    }
    expect(heads.size).toBe(1);
  }, WITHIN);
}

test(
  "S6c, S13, V35, V36: backup amid traffic, more traffic, restore, clients ahead of it",
  { timeout: 400_000 },
  async () => {
    server = await startServer();
    const { dataDir, port, url } = server;
    const file = join(dataDir, "..", `${dataDir.split("/").at(-1)}-backup.db`);
    const [ann, annToo, ben, cleo] = [device(url), device(url), device(url), device(url)];
    await ann.signUp("ann");
    await annToo.signIn("ann");
    await ben.signUp("ben");
    await cleo.signUp("cleo");
    const all = [ann, annToo, ben, cleo];
    const chatId = newId(ChatId);
    const accountIds = [ben, cleo].map((one) => one.account.me.accountId);
    const body = { chatId, title: "Ops", accountIds, history: "all" as const };
    await vi.waitFor(async () => {
      const made = await ann.running.engine.link.request("chat:create-group", body);
      expect(made.ok).toBe(true);
    }, WITHIN);

    const texts = new Map<ClientId, string>();
    const say = async (on: ChaosDevice, text: string): Promise<ClientId> => {
      const clientId = await on.write(chatId, text);
      texts.set(clientId, text);
      return clientId;
    };
    const keptOfAnn = await say(ann, "ann: will be edited");
    const keptOfBen = await say(ben, "ben: gets a reaction");
    const deletedOfAnn = await say(ann, "ann: deleted after the backup");
    await settled(all, chatId);
    // Cleo knows nothing of what follows.
    await cleo.crash();

    // The backup, while two write.
    let isWriting = true;
    const writing = [ann, ben].map(async (one, i) => {
      for (let n = 0; isWriting; n++) {
        const clientId = await say(one, `amid ${i} ${n}`);
        await vi.waitFor(
          async () => {
            expect((await entriesOf(one, "journaled")).includes(clientId)).toBe(false);
          },
          { ...WITHIN, interval: 5 },
        );
      }
    });
    await command(dataDir, "backup", file);
    isWriting = false;
    await Promise.all(writing);
    await settled([ann, annToo, ben], chatId);
    const copy = new DatabaseSync(file, { readOnly: true });
    const inBackup = new Set(
      copy
        .prepare("SELECT client_id FROM events")
        .all()
        .map((row) => String(row["client_id"])),
    );
    copy.close();

    // More traffic, which only these three know.
    const lateOfAnn = await say(ann, "ann: after the backup");
    const editedLate = await say(ann, "ann: after the backup, to be edited");
    const goneOfAnn = await say(ann, "ann: came and was deleted");
    const lateOfBen = await say(ben, "ben: after the backup");
    const goneOfBen = await say(ben, "ben: came and was deleted");
    await settled([ann, annToo, ben], chatId);
    // A chat that the restored server will not know.
    const lateChat = newId(ChatId);
    const late = { chatId: lateChat, title: "Late", accountIds: [ann.account.me.accountId] };
    const made = await ben.running.engine.link.request("chat:create-group", late);
    expect(made.ok).toBe(true);
    const keptInLate = await ben.write(lateChat, "ben: stays readable");
    const goneInLate = await ben.write(lateChat, "ben: deleted with its chat");
    await settled([ann, annToo, ben], lateChat);
    // Ann's other device sees neither edits nor deletions.
    await annToo.crash();
    await journal(ann, composeEdit(chatId, keptOfAnn, { text: "ann: edited" }));
    await journal(ann, composeEdit(chatId, editedLate, { text: "ann: edited late" }));
    await journal(ann, composeReaction(chatId, keptOfBen, "+1"));
    await journal(ann, composeReaction(chatId, lateOfBen, "+1"));
    await journal(ann, composeRedact(chatId, deletedOfAnn));
    await journal(ann, composeRedact(chatId, goneOfAnn));
    await journal(ben, composeRedact(chatId, goneOfBen));
    await journal(ben, composeRedact(lateChat, goneInLate));
    await settled([ann, ben], chatId);

    await server.kill();
    const said = await command(dataDir, "restore", file);
    expect(said).toContain("1 message deleted for everyone since then: deleted again.");
    server = await startServer({ dataDir, port });
    await annToo.start();
    await cleo.start();
    await settled(all, chatId);

    const lost = [...texts.keys()].filter((clientId) => !inBackup.has(clientId));
    const lostOf = (one: ChaosDevice): ClientId[] => {
      const own = one === ben ? /^ben|^amid 1/ : /^ann|^amid 0/;
      return lost.filter((clientId) => own.test(texts.get(clientId) ?? ""));
    };
    const gone = new Set<ClientId>([goneOfAnn, goneOfBen]);
    // Own ones are offered again, but what was deleted is not, whoever saw the deletion.
    for (const one of [ann, annToo, ben]) {
      const offered = await entriesOf(one, "offered");
      expect(offered).toEqual(lostOf(one).filter((clientId) => !gone.has(clientId)));
    }
    expect(await entriesOf(cleo, "offered")).toEqual([]);
    const offers = await ann.running.journal.entries(chatId);
    expect(offers.find((one) => one.clientId === editedLate)?.send.payload).toContain(
      "edited late",
    );
    // Nobody else's are dropped: they are set aside with their text, but for what was deleted.
    for (const one of [ann, annToo, ben]) {
      const theirs = one === ben ? lostOf(ann) : lostOf(ben);
      const aside = new Map((await asideOf(one, chatId)).map((event) => [event.clientId, event]));
      expect([...aside.keys()].sort()).toEqual([...theirs].sort());
      for (const clientId of theirs) {
        const event = aside.get(clientId);
        if (gone.has(clientId))
          expect(event).toMatchObject({ payload: null, fold: { erased: {} } });
        else if (clientId !== editedLate) expect(textOf(event)).toBe(texts.get(clientId));
      }
    }
    // What is still there is as its owners last wanted it, on every device that looks at it.
    for (const one of all) {
      await lookAt(one, chatId);
      const rows = new Map((await rowsOf(one, chatId)).map((row) => [row.clientId, row]));
      expect(textOf(rows.get(keptOfAnn))).toBe("ann: edited");
      expect(rows.get(keptOfBen)?.fold?.reactions).toEqual([{ key: "+1", count: 1 }]);
      expect(rows.get(deletedOfAnn)).toMatchObject({ payload: null, fold: { erased: {} } });
      expect(lost.filter((clientId) => rows.has(clientId))).toEqual([]);
    }

    // The chat that is gone stays readable where it was, but for what was deleted.
    const [lateRow] = await annToo.running.cache.read((reads) => reads.chats([lateChat]));
    expect(lateRow?.lost).toBe(true);
    const inLate = new Map((await rowsOf(annToo, lateChat)).map((row) => [row.clientId, row]));
    expect(textOf(inLate.get(keptInLate))).toBe("ben: stays readable");
    expect(inLate.get(goneInLate)).toMatchObject({ payload: null, fold: { erased: {} } });

    // Sent again from both devices, each is there once, in order, and is no longer offered or aside.
    for (const one of [ann, annToo]) {
      for (const clientId of await entriesOf(one, "offered"))
        await one.running.journal.requeue(clientId);
      one.running.engine.nudge();
    }
    const [first, ...rest] = await entriesOf(ben, "offered");
    await ben.running.journal.decide(
      chatId,
      () => new Map(rest.map((clientId) => [clientId, "drop"])),
    );
    if (first) await ben.running.journal.requeue(first);
    ben.running.engine.nudge();
    const back = [
      ...lostOf(ann).filter((clientId) => !gone.has(clientId)),
      ...(first ? [first] : []),
    ];
    await vi.waitFor(async () => {
      for (const one of all) {
        const held = (await rowsOf(one, chatId)).map((row) => row.clientId);
        expect(back.filter((clientId) => !held.includes(clientId))).toEqual([]);
        expect(new Set(held).size).toBe(held.length);
      }
    }, WITHIN);
    await settled(all, chatId);
    for (const one of all) expect(await entriesOf(one, "offered")).toEqual([]);
    const ofAnn = (await rowsOf(cleo, chatId))
      .map((row) => row.clientId)
      .filter((id) => lostOf(ann).includes(id));
    expect(ofAnn).toEqual(lostOf(ann).filter((clientId) => !gone.has(clientId)));
    expect(textOf((await rowsOf(cleo, chatId)).find((row) => row.clientId === editedLate))).toBe(
      "ann: edited late",
    );
    expect(lateOfAnn).not.toBe(first);

    expect(await server.kill()).toBe(0);
    expect(await command(dataDir, "verify", join(dataDir, "parley.db"))).toContain(
      " is whole: 3 accounts",
    );
  },
);
