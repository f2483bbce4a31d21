import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Event, Send } from "@parley/protocol/event.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "../cli/verify-file.ts";
import { MIGRATIONS } from "../storage/sqlite/migrations.ts";
import { openDatabase } from "../storage/sqlite/open-database.ts";
import { writeSnapshot } from "../storage/sqlite/write-backup.ts";
import { commandsOn } from "../testing/commands.ts";
import { textItem } from "../testing/socket-client.ts";
import type { ItemOutcome } from "../features/messages/send.commands.ts";
import type { Storage } from "../storage/port.ts";
import { makeAccount, type TestAccount } from "../testing/test-accounts.ts";
import { openTestStorage, temporaryFolder } from "../testing/test-server.ts";
import { reportText } from "./verify.ts";

const folder = temporaryFolder();
const sound = join(folder.path, "sound.db");
const harmed = join(folder.path, "harmed.db");

/** Everything that leaves traces beside the streams. */
async function fill(path: string): Promise<void> {
  const storage = openTestStorage(path);
  const run = commandsOn(storage);
  const [ana, ben, cleo] = await Promise.all(
    ["ana", "ben", "cleo"].map((name) => makeAccount(storage, name)),
  );
  if (!ana || !ben || !cleo) throw new Error("accounts");
  const { chatId: direct } = await run.direct(ana, ben.accountId);
  for (let i = 0; i < 20; i++) await run.say(i % 3 ? ana : ben, direct, `message ${i}`);
  await run.receipts(ben, { chatId: direct, deliveredSeq: 9, readSeq: 7 });
  await run.receipts(ben, { chatId: direct, deliveredSeq: 15 });
  const many = [];
  for (let i = 0; i < 40; i++) many.push(await makeAccount(storage, `member-${i}`));
  const group = await run.group(
    ana,
    [ben, ...many].map((one) => one.accountId),
  );
  await run.send(ben, group, {
    ...textItem(group, "you two"),
    mentions: [ana.accountId, cleo.accountId],
  });
  await run.add(ana, group, cleo.accountId);
  await run.remove(ana, group, cleo.accountId);
  await run.say(ana, group, "without her");
  await run.add(ana, group, cleo.accountId);
  await run.role(ana, group, ben.accountId, "admin");
  await run.title(ben, group, "Renamed");
  for (const [i, one] of many.entries()) {
    await run.receipts(one, { chatId: group, deliveredSeq: 2 + (i % 5), readSeq: 2 });
  }
  await run.leave(cleo, group);
  const reply = textItem(direct, "a reply");
  const [first] = await run.send(ben, direct, textItem(direct, "first"));
  if (!first || "error" in first) throw new Error("sent");
  await run.send(ana, direct, { ...reply, rel: { kind: "reply", target: first.event.clientId } });
  await relations(storage, ana, ben);
  await storage.close();
}

const said = (outcomes: ItemOutcome[]) =>
  outcomes.map((outcome) => {
    if ("error" in outcome) throw new Error(outcome.error.code);
    return outcome.event;
  });

/** S12, S13: a chat with edits, reactions, one taken back, and a message deleted with all of these. */
async function relations(storage: Storage, ana: TestAccount, ben: TestAccount): Promise<void> {
  const run = commandsOn(storage);
  const chat = await run.group(ana, [ben.accountId]);
  const texts = ["kept", "edited", "deleted"].map((text) => textItem(chat, text));
  const [kept, edited, deleted] = said(await run.send(ana, chat, ...texts));
  if (!kept || !edited || !deleted) throw new Error("messages");
  const relation = (kind: string, target: Event, key?: string, payload = ""): Send => ({
    ...textItem(chat, ""),
    type: kind,
    notify: false,
    payload,
    rel: { kind, target: target.clientId, ...(key !== undefined && { key }) },
  });
  for (const target of [edited, deleted]) {
    said(await run.send(ana, chat, relation("edit", target, undefined, "first edit")));
    said(await run.send(ana, chat, relation("edit", target, undefined, "second edit")));
    said(await run.send(ben, chat, relation("reaction", target, "+1")));
    said(await run.send(ana, chat, relation("reaction", target, "+1")));
    const [heart] = said(await run.send(ben, chat, relation("reaction", target, "heart")));
    if (heart) said(await run.send(ben, chat, relation("redact", heart, "heart")));
  }
  said(await run.send(ana, chat, relation("redact", deleted)));
}

