import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Storage } from "../../storage/port.ts";
import { commandsOn } from "../../testing/commands.ts";
import { makeAccount, type TestAccount } from "../../testing/test-accounts.ts";
import {
  expectNoFaults,
  type Faults,
  openTestStorage,
  temporaryFolder,
} from "../../testing/test-server.ts";
import { PEOPLE, relationProgram, RelationPlay, type Group } from "./testing/relation-play.ts";

let folder: ReturnType<typeof temporaryFolder>;
let storage: Storage;
const faults: Faults = [];
const people: TestAccount[] = [];

beforeAll(async () => {
  folder = temporaryFolder();
  storage = openTestStorage(join(folder.path, "parley.db"), faults);
  for (let i = 0; i < PEOPLE; i++) people.push(await makeAccount(storage, `p${i}`));
});
afterAll(async () => {
  await storage.close();
  folder.remove();
  expectNoFaults(faults);
});

async function newPlay(history: "joined" | "all"): Promise<RelationPlay> {
  const [ana, ...others] = people.slice(0, PEOPLE - 1);
  const accountIds = others.map((one) => one.accountId);
  const chatId = await commandsOn(storage).group(ana!, accountIds, history);
  const play = new RelationPlay(storage, people, chatId, history);
  const cut = { order: "oldest", limit: 1, maxBytes: 1 } as const;
  const [first] = await storage.events(chatId, { from: 1, to: 1 }, cut);
  play.model.add(first!.event, "");
  return play;
}

const on = { back: 0, isOwn: false, isWild: false };
const redact = { kind: "redact" as const, on };
const say = { kind: "say" as const, mention: null };

/** Programs that once showed a difference. */
const PINNED: Group[][] = [
  // Away at an erasure, back and told of it, gone again: a page tells it too.
  [
    {
      steps: [
        { kind: "flush", by: 0, items: [say] },
        { kind: "leave", by: 1 },
        { kind: "flush", by: 0, items: [redact] },
      ],
      pulls: [],
    },
    { steps: [{ kind: "add", whom: 1 }], pulls: [1] },
    { steps: [{ kind: "leave", by: 1 }], pulls: [] },
  ],
];

describe("any program of messages, relations, joins and leaves", () => {
  test.each(["joined", "all"] as const)(
    "V29, V30, V31, V40: is decided by rule, and tells everyone the stream folded anew (history %s)",
    async (history) => {
      await fc.assert(
        fc.asyncProperty(relationProgram, async (groups) => {
          const play = await newPlay(history);
          const compare = (): void => {
            for (const { found, expected } of play.claims.splice(0)) {
              expect(found).toEqual(expected);
            }
          };
          for (const { steps, pulls } of groups) {
            await play.run(steps);
            compare();
            for (const index of pulls) await play.pull(index);
          }
          for (const index of people.keys()) await play.pull(index);
          await play.check();
          await play.checkStored();
          compare();
        }),
        {
          numRuns: Number(process.env["PARLEY_PROGRAMS_SERVER"] ?? 40),
          examples: PINNED.map((groups) => [groups]),
        },
      );
    },
  );
});
