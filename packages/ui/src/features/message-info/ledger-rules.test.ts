import { failure } from "@parley/protocol/errors.ts";
import { AccountId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, test } from "vitest";
import {
  journeyLines,
  type LedgerFacts,
  type LedgerMember,
  type LedgerNow,
  memberLines,
} from "./ledger-rules.ts";

const NOW = Date.UTC(2026, 5, 1, 12);
const region = { locale: "en-GB", timeZone: "UTC" };
const now: LedgerNow = { link: { state: "live" }, nowMs: NOW, region };
const facts: LedgerFacts = {
  mine: true,
  here: true,
  senderName: "Ana",
  writtenAtMs: NOW,
  deviceName: "Desk",
  seq: null,
  storedAtMs: null,
  failure: null,
  failed: false,
  waiting: { kind: "next" },
  editedAtMs: null,
  erased: null,
  changesWaiting: 0,
  fault: null,
  reactions: [],
};
const stored = { seq: 1_204, storedAtMs: NOW, waiting: null };

describe("S11: the way to the server", () => {
  test("written, waiting, stored as #seq, or failed with its reason", () => {
    expect(journeyLines(facts, now).map((line) => line.text)).toEqual([
      "Written on this device",
      "Not yet on the server",
    ]);
    expect(journeyLines({ ...facts, ...stored }, now)[1]).toMatchObject({
      text: "Stored by the server as #1,204",
      pending: false,
    });
    const failed = { failed: true, waiting: null, failure: failure("not_a_member", "").error };
    expect(journeyLines({ ...facts, ...failed }, now)[1]).toMatchObject({
      mark: "failed",
      note: "You are no longer in this group.",
    });
  });

  test("what has not happened says why: the connection, other messages, a busy server", () => {
    const note = (part: Partial<LedgerFacts>, at = now): string | null | undefined =>
      journeyLines({ ...facts, ...part }, at)[1]?.note;
    expect(note({}, { ...now, link: { state: "offline", retryAtMs: NOW + 5_000 } })).toBe(
      "Waiting for the connection. Next try at 12:00:05.",
    );
    expect(note({})).toBe("Waiting for the server's answer.");
    const behind = { kind: "behind" as const, count: 2, error: null, untilMs: null };
    expect(note({ waiting: behind })).toBe("Waiting behind 2 earlier messages.");
    const busy = failure("busy", "").error;
    const retry = { kind: "retry" as const, error: busy, untilMs: NOW + 2_000 };
    expect(note({ waiting: retry })).toBe(
      "The server is busy. It will be tried again. Next try at 12:00:02.",
    );
  });

  test("S12, S13: edits, deletion, reactions and changes that wait follow", () => {
    const later = {
      ...stored,
      editedAtMs: NOW + 1_000,
      changesWaiting: 1,
      reactions: [{ key: "👍", names: "You and Mina" }],
    };
    expect(journeyLines({ ...facts, ...later }, now).map((line) => line.text)).toEqual([
      "Written on this device",
      "Stored by the server as #1,204",
      "Edited",
      "1 change of it waits to be sent",
      "👍 You and Mina",
    ]);
    const erased = { ...stored, editedAtMs: NOW, erased: { by: "Mina", atMs: NOW } };
    expect(journeyLines({ ...facts, ...erased }, now).map((line) => line.text)).toEqual([
      "Written on this device",
      "Stored by the server as #1,204",
      "Deleted for everyone by Mina",
    ]);
  });

  test("S7: an event that does not fit the chain is said so", () => {
    const lines = journeyLines({ ...facts, ...stored, fault: "content" }, now);
    expect(lines[2]).toMatchObject({ mark: "failed", text: "Does not fit the chat's history" });
    expect(lines[2]?.note).toMatch(/fetched again with the same result/);
  });
});

describe("S8: the other members", () => {
  const member: LedgerMember = {
    accountId: newId(AccountId),
    name: "Jonas",
    delivered: false,
    read: false,
    deliveredAt: null,
    readAt: null,
    lastSeenAt: null,
    online: false,
  };

  test("read, received and not yet, in this order, with what is known of the time", () => {
    const read = { delivered: true, read: true, deliveredAt: NOW - 5_000, readAt: NOW };
    const lines = memberLines(
      [member, { ...member, name: "Elif", delivered: true }, { ...member, name: "Mina", ...read }],
      NOW,
      region,
    );
    expect(lines.map((line) => line.text)).toEqual([
      "Mina read it",
      "Elif received it",
      "Jonas: not yet",
    ]);
    expect(lines[1]).toMatchObject({ time: "time no longer kept", note: "not read yet" });
    expect(lines[2]?.pending).toBe(true);
  });

  test("who has not received it says why: since when their devices are offline", () => {
    const note = (part: Partial<LedgerMember>): string | null | undefined =>
      memberLines([{ ...member, ...part }], NOW, region)[0]?.note;
    expect(note({})).toBe("never online so far");
    expect(note({ lastSeenAt: NOW - 3_600_000 })).toBe("their devices are offline since 11:00");
    expect(note({ online: true })).toBe("online now: it is on its way");
  });
});
