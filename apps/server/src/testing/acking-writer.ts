import { dirname, join } from "node:path";
import { REL, type Send } from "@parley/protocol/event.ts";
import { ChatId, type ClientId, newId } from "@parley/protocol/ids.ts";
import { ErasedLogFile } from "../backup/erased-log-file.ts";
import { commandsOn } from "./commands.ts";
import { textItem } from "./socket-client.ts";
import { makeAccount } from "./test-accounts.ts";
import { openTestStorage } from "./test-server.ts";

/**
 * A process to be killed: opens the database named by its argument, writes messages without end, reads,
 * edits, reacts to and deletes some of them, and prints the clientId of each message after its
 * acknowledgement.
 */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("The path of a database is needed.");
const erasedLog = new ErasedLogFile(join(dirname(path), "erased.log"));
const storage = openTestStorage(path, [], Date.now, { erasedLog });
const run = commandsOn(storage);
const name = newId(ChatId);
const ana = await makeAccount(storage, `ana-${name.slice(-8)}`);
const ben = await makeAccount(storage, `ben-${name.slice(-8)}`);
const { chatId } = await run.direct(ana, ben.accountId);
console.log(chatId);

const relation = (kind: string, target: ClientId, payload = ""): Send => ({
  ...textItem(chatId, ""),
  type: kind,
  notify: false,
  payload,
  rel: { kind, target, ...(kind === REL.reaction && { key: "+1" }) },
});

for (let round = 0; ; round++) {
  const items = Array.from({ length: 8 }, () => textItem(chatId, "x".repeat(300)));
  await Promise.all(
    items.map(async (item) => {
      await run.send(ana, chatId, item);
      console.log(item.clientId);
    }),
  );
  const [edited, deleted] = items.map((item) => item.clientId);
  if (edited === undefined || deleted === undefined) continue;
  await Promise.all([
    run.send(ana, chatId, relation(REL.edit, edited, "edited")),
    run.send(ben, chatId, relation(REL.reaction, edited)),
    run.send(ben, chatId, relation(REL.reaction, deleted)),
    run.send(ana, chatId, relation(REL.redact, deleted)),
    run.receipts(ben, { chatId, deliveredSeq: round * 4 + 1, readSeq: round + 1 }),
  ]);
}
