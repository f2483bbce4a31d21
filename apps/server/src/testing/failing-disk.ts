import { dirname } from "node:path";
import { endOnDiskFault } from "../cli/disk-fault.ts";
import { openWalSync } from "../storage/sqlite/wal-sync.ts";
import { commandsOn } from "./commands.ts";
import { textItem } from "./socket-client.ts";
import { makeAccount } from "./test-accounts.ts";
import { openTestStorage } from "./test-server.ts";

/**
 * A process whose disk fails: writes messages into the database named by its argument and prints the
 * clientId of each after its acknowledgement, until a sync fails.
 */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("The path of a database is needed.");
const SYNCS_BEFORE_FAULT = 20;
let syncs = 0;
const storage = openTestStorage(path, [], Date.now, {
  onDiskFault: endOnDiskFault(dirname(path)),
  openWalSync: (file) => {
    const real = openWalSync(file);
    return {
      sync: () =>
        ++syncs > SYNCS_BEFORE_FAULT ? Promise.reject(new Error("EIO: i/o error")) : real.sync(),
      close: () => real.close(),
    };
  },
});
const run = commandsOn(storage);
const ana = await makeAccount(storage, "ana");
const ben = await makeAccount(storage, "ben");
const { chatId } = await run.direct(ana, ben.accountId);
for (;;) {
  const item = textItem(chatId, "x".repeat(300));
  await run.send(ana, chatId, item);
  console.log(item.clientId);
}
