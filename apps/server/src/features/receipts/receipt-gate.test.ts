import { AccountId, newId } from "@parley/protocol/ids.ts";
import { success } from "@parley/protocol/errors.ts";
import { expect, test, vi } from "vitest";
import type { Storage } from "../../storage/port.ts";
import { ReceiptGate } from "./receipt-gate.ts";
import type { PutReceipts } from "./receipts.commands.ts";

const batchOf = (accountId: AccountId): PutReceipts => ({
  kind: "receipt.put",
  marks: [],
  accountId,
});

/** Storage that answers at once and keeps what came together. */
function recording() {
  const calls: number[] = [];
  const transact: Storage["transact"] = async (commands, onSettled) => {
    calls.push(commands.length);
    const results = commands.map(() => success([] as never));
    onSettled?.(results);
    return results;
  };
  return { calls, storage: { transact } };
}

test("V43: a batch on a quiet server is committed at once, those that follow share a commit", async () => {
  vi.useFakeTimers();
  try {
    const { calls, storage } = recording();
    const gate = new ReceiptGate(storage, () => Date.now());
    const answers = [gate.put(batchOf(newId(AccountId)))];
    expect(calls).toEqual([1]);
    for (let i = 0; i < 20; i++) answers.push(gate.put(batchOf(newId(AccountId))));
    expect(calls).toEqual([1]);
    await vi.advanceTimersByTimeAsync(50);
    expect(calls).toEqual([1, 20]);
    await vi.advanceTimersByTimeAsync(1_000);
    answers.push(gate.put(batchOf(newId(AccountId))));
    expect(calls).toEqual([1, 20, 1]);
    expect((await Promise.all(answers)).every((answer) => answer.ok)).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test("V43: a crowd does not wait for the time to pass", async () => {
  vi.useFakeTimers();
  try {
    const { calls, storage } = recording();
    const gate = new ReceiptGate(storage, () => Date.now());
    for (let i = 0; i < 600; i++) void gate.put(batchOf(newId(AccountId)));
    expect(calls).toEqual([1, 256, 256]);
    await vi.advanceTimersByTimeAsync(50);
    expect(calls).toEqual([1, 256, 256, 87]);
  } finally {
    vi.useRealTimers();
  }
});
