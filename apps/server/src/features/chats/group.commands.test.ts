import { AccountId, ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { foldRoster, type Roster } from "@parley/protocol/roster.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Command } from "../../storage/command.ts";
import { chainFaults } from "../../storage/testing/contract-suite.ts";
import { gapsIn, visibleRanges } from "../../storage/visible.ts";
import { MemoryEngine } from "../../testing/memory-engine.ts";
import { textItem } from "../../testing/socket-client.ts";
import { TEST_REGISTRY } from "../../testing/test-server.ts";

const people = Array.from({ length: 4 }, (_, i) => ({
  accountId: newId(AccountId),
  deviceId: newId(DeviceId),
  selfChatId: newId(ChatId),
  name: `p${i}`,
}));
const personAt = (index: number) => people[index % people.length]!;
const who = fc.nat(people.length - 1);

/** One step of a program about one group; anybody tries anything. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    by: who,
    whom: fc.array(who, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), by: who, whom: who }),
  fc.record({
    kind: fc.constant("role" as const),
    by: who,
    whom: who,
    role: fc.constantFrom("owner" as const, "admin" as const, "member" as const),
  }),
  fc.record({ kind: fc.constant("leave" as const), by: who }),
  fc.record({ kind: fc.constant("title" as const), by: who, title: fc.constantFrom("A", "B") }),
  fc.record({ kind: fc.constant("say" as const), by: who }),
  fc.record({ kind: fc.constant("read" as const), by: who, seq: fc.nat(12) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function commandOf(one: Step, chatId: ChatId): Command & Record<string, unknown> {
  const { accountId, deviceId } = personAt(one.by);
  const by = { accountId, deviceId };
  switch (one.kind) {
    case "add":
      return {
        kind: "chat.add-members",
        chatId,
        by,
        accountIds: one.whom.map((i) => personAt(i).accountId),
      };
    case "remove":
      return { kind: "chat.remove-member", chatId, by, accountId: personAt(one.whom).accountId };
    case "role":
      return {
        kind: "chat.set-role",
        chatId,
        by,
        accountId: personAt(one.whom).accountId,
        role: one.role,
      };
    case "leave":
      return { kind: "chat.leave", chatId, by };
    case "title":
      return { kind: "chat.set-title", chatId, by, title: one.title };
    case "say":
      return { kind: "message.send", chatId, by, items: [textItem(chatId, "m")] };
    case "read":
      return { kind: "receipt.put", accountId, marks: [{ chatId, readSeq: one.seq }] };
  }
}

async function playedOut(groups: Step[][], history: "all" | "joined") {
  const engine = new MemoryEngine();
  const chatId = newId(ChatId);
  await engine.run(
    TEST_REGISTRY,
    people.map(({ name, ...ids }) => ({ kind: "test.make-account", name, handle: name, ids })),
  );
  const { accountId, deviceId } = personAt(0);
  const by = { accountId, deviceId };
  const accountIds = [personAt(1).accountId];
  await engine.run(TEST_REGISTRY, [
    { kind: "chat.create-group", chatId, title: "A", accountIds, history, by } as Command,
  ]);
  for (const group of groups) {
    await engine.run(
      TEST_REGISTRY,
      group.map((one) => commandOf(one, chatId)),
    );
  }
  const chat = engine.chats.find((row) => row.chatId === chatId)!;
  const memberships = engine.memberships.filter((row) => row.chatId === chatId);
  const events = engine.events.flatMap(({ event }) => (event.chatId === chatId ? [event] : []));
  return { chat, memberships, events };
}

const program = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 10 });

describe("any program of group commands", () => {
  test("S1, S2a, S17: leaves a chain without gaps, whose fold is the members, roles and title", async () => {
    await fc.assert(
      fc.asyncProperty(
        program,
        fc.constantFrom("all" as const, "joined" as const),
        async (groups, history) => {
          const { chat, memberships, events } = await playedOut(groups, history);
          expect(chainFaults(events)).toEqual([]);
          expect(chat).toMatchObject({ headSeq: events.length, headHash: events.at(-1)?.hash });
          let roster: Roster = { membershipVersion: 0, title: null, members: [] };
          for (const event of events) roster = foldRoster(roster, event);
          const current = memberships.filter((row) => row.leftSeq === null);
          const told = (
            rows: readonly { accountId: AccountId; role: string; joinedSeq: number }[],
          ) =>
            rows
              .map(({ accountId, role, joinedSeq }) => `${accountId} ${role} ${joinedSeq}`)
              .sort();
          expect(told(current)).toEqual(told(roster.members));
          expect(chat).toMatchObject({
            title: roster.title,
            membershipVersion: roster.membershipVersion,
            memberCount: current.length,
          });
        },
      ),
      { numRuns: 150 },
    );
  });

  test("V7: a group with members has exactly one owner", async () => {
    await fc.assert(
      fc.asyncProperty(program, async (groups) => {
        const { memberships } = await playedOut(groups, "joined");
        const current = memberships.filter((row) => row.leftSeq === null);
        const owners = current.filter((row) => row.role === "owner");
        expect(owners.length).toBe(current.length > 0 ? 1 : 0);
      }),
      { numRuns: 100 },
    );
  });

  test("X3, S8: nobody wrote or read outside their own periods, which do not overlap", async () => {
    await fc.assert(
      fc.asyncProperty(program, async (groups) => {
        const { chat, memberships, events } = await playedOut(groups, "joined");
        for (const { accountId } of people) {
          const periods = memberships
            .filter((row) => row.accountId === accountId)
            .sort((a, b) => a.joinedSeq - b.joinedSeq);
          const ranges = visibleRanges(chat, periods);
          const own = events.filter((event) => event.senderId === accountId);
          expect(own.flatMap(({ seq }) => gapsIn({ from: seq, to: seq }, ranges))).toEqual([]);
          periods.forEach((period, index) => {
            const end = period.leftSeq ?? chat.headSeq;
            expect(period.readSeq).toBeGreaterThanOrEqual(period.joinedSeq);
            expect(period.readSeq).toBeLessThanOrEqual(end);
            expect(period.deliveredSeq).toBeGreaterThanOrEqual(period.readSeq);
            expect(periods[index + 1]?.joinedSeq ?? Infinity).toBeGreaterThan(end);
          });
        }
      }),
      { numRuns: 100 },
    );
  });
});
