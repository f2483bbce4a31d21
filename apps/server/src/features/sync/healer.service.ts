import { setImmediate as yieldToOthers } from "node:timers/promises";
import { hasGone } from "../../fanout/has-gone.ts";
import { type Fanout, type FanoutConnection, Push } from "../../fanout/port.ts";
import type { Storage } from "../../storage/port.ts";
import type { SyncService } from "./sync.service.ts";

export type HealerDeps = {
  storage: Storage;
  fanout: Fanout;
  sync: SyncService;
  intervalMs: number;
  nowMs: () => number;
};

type Healed = { connection: FanoutConnection; since: number; dueAtMs: number };

/**
 * S6: says again, in intervals, everything since the last watermark, which heals any lost frame. A
 * connection whose account nothing concerned meanwhile costs no query.
 */
export class HealerService {
  readonly #deps: HealerDeps;
  readonly #healed = new Map<string, Healed>();
  #isSweeping = false;

  constructor(deps: HealerDeps) {
    this.#deps = deps;
  }

  /** The connection said hello and knows everything up to this watermark, or is about to. */
  track(connection: FanoutConnection, watermark: number): void {
    // It may have gone while its hello was answered, and nobody would forget it any more.
    if (hasGone(this.#deps.fanout, connection)) return;
    const dueAtMs = this.#deps.nowMs() + this.#deps.intervalMs;
    this.#healed.set(connection.id, { connection, since: watermark, dueAtMs });
  }

  forget(connection: FanoutConnection): void {
    this.#healed.delete(connection.id);
  }

  /** Heals whom it is time for. Call it often; calls while one runs are passed over. */
  async sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      const now = this.#deps.nowMs();
      for (const healed of this.#healed.values()) {
        // Clocks are put back: what is due later than the interval allows is due now.
        if (healed.dueAtMs > now && healed.dueAtMs <= now + this.#deps.intervalMs) continue;
        healed.dueAtMs = now + this.#deps.intervalMs;
        const touched = this.#deps.fanout.touchedChange(healed.connection.accountId);
        if (touched <= healed.since) continue;
        await this.#heal(healed);
        // Many may be due at once, as after a restart: messages must not wait for all of them.
        await yieldToOthers();
      }
    } finally {
      this.#isSweeping = false;
    }
  }

  async #heal(healed: Healed): Promise<void> {
    const { storage, sync } = this.#deps;
    const { connection, since } = healed;
    const { dataEpoch } = storage.identity;
    const watermark = await storage.watermark();
    let after: Parameters<SyncService["page"]>[2];
    for (;;) {
      const { changes, next } = await sync.page(connection.accountId, since, after);
      if (this.#healed.get(connection.id) !== healed) return;
      const isLast = next === null;
      // A page that is not the last one advances nothing.
      const reached = isLast ? watermark : since;
      connection.send(new Push("sync:heal", { dataEpoch, since, watermark: reached, changes }));
      if (isLast) break;
      after = next;
    }
    healed.since = watermark;
  }
}
