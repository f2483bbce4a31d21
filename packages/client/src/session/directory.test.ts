import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { fakeMessage } from "../testing/fake-events.ts";
import { MemoryHostStore, MemoryLog } from "../testing/memory-ports.ts";
import { Directory } from "./directory.ts";

test("S21: what could not be written is written with what comes next, so that nothing is notified twice", async () => {
  const me = newId(AccountId);
  const accountKey = accountKeyOf(newId(ServerId), me);
  const store = new MemoryHostStore();
  const log = new MemoryLog();
  const options = { store, clock: new FakeClock(), log, accountKey, me };
  const directory = new Directory(options);
  const [first, second] = [fakeMessage({ seq: 7 }), fakeMessage({ seq: 3 })];
  const put = store.put.bind(store);
  store.put = () => Promise.reject(new Error("the disk is full"));
  await directory.notified([first]);
  expect(log.lines).toHaveLength(1);
  store.put = put;
  await directory.notified([second]);
  const later = new Directory(options);
  await later.load();
  expect(later.chat(first.chatId)?.notifiedThroughSeq).toBe(7);
  expect(later.chat(second.chatId)?.notifiedThroughSeq).toBe(3);
});
