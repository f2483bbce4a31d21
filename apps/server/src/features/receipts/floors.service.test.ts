import { join } from "node:path";
import { failure, type Result } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { expect, test } from "vitest";
import { chatStateOf } from "../../storage/chat-state.ts";
import type { Storage } from "../../storage/port.ts";
import type { Publication } from "../../storage/publication.ts";
import { commandsOn } from "../../testing/commands.ts";
import { makeAccount } from "../../testing/test-accounts.ts";
import { openTestStorage, temporaryFolder } from "../../testing/test-server.ts";
import { FloorsService } from "./floors.service.ts";

test("V43: what one server had no time to tell, the next one tells at its start", async () => {
  const folder = temporaryFolder();
  const storage = openTestStorage(join(folder.path, "parley.db"));
  const run = commandsOn(storage);
  const ana = await makeAccount(storage, "ana");
  const others = [];
  for (let i = 0; i < LIMITS.receiptDetailMembers; i++) {
    others.push(await makeAccount(storage, `person${i}`));
  }
  const group = await run.group(
    ana,
    others.map((other) => other.accountId),
  );
  await run.say(ana, group, "1");
  for (const member of [ana, ...others]) {
    await run.receipts(member, { chatId: group, deliveredSeq: 2 });
  }
  const shown = async () => {
    const [view] = await storage.chatViews(ana.accountId, [group]);
    return view && chatStateOf(view).othersMin?.deliveredSeq;
  };
  expect(await shown()).toBe(1);

  const told: Publication[] = [];
  const isTold = new Promise<void>((resolve) => {
    storage.onCommitted(({ publications }) => {
      told.push(...publications);
      if (publications.some((one) => one.kind === "floors")) resolve();
    });
  });
  const faults: unknown[] = [];
  const floors = new FloorsService(storage, (error) => faults.push(error));
  await floors.catchUp();
  await isTold;
  expect(await shown()).toBe(2);
  expect(told.filter((one) => one.kind === "floors")).toHaveLength(1);
  floors.stop();
  await storage.close();
  folder.remove();
  expect(faults).toEqual([]);
});

test("V43: what could not be told because a commit failed is told a little later, with no further move", async () => {
  const folder = temporaryFolder();
  const storage = openTestStorage(join(folder.path, "parley.db"));
  const refusals: Result<never>[] = [
    failure("internal", "The disk is full."),
    failure("busy", "The queue is full."),
  ];
  const tried: string[] = [];
  const isTold = Promise.withResolvers<void>();
  const failing: Storage = {
    ...storage,
    largeGroups: async () => [{ chatId, memberCount: 33 }],
    async transact(commands, onSettled) {
      const refusal = refusals.shift();
      tried.push(refusal?.ok === false ? refusal.error.code : "told");
      if (refusal) return commands.map(() => refusal);
      isTold.resolve();
      return storage.transact(commands, onSettled);
    },
  };
  const chatId = newId(ChatId);
  const floors = new FloorsService(failing, () => {});
  await floors.catchUp();
  await isTold.promise;
  expect(tried).toEqual(["internal", "busy", "told"]);
  floors.stop();
  await storage.close();
  folder.remove();
});
