import { parseWith } from "@parley/client/connection/parse.ts";
import type { Clock, Log } from "@parley/client/connection/ports.ts";
import type { HostStore, NotificationSurface } from "@parley/client/session/ports.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type {
  NotificationAct,
  NotificationOutcome,
  NotificationSystem,
} from "@parley/protocol/bridge/shell.ts";
import { AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { z } from "zod";
import type { Launch } from "./launch.ts";
import {
  type MessageNotice,
  NOTICE_BUTTONS,
  type NoticeTexts,
  systemNotice,
  tagOf,
  whatToDo,
} from "./message-notice.ts";
import type {
  NoticeEvent,
  NoticeOutcome,
  NotifierListener,
  SystemNotice,
  SystemNotifier,
} from "./system-notifier.ts";

const KEY = "notify:shown";
const KEPT_TARGETS = 200;
const DETAIL_UNITS = 500;
/** A test that the system says nothing about is answered all the same. */
const TEST_MS = 8_000;
const TEST_TAG = "test";

const Target = z.object({ accountKey: AccountKey, chatId: ChatId, clientId: ClientId });
type Target = z.infer<typeof Target>;
const Kept = z.array(Target.extend({ handle: z.string() }));

type Options = {
  /** Makes the platform's notifier. */
  notifier: (listener: NotifierListener) => SystemNotifier;
  store: HostStore;
  clock: Clock;
  log: Log;
  texts: NoticeTexts & { testTitle: string; testBody: string };
  open: (target: NoticeBody<"target:open">) => void;
  acted: (target: Target, what: NotificationAct) => void;
  /** V52: what the system said of the notice of a message. */
  told: (outcome: NotificationOutcome) => void;
  systemChanged: (system: NotificationSystem) => void;
  /** V52: a program that shows notifications has come, after none was there. */
  shownAgain: () => void;
};

/**
 * Notifications of messages without a window's help. S19: one a chat, of which the newest message takes
 * the place of the one before. What each would open is kept until its chat was read, on the disk too: a
 * click long after it left the screen, or after a restart, still opens its message.
 */
export class MessageNotifications implements NotificationSurface {
  readonly #options: Options;
  readonly #notifier: SystemNotifier;
  readonly #targets = new Map<string, Target & { handle?: string }>();
  /** Which message a notice is of: by the time the system has spoken, its chat may have a newer one. */
  readonly #messages = new WeakMap<SystemNotice, Target>();
  /** Who waits for the outcome of a test. */
  readonly #testing = new Set<(outcome: NotificationOutcome) => void>();
  #writing = false;
  /** Nobody was there to show something. */
  #wasAbsent = false;

  constructor(options: Options) {
    this.#options = options;
    this.#notifier = options.notifier({
      outcome: (shown, outcome) => this.#outcome(shown, outcome),
      event: (tag, event) => this.#event(tag, event),
      system: (system) => this.#systemChanged(system),
    });
  }

  get system(): NotificationSystem {
    return this.#notifier.system;
  }

  /**
   * Whether it is worth trying. A bus starts a notification server with the first message to it, so there
   * only the outcome tells.
   */
  get mayShow(): boolean {
    return this.system.by === "dbus" || this.system.state !== "absent";
  }

  /** Takes back what an earlier run left on the screen. */
  async restore(): Promise<void> {
    const [entry] = await this.#options.store.list(KEY);
    const kept = parseWith(Kept, entry?.[1]);
    if (!kept.ok) return;
    for (const target of kept.value) {
      const tag = tagOf(target);
      if (!this.#targets.has(tag)) this.#targets.set(tag, target);
    }
    const buttons = NOTICE_BUTTONS;
    this.#notifier.restore(
      kept.value.map((one) => ({ tag: tagOf(one), handle: one.handle, buttons })),
    );
  }

  /** The app was started by one of an earlier run: as if it had been clicked, or answered, just now. */
  launchedBy({ handle, reply }: Launch): void {
    const [tag] = [...this.#targets].find(([, target]) => target.handle === handle) ?? [];
    if (tag === undefined) return;
    this.#event(tag, reply === "" ? { kind: "clicked" } : { kind: "replied", text: reply });
  }

  show(notice: MessageNotice): boolean {
    if (!this.mayShow) return false;
    const { accountKey, chatId, clientId } = notice;
    const tag = tagOf(notice);
    this.#targets.delete(tag);
    this.#targets.set(tag, { accountKey, chatId, clientId });
    const [oldest] = this.#targets;
    if (oldest && this.#targets.size > KEPT_TARGETS) {
      this.#targets.delete(oldest[0]);
      // A click on it would open nothing any more.
      this.#notifier.close(oldest[0]);
    }
    const shown = systemNotice(notice, this.#options.texts);
    this.#messages.set(shown, { accountKey, chatId, clientId });
    this.#notifier.show(shown);
    return true;
  }

  /** V61: what the user put away, or what a newer message has replaced, is not brought back. */
  replace(notice: MessageNotice): void {
    const target = this.#targets.get(tagOf(notice));
    if (target?.clientId !== notice.clientId) return;
    const isThere = target.handle !== undefined;
    const again = isThere ? { ...notice, silent: true } : notice;
    const shown = systemNotice(again, this.#options.texts);
    // One that is still on its way has made no sound yet, and nothing was said of it.
    if (!isThere) this.#messages.set(shown, target);
    this.#notifier.show(shown);
  }

  clear(accountKey: AccountKey, chatId: ChatId): void {
    const tag = tagOf({ accountKey, chatId });
    if (!this.#targets.delete(tag)) return;
    this.#notifier.close(tag);
    void this.#keep();
  }

  /** Shows a notification to try it out; resolves to what the system did with it. */
  test(): Promise<NotificationOutcome> {
    const { texts, clock } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.setTimer(() => tested(this.#said({ state: "waiting" })), TEST_MS);
      const tested = (outcome: NotificationOutcome): void => {
        cancel();
        this.#testing.delete(tested);
        resolve(outcome);
      };
      this.#testing.add(tested);
      this.#notifier.show({
        tag: TEST_TAG,
        group: TEST_TAG,
        title: texts.testTitle,
        body: texts.testBody,
        openLabel: texts.open,
        buttons: [],
        silent: false,
        urgent: false,
      });
    });
  }

  stop(): void {
    this.#notifier.stop();
  }

  #systemChanged(system: NotificationSystem): void {
    this.#options.systemChanged(system);
    if (system.state === "absent") this.#wasAbsent = true;
    if (system.state !== "ready" || !this.#wasAbsent) return;
    this.#wasAbsent = false;
    this.#options.shownAgain();
  }

  #said({ state, detail }: NoticeOutcome, of?: Target): NotificationOutcome {
    return {
      state,
      atMs: this.#options.clock.nowMs(),
      ...(detail !== undefined && { detail: detail.slice(0, DETAIL_UNITS).toWellFormed() }),
      ...(of && { of }),
    };
  }

  #outcome(notice: SystemNotice, outcome: NoticeOutcome): void {
    const { tag } = notice;
    if (tag === TEST_TAG) {
      for (const tested of this.#testing) tested(this.#said(outcome));
      return;
    }
    const message = this.#messages.get(notice);
    if (message) this.#options.told(this.#said(outcome, message));
    const target = this.#targets.get(tag);
    if (!target || outcome.handle === undefined || outcome.handle === target.handle) return;
    this.#targets.set(tag, { ...targetOf(target), handle: outcome.handle });
    void this.#keep();
  }

  #event(tag: string, event: NoticeEvent): void {
    const target = this.#targets.get(tag);
    if (!target) return;
    const of = targetOf(target);
    const what = whatToDo(event);
    if (what === "open") this.#options.open(of);
    else if (what) this.#options.acted(of, what);
    // Without a handle a newer one is on its way: it is not that which is gone.
    if (event.kind !== "gone" || target.handle === undefined) return;
    this.#targets.delete(tag);
    void this.#keep();
  }

  /** Writes once for all that changes meanwhile. */
  async #keep(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    await Promise.resolve();
    this.#writing = false;
    const kept = [...this.#targets.values()].filter(({ handle }) => handle !== undefined);
    try {
      await this.#options.store.put([[KEY, kept]]);
    } catch (error) {
      this.#options.log.warn("What is on the screen could not be kept.", { error: String(error) });
    }
  }
}

function targetOf({ accountKey, chatId, clientId }: Target): Target {
  return { accountKey, chatId, clientId };
}
