import { ChatId, newId } from "@parley/protocol/ids.ts";
import { commandsOn } from "./commands.ts";
import { textItem } from "./socket-client.ts";
import { makeAccount } from "./test-accounts.ts";
import { openTestStorage } from "./test-server.ts";

/**
 * A process to be killed: opens the database named by its argument, writes messages without end, and
 * prints the clientId of each after its acknowledgement.
 */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("The path of a database is needed.");
const storage = openTestStorage(path);
const run = commandsOn(storage);
const name = newId(ChatId);
const ana = await makeAccount(storage, `ana-${name.slice(-8)}`);
const ben = await makeAccount(storage, `ben-${name.slice(-8)}`);
const { chatId } = await run.direct(ana, ben.accountId);
console.log(chatId);
for (;;) {
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const item = textItem(chatId, "x".repeat(300));
      await run.send(ana, chatId, item);
      console.log(item.clientId);
    }),
  );
}
