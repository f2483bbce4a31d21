import { expect, test } from "vitest";
import type { SystemContent } from "./event.ts";
import { AccountId, newId } from "./ids.ts";
import { foldRoster, type Roster } from "./roster.ts";

const [ana, jonas, mina] = [newId(AccountId), newId(AccountId), newId(AccountId)];
const empty: Roster = { membershipVersion: 0, title: null, members: [] };
const story: SystemContent[] = [
  { kind: "created", title: "Climbers", accountIds: [ana, jonas] },
  { kind: "added", accountIds: [jonas, mina] },
  { kind: "role", accountId: mina, role: "admin" },
  { kind: "owner", accountId: mina },
  { kind: "title", title: "Saturday climbers" },
  { kind: "left", accountId: ana },
];
const tell = (roster: Roster, contents: SystemContent[]): Roster =>
  contents.reduce(
    (now, system, index) => foldRoster(now, { seq: index + 1, senderId: ana, system }),
    roster,
  );

test("S17: members, roles and title follow from the stream (V1)", () => {
  const roster = tell(empty, story);
  expect(roster.title).toBe("Saturday climbers");
  expect(roster.membershipVersion).toBe(6);
  expect(
    roster.members.map(({ accountId, role, joinedSeq }) => ({ accountId, role, joinedSeq })),
  ).toEqual([
    { accountId: jonas, role: "member", joinedSeq: 1 },
    { accountId: mina, role: "owner", joinedSeq: 2 },
  ]);
});

test("S17: telling the story again changes no member", () => {
  const roster = tell(empty, story);
  expect(tell(roster, story).members).toEqual(roster.members);
});

test("S8: marks start at the joining seq; the former owner stays as admin (V7)", () => {
  const roster = tell(empty, story.slice(0, 4));
  expect(roster.members.find((member) => member.accountId === mina)).toMatchObject({
    deliveredSeq: 2,
    readSeq: 2,
  });
  expect(roster.members.find((member) => member.accountId === ana)?.role).toBe("admin");
});
