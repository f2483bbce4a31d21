import { REL } from "@parley/protocol/event.ts";
import { foldTargetOf } from "@parley/protocol/fold.ts";
import type { Command, CommandRegistry, Write } from "../storage/command.ts";
import { type Outcome, runGroup } from "../storage/commit-group.ts";
import { type Engine, type LoadedRows, noRows } from "../storage/engine.ts";
import type { Key } from "../storage/keys.ts";
import type { ChatRow, EventRow, MembershipRow } from "../storage/rows.ts";
import { rowName } from "../storage/working-set.ts";

/** Decisions without a database: rows in memory, one group after the other. */
export class MemoryEngine implements Engine {
  readonly writes = new Map<string, Write>();
  #change = 0;

  async begin() {
    return {
      change: this.#change + 1,
      load: async (keys: readonly Key[]) => this.#load(keys),
      commit: async (writes: readonly Write[]) => {
        this.#change += 1;
        for (const write of writes) this.#store(write);
      },
      rollback: async () => {},
    };
  }

  get chats(): ChatRow[] {
    return [...this.writes.values()].flatMap((one) => (one.put === "chat" ? [one.row] : []));
  }
  get memberships(): MembershipRow[] {
    return [...this.writes.values()].flatMap((one) => (one.put === "membership" ? [one.row] : []));
  }
  get events(): EventRow[] {
    return [...this.writes.values()]
      .flatMap((one) => (one.put === "event" ? [one.row] : []))
      .sort((a, b) => a.event.seq - b.event.seq);
  }

  /** Runs commands as one group at this time. */
  run(registry: CommandRegistry, commands: readonly Command[], nowMs = 1): Promise<Outcome[]> {
    const report = ({ error }: { error: unknown }): never => {
      throw error;
    };
    const erasedLog = { append: async () => {} };
    return runGroup(commands, { engine: this, registry, nowMs: () => nowMs, report, erasedLog });
  }

  #store(write: Write): void {
    const kept: Write = write.put === "fold" ? { put: "event", row: write.row } : write;
    this.writes.set(nameOf(kept), kept);
    if (write.put !== "erasure") return;
    for (const row of this.events) {
      const { event } = row;
      const isRelated = event.chatId === write.row.chatId && foldTargetOf(event) === write.row.seq;
      if (!isRelated || event.rel?.kind === REL.redact) continue;
      this.#store({ put: "event", row: { ...row, event: { ...event, payload: null } } });
    }
  }

  /** More than was asked for does no harm: the working set keeps rows by their own names. */
  #load(keys: readonly Key[]): LoadedRows {
    const rows = noRows();
    if (keys.some((key) => key.table === "any-account")) rows.hasAccounts = false;
    for (const key of keys) {
      if (key.table !== "value-count") continue;
      const own = [...this.writes.values()].filter(
        (write) => write.put === "value" && write.row.accountId === key.accountId,
      );
      rows.valueCounts.push({ accountId: key.accountId, count: own.length });
    }
    for (const write of this.writes.values()) {
      if (write.put === "account") rows.accounts.push(write.row);
      if (write.put === "device") rows.devices.push(write.row);
      if (write.put === "invite") rows.invites.push(write.row);
      if (write.put === "chat") rows.chats.push(write.row);
      if (write.put === "membership") rows.memberships.push(write.row);
      if (write.put === "event") rows.events.push(write.row);
      if (write.put === "value") rows.values.push(write.row);
    }
    return rows;
  }
}

/** What replaces an earlier row has its name; what is only ever added is kept as it is. */
function nameOf(write: Write): string {
  return rowName(write) ?? JSON.stringify(write);
}
