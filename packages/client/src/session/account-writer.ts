import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { Change } from "@parley/protocol/chat.ts";
import { failure, type Result } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import type { PushBody } from "@parley/protocol/socket/pushes.ts";
import type { Cancel, Clock } from "../connection/ports.ts";
import { ChangeMerger } from "./change-merger.ts";
import type { SessionWindow } from "./session-window.ts";
import { chooseWriter } from "./writer-choice.ts";

/** A writer that has not asked for anything for so long while catching up is told again. */
const STALLED_MS = 20_000;

type Deps = {
  accountKey: AccountKey;
  clock: Clock;
  windows: () => readonly SessionWindow[];
  isVisible: (windowId: string) => boolean;
  /** Whether the connection waits for the end of a catch-up. */
  isCatchingUp: () => boolean;
  /** Whether a request of some window has no answer yet. */
  isAsking: () => boolean;
  /** Has the connection ask for a catch-up once more. */
  wantCatchUp: () => void;
};

/**
 * S20: the window that writes an account's cache: which one it is, whether its store is open, and what it
 * is told. Changes that come while it is not ready are dropped; its catch-up brings them again.
 */
export class AccountWriter {
  readonly #deps: Deps;
  readonly #changes: ChangeMerger;
  #windowId: string | undefined;
  #isReady = false;
  #stallTimer: Cancel | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { accountKey, clock } = deps;
    this.#changes = new ChangeMerger(clock, (changes, heal) => {
      this.#window()?.notify("sync:changes", { accountKey, changes, ...(heal && { heal }) });
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  is(windowId: string): boolean {
    return windowId === this.#windowId;
  }

  /** A window came, went, fell silent or answers again: who writes now? Tells those it concerns. */
  choose(): void {
    const windows = this.#deps.windows();
    const candidates = windows.map(({ windowId, order, responsive }) => ({
      windowId,
      order,
      responsive,
      visible: this.#deps.isVisible(windowId),
    }));
    const next = chooseWriter(candidates, this.#windowId);
    if (next === this.#windowId) return;
    const before = this.#windowId;
    this.#windowId = next;
    this.#isReady = false;
    this.#changes.drop();
    for (const window of windows) {
      if (window.windowId !== before && window.windowId !== next) continue;
      const assigned = window.windowId === next;
      window.notify("writer:assigned", { accountKey: this.#deps.accountKey, assigned });
    }
  }

  /** The window's store is open; false if the window is not the writer. */
  ready(windowId: string): boolean {
    if (!this.is(windowId)) return false;
    this.#isReady = true;
    return true;
  }

  /** S6: the writer shall say hello now. */
  catchUp(): void {
    this.#window()?.notify("sync:catch-up", { accountKey: this.#deps.accountKey });
  }

  /** S11: the writer flushes the journal. */
  nudge(): void {
    this.#window()?.notify("outbox:nudged", { accountKey: this.#deps.accountKey });
  }

  add(changes: readonly Change[]): void {
    if (this.#isReady) this.#changes.add(changes);
  }

  heal(body: PushBody<"sync:heal">): void {
    if (this.#isReady) this.#changes.heal(body);
  }

  /** The connection is gone: the next catch-up brings again what waits. */
  drop(): void {
    this.#changes.drop();
  }

  /** Shows a notification by the writer, or by another window that answers; false if there is none. */
  show(notice: NoticeBody<"notification:show">): boolean {
    const windows = this.#deps.windows().filter((window) => window.responsive);
    const window = windows.find((one) => this.is(one.windowId)) ?? windows[0];
    window?.notify("notification:show", notice);
    return window !== undefined;
  }

  /** Whatever became of the writer's catch-up: a silent one is told again. Begins anew with every call. */
  watchForStall(): void {
    const { clock, isCatchingUp, isAsking, wantCatchUp } = this.#deps;
    this.#stallTimer?.();
    this.#stallTimer = undefined;
    if (!isCatchingUp()) return;
    this.#stallTimer = clock.setTimer(() => {
      this.#stallTimer = undefined;
      if (isAsking()) this.watchForStall();
      else wantCatchUp();
    }, STALLED_MS);
  }

  stop(): void {
    this.#changes.drop();
    this.#stallTimer?.();
  }

  #window(): SessionWindow | undefined {
    return this.#deps.windows().find((window) => this.is(window.windowId));
  }
}

/** What a window hears that says it wrote, and is not the one. */
export function notWriter(): Result<never> {
  return failure("not_allowed", "This window is not the writer of the account.");
}