beforeAll(() => fill(sound), 60_000);
afterAll(() => folder.remove());

async function faultsAfter(...harm: string[]): Promise<string[]> {
  copyFileSync(sound, harmed);
  const db = new DatabaseSync(harmed);
  db.enableDefensive(false);
  db.exec("PRAGMA writable_schema = ON");
  for (const sql of harm) db.exec(sql);
  db.close();
  return (await verifyFile(harmed)).faults;
}

const TALK = "(SELECT chat_id FROM events WHERE rel_kind = 'redact' LIMIT 1)";
const FIRST_DIRECT = "(SELECT chat_id FROM chats WHERE kind = 'direct')";
const GROUP = "(SELECT chat_id FROM chats WHERE title = 'Renamed')";

describe("verify", () => {
  it("S2a, S8, S9: says of a sound database that it is whole, and leaves nothing beside it", async () => {
    const report = await verifyFile(sound);
    expect(report.faults).toEqual([]);
    expect(report.totals).toMatchObject({ accounts: 43, chats: 46 });
    expect(reportText(sound, report)).toMatch(
      /sound\.db is whole: 43 accounts, 46 chats, \d+ events\./,
    );
    expect(readdirSync(folder.path).filter((name) => name.startsWith("sound"))).toEqual([
      "sound.db",
    ]);
  });

  it("S2a: a copy made while somebody writes is whole, and holds no trace of the log", async () => {
    const path = join(folder.path, "live.db");
    await fill(path);
    const storage = openTestStorage(path);
    await makeAccount(storage, "late");
    const copy = join(folder.path, "live-copy.db");
    writeSnapshot(path, copy, true);
    await makeAccount(storage, "later");
    expect((await verifyFile(path)).totals.accounts).toBe(45);
    await storage.close();
    const report = await verifyFile(copy);
    expect([report.faults, report.totals.accounts]).toEqual([[], 44]);
    expect(existsSync(`${copy}-wal`)).toBe(false);
  });

  it("S2a: a database of an older format is looked at as the next start would make it", async () => {
    const older = join(folder.path, "older.db");
    openDatabase(older, MIGRATIONS.slice(0, 1)).close();
    const before = readFileSync(older);
    const { faults, totals } = await verifyFile(older);
    expect([faults, totals]).toEqual([[], { accounts: 0, chats: 0, events: 0 }]);
    expect(readFileSync(older).equals(before)).toBe(true);
  });

  const damages: [string, string[], RegExp][] = [
    [
      "S1: an event is missing",
      [`DELETE FROM events WHERE chat_id = ${FIRST_DIRECT} AND seq = 7`],
      /chat \S+: event 7: missing; the next one is 8/,
    ],
    [
      "S1: the last event is missing",
      [`DELETE FROM events WHERE chat_id = ${FIRST_DIRECT} AND seq = 23`],
      /its head is 23, the events say 22/,
    ],
    [
      "S2a: a text was changed",
      [`UPDATE events SET payload = replace(payload, 'message 3', 'message 4')`],
      /its text is not what was sent/,
    ],
    [
      "S2a: a sender was changed",
      [
        `UPDATE events SET sender_id = (SELECT account_id FROM accounts WHERE handle = 'cleo') WHERE chat_id = ${FIRST_DIRECT} AND seq = 5`,
      ],
      /event 5: its envelope is not what was hashed/,
    ],
    [
      "S2a: two events changed places",
      [
        `UPDATE events SET seq = -5 WHERE chat_id = ${FIRST_DIRECT} AND seq = 5`,
        `UPDATE events SET seq = 5 WHERE chat_id = ${FIRST_DIRECT} AND seq = 6`,
        `UPDATE events SET seq = 6 WHERE chat_id = ${FIRST_DIRECT} AND seq = -5`,
      ],
      /it does not follow the one before/,
    ],
    [
      "S5: a time goes back",
      [`UPDATE events SET at = 5 WHERE chat_id = ${FIRST_DIRECT} AND seq = 5`],
      /event 5: its time lies before/,
    ],
    [
      "S1: a head is wrong",
      [`UPDATE chats SET head_seq = head_seq + 1 WHERE kind = 'direct'`],
      /its head is 24, the events say 23/,
    ],
    [
      "S2a: the hash of a head is wrong",
      [`UPDATE chats SET head_hash = 'x' WHERE kind = 'direct'`],
      /the hash of its head is x/,
    ],
    [
      "V3: the newest message is wrong",
      [`UPDATE chats SET last_message_seq = 1 WHERE kind = 'direct'`],
      /its newest message is 1/,
    ],
    [
      "S17: a title is wrong",
      [`UPDATE chats SET title = 'Other' WHERE kind = 'group'`],
      /its title is Other, the events say Renamed/,
    ],
    [
      "V1: a membership version is wrong",
      [`UPDATE chats SET membership_version = 1 WHERE kind = 'group'`],
      /its membership version is 1/,
    ],
    [
      "S17: a member is missing",
      [
        `DELETE FROM memberships WHERE chat_id = ${GROUP} AND account_id = (SELECT account_id FROM accounts WHERE handle = 'ben')`,
      ],
      /not kept: member \S+ from 1 to now/,
    ],
    [
      "S17: a period did not end",
      [`UPDATE memberships SET left_seq = NULL WHERE chat_id = ${GROUP} AND left_seq = 4`],
      /no event says: member \S+ from 3 to now/,
    ],
    [
      "S17: a role is wrong",
      [`UPDATE memberships SET role = 'owner' WHERE chat_id = ${GROUP} AND role = 'admin'`],
      /is kept as owner, the events say admin/,
    ],
    [
      "X3: a member sees too much",
      [`UPDATE memberships SET visible_from_seq = 1 WHERE chat_id = ${GROUP} AND joined_seq = 6`],
      /sees it from 1, not 6/,
    ],
    [
      "S8: a mark is past the head",
      [`UPDATE memberships SET delivered_seq = 99 WHERE chat_id = ${FIRST_DIRECT}`],
      /has delivered 99/,
    ],
    [
      "S8: more was read than delivered",
      [`UPDATE memberships SET read_seq = delivered_seq + 1 WHERE chat_id = ${FIRST_DIRECT}`],
      /has delivered 15, read 16/,
    ],
    [
      "S8: a mark is below the ledger",
      [
        `UPDATE memberships SET delivered_seq = 10 WHERE chat_id = ${FIRST_DIRECT} AND delivered_seq = 15`,
      ],
      /has delivered 15 in the ledger, past the mark/,
    ],
    [
      "S8: a lowest mark is wrong",
      [`UPDATE chats SET delivered_min = 2 WHERE kind = 'group'`],
      /its lowest marks are not those of its members/,
    ],
    ["S9: a mention is not kept", ["DELETE FROM mentions"], /event 2: a mention in it is not kept/],
    [
      "S9: a mention is too many",
      [
        `INSERT INTO mentions SELECT chat_id, account_id, 3 FROM memberships WHERE chat_id = ${GROUP} AND role = 'owner'`,
      ],
      /event 3: a mention is kept that is not in it/,
    ],
    [
      "S9: numbers would be told wrong",
      [`UPDATE events SET is_message = 0 WHERE chat_id = ${FIRST_DIRECT} AND seq = 12`],
      /is told \d+ unread and 0 mentions; it is \d+ and 0/,
    ],
    [
      "S6: a commit is missing",
      ["UPDATE meta SET change = change - 1"],
      /of a commit that is still to come|is past the last commit/,
    ],
    [
      "S13: a text that was deleted is still there",
      [`UPDATE events SET payload = 'x' WHERE chat_id = ${TALK} AND seq = 4`],
      /event 4: deleted for everyone, but its text is there/,
    ],
    [
      "S13: an edit of a deleted message is still there",
      [`UPDATE events SET payload = 'first edit' WHERE chat_id = ${TALK} AND seq = 11`],
      /event 11: what it refers to was deleted for everyone, but its own text is there/,
    ],
    [
      "S12: a reaction that was taken back is still there",
      [`UPDATE events SET payload = '' WHERE chat_id = ${TALK} AND seq = 9`],
      /event 9: a reaction that was taken back, but is kept/,
    ],
    [
      "S13: a deletion was not carried out",
      [`UPDATE events SET erased_seq = NULL WHERE chat_id = ${TALK} AND seq = 4`],
      /event 4: deleted for everyone, but not kept as such/,
    ],
    [
      "S12: an older edit is shown",
      [`UPDATE events SET edit_seq = 5 WHERE chat_id = ${TALK} AND seq = 3`],
      /event 3: its newest edit is not the one that is kept/,
    ],
    [
      "S12: reactions are counted wrong",
      [`UPDATE events SET fold = replace(fold, '"count":2', '"count":3') WHERE chat_id = ${TALK}`],
      /event 3: its reactions are not counted right/,
    ],
    [
      "S13: a message that was deleted before a restore is back",
      ["INSERT INTO erased_elsewhere SELECT client_id FROM events WHERE seq = 5 LIMIT 1"],
      /a message that was deleted before a restore: /,
    ],
    [
      "S6c: a chat's head at the restore is another one",
      ["INSERT INTO restored_heads SELECT 'epoch', chat_id, head_seq, 'x' FROM chats LIMIT 1"],
      /a chat whose head at the restore is not in its stream: /,
    ],
    [
      "S1: values of no account",
      ["INSERT INTO account_values (account_id, key, value, change) VALUES ('x', 'mute:x', '', 1)"],
      /values of no account: x/,
    ],
    [
      "S2: a reply lost its target",
      [`UPDATE events SET target_seq = 4 WHERE rel_kind = 'reply'`],
      /it refers to an event that is not there/,
    ],
    [
      "V5: notes to self are missing",
      [
        "DELETE FROM chats WHERE chat_id = (SELECT self_chat_id FROM accounts WHERE handle = 'ana')",
      ],
      /an account without its notes to self|events of no chat/,
    ],
    [
      "an index does not hold what it should",
      [
        `UPDATE sqlite_schema SET sql = 'CREATE INDEX devices_account ON devices (name)' WHERE name = 'devices_account'`,
      ],
      /database: /,
    ],
  ];

  it.each(damages)("%s", async (_what, harm, expected) => {
    const faults = await faultsAfter(...harm);
    expect(faults.find((line) => expected.test(line)) ?? faults).toMatch(expected);
  });

  it("lists the first of many faults and says how many there are", async () => {
    copyFileSync(sound, harmed);
    const db = new DatabaseSync(harmed);
    db.exec("UPDATE events SET payload = payload || ' '");
    db.close();
    const report = await verifyFile(harmed);
    expect(report.faults).toHaveLength(20);
    expect(report.faultCount).toBeGreaterThan(60);
    const text = reportText(harmed, report);
    expect(text.split("\n")[0]).toMatch(/harmed\.db is not whole: \d+ faults\.$/);
    expect(text).toContain(`... and ${report.faultCount - 20} more`);
  });

  it("a file that is no database, cut short, overwritten or empty is not whole either", async () => {
    const bytes = readFileSync(sound);
    const harms: (() => void)[] = [
      () => writeFileSync(harmed, "just a text"),
      () => writeFileSync(harmed, ""),
      () => truncateSync(harmed, Math.floor(bytes.length / 2)),
      () => writeFileSync(harmed, Buffer.from(bytes).fill(0x5a, 8 * 4096, 20 * 4096)),
    ];
    for (const harm of harms) {
      writeFileSync(harmed, bytes);
      harm();
      expect((await verifyFile(harmed)).faultCount).toBeGreaterThan(0);
    }
    await expect(verifyFile(join(folder.path, "nothing.db"))).rejects.toThrow(/^There is no file /);
  });
});
