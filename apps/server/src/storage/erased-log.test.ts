import { AccountId, ChatId, ClientId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import {
  accept,
  type Command,
  commandRegistry,
  defineCommand,
  type CommandSpec,
} from "./command.ts";
import { runGroup } from "./commit-group.ts";
import type { Engine } from "./engine.ts";
import { noRows } from "./engine.ts";
import type { ErasedLog } from "./erased-log.ts";
import type { ErasureRow } from "./rows.ts";

interface Erase extends Command<string> {
  readonly kind: "test.erase";
  readonly row: ErasureRow;
}
const erase: CommandSpec<Erase, string> = {
  kind: "test.erase",
  reads: () => [],
  decide: (_state, { row }) => accept("erased", [{ put: "erasure", row }]),
};

function erasure(): Erase {
  const redact = {
    clientId: newId(ClientId),
    senderId: newId(AccountId),
    senderDeviceId: newId(DeviceId),
    at: 1,
  };
  const row = { chatId: newId(ChatId), clientId: newId(ClientId), seq: 3, redact };
  return { kind: "test.erase", row };
}

/** Runs two erasures as a group over an engine that says when it commits. */
async function run(erasedLog: (steps: string[]) => ErasedLog | undefined) {
  const steps: string[] = [];
  const engine: Engine = {
    begin: async () => ({
      change: 1,
      load: async () => noRows(),
      commit: async (writes) => void steps.push(`commit ${writes.length}`),
      rollback: async () => void steps.push("rollback"),
    }),
  };
  const outcomes = await runGroup([erasure(), erasure()], {
    engine,
    registry: commandRegistry([defineCommand(erase)]),
    nowMs: () => 1,
    report: () => {},
    erasedLog: erasedLog(steps),
  });
  return { steps, results: outcomes.map(({ result }) => (result.ok ? "ok" : result.error.code)) };
}

describe("erasures", () => {
  it("S13: the log outside the database has them before they are committed", async () => {
    const { steps, results } = await run((done) => ({
      append: async (rows) => void done.push(`log ${rows.length}`),
    }));
    expect(steps).toEqual(["log 2", "commit 2"]);
    expect(results).toEqual(["ok", "ok"]);
  });

  it("S13: what cannot be logged, or has no log, is not erased", async () => {
    const refusing = await run(() => ({ append: () => Promise.reject(new Error("disk full")) }));
    expect(refusing.results).toEqual(["internal", "internal"]);
    const without = await run(() => undefined);
    expect(without.results).toEqual(["internal", "internal"]);
    for (const { steps } of [refusing, without])
      expect(new Set(steps)).toEqual(new Set(["rollback"]));
  });
});
