import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Send } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { commandsOn } from "../../testing/commands.ts";
import { textItem } from "../../testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../testing/test-accounts.ts";
import {
  expectNoFaults,
  type Faults,
  openTestStorage,
  temporaryFolder,
} from "../../testing/test-server.ts";
import type { Storage } from "../port.ts";

let folder: ReturnType<typeof temporaryFolder>;
let faults: Faults;
let storage: Storage;
let ana: TestAccount;
let run: ReturnType<typeof commandsOn>;

const open = (eraseLogAfterMs?: number): Storage =>
  openTestStorage(join(folder.path, "parley.db"), faults, Date.now, {
    ...(eraseLogAfterMs !== undefined && { eraseLogAfterMs }),
  });
beforeEach(async () => {
  folder = temporaryFolder();
  faults = [];
});
afterEach(async () => {
  await storage.close();
  folder.remove();
  expectNoFaults(faults);
});

async function start(eraseLogAfterMs?: number): Promise<void> {
  storage = open(eraseLogAfterMs);
  ana = await makeAccount(storage, "ana");
  run = commandsOn(storage);
}

/** How often a text stands in the file. */
function found(text: string, file: string): number {
  return readFileSync(join(folder.path, file)).toString("latin1").split(text).length - 1;
}

const related = (chatId: ChatId, kind: string, target: Send, payload: string): Send =>
  textItem(chatId, "", {
    notify: false,
    payload,
    rel: { kind, target: target.clientId, ...(kind === "reaction" && { key: "+" }) },
  });

describe("erased texts", () => {
  test("S13: stand nowhere in the database file, whatever their size and what stands around them", async () => {
    await start();
    const chatId = ana.selfChatId;
    // Payloads below and above a page of the file, in commits of any size, erased in any order.
    const size = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 300, max: 20_000 }));
    const message = fc.record({ size, editSize: fc.option(size), isErased: fc.boolean() });
    const program = fc.array(message, { minLength: 1, maxLength: 12 });
    let round = 0;
    const erased: string[] = [];
    const kept: string[] = [];
    await fc.assert(
      fc.asyncProperty(program, fc.boolean(), async (messages, isOneGroup) => {
        round += 1;
        const items = messages.flatMap(({ size: bytes, editSize, isErased }, index) => {
          const mark = (what: string): string => {
            const text = `${isErased ? "ERASED" : "KEPT"}-${round}-${index}-${what}-`;
            (isErased ? erased : kept).push(text);
            return text;
          };
          const item = textItem(chatId, "", { payload: mark("text") + "x".repeat(bytes) });
          const edit = related(chatId, "edit", item, mark("edit") + "y".repeat(editSize ?? 0));
          const reaction = related(chatId, "reaction", item, mark("reaction"));
          const edits = editSize === null ? [] : [edit];
          if (editSize === null) (isErased ? erased : kept).splice(-2, 1);
          return [item, ...edits, reaction];
        });
        const isErasedAt = (item: Send): boolean => item.payload.startsWith("ERASED");
        const redacts = items
          .filter((item) => item.rel === undefined && isErasedAt(item))
          .map((item) => related(chatId, "redact", item, "deleted"))
          .reverse();
        const flushes = isOneGroup ? [[...items, ...redacts]] : [items, redacts];
        for (const flush of flushes) {
          const outcomes = await run.send(ana, chatId, ...flush);
          expect(outcomes.filter((outcome) => "error" in outcome)).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
    await storage.close();
    expect(erased.filter((text) => found(text, "parley.db") > 0)).toEqual([]);
    expect(kept.filter((text) => found(text, "parley.db") === 0)).toEqual([]);
    storage = open();
  });

  test("S13: leave the log's file too, a while later and while the server runs", async () => {
    await start(1);
    const chatId = ana.selfChatId;
    const item = textItem(chatId, "", { payload: "SECRET of the log" });
    await run.send(ana, chatId, item);
    expect(found("SECRET", "parley.db-wal")).toBeGreaterThan(0);
    await run.send(ana, chatId, related(chatId, "redact", item, "deleted"));
    await vi.waitFor(
      () => {
        expect(found("SECRET", "parley.db-wal")).toBe(0);
        expect(found("SECRET", "parley.db")).toBe(0);
      },
      { timeout: 30_000, interval: 5 },
    );
    await run.say(ana, chatId, "and it goes on");
  });

  test("V40: the payload of a reaction that is taken back goes as well", async () => {
    await start();
    const chatId = ana.selfChatId;
    const item = textItem(chatId, "m");
    const reaction = related(chatId, "reaction", item, "SECRET reaction");
    const back = related(chatId, "redact", reaction, "back");
    await run.send(ana, chatId, item, reaction);
    await run.send(ana, chatId, { ...back, rel: { ...back.rel!, key: "+" } });
    await storage.close();
    expect(found("SECRET", "parley.db")).toBe(0);
    storage = open();
  });
});
