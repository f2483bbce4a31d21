import { createHash } from "node:crypto";
import type { Cancel, Clock } from "@parley/client/connection/ports.ts";
import type { NotificationSystem } from "@parley/protocol/bridge/shell.ts";
import { soundOf } from "./sounds.ts";
import type {
  KeptNotice,
  NoticeOutcome,
  NotifierListener,
  SystemNotice,
  SystemNotifier,
} from "./system-notifier.ts";

/** What the app uses of a notification of Electron's. */
export type ShownNotification = {
  show(): void;
  close(): void;
};

export type NotificationContent = {
  id: string;
  groupId: string;
  title: string;
  body: string;
  silent: boolean;
  hasReply: boolean;
  replyPlaceholder: string;
  sound?: string;
  icon?: string;
  urgency: "normal" | "critical";
  actions: { type: "button"; text: string }[];
};

export type NotificationEvents = {
  shown(): void;
  failed(error: string): void;
  clicked(): void;
  /** By the button's place among the actions. */
  button(index: number): void;
  replied(text: string): void;
  /** `isDismissed`: the user put it away; else it left the screen by itself. */
  closed(isDismissed: boolean): void;
};

/** Electron's notifications, as the app uses them on macOS and Windows. */
export type NotificationPort = {
  isSupported(): boolean;
  create(content: NotificationContent, events: NotificationEvents): ShownNotification;
  /** Those of an earlier run that are still listed, with their events. */
  attach(ids: readonly string[], events: (id: string) => NotificationEvents): Promise<void>;
  /** Takes a listed one of an earlier run away. */
  remove(id: string): void;
};

/** The systems say at once whether they show something, or never. */
export const ANSWER_MS = 5_000;
const MAX_SHOWN = 200;
/** Windows cuts names of notifications. */
const ID_UNITS = 32;

/** The name by which the system knows notices of a tag. */
export function notificationId(tag: string): string {
  return createHash("sha256").update(tag).digest("hex").slice(0, ID_UNITS);
}

/** A notice in Electron's words. Buttons are known there by their place. */
export function notificationContent(notice: SystemNotice): NotificationContent {
  const { picture } = notice;
  // Windows takes none by its name.
  const sound = soundOf(notice.sound, "macos");
  return {
    id: notificationId(notice.tag),
    groupId: notificationId(notice.group),
    title: notice.title.toWellFormed(),
    body: notice.body.toWellFormed(),
    silent: notice.silent,
    hasReply: notice.reply !== undefined,
    replyPlaceholder: notice.reply?.placeholder ?? "",
    ...(sound !== undefined && { sound }),
    ...(picture?.kind === "file" && { icon: picture.path }),
    urgency: notice.urgent ? "critical" : "normal",
    actions: notice.buttons.map(({ label }) => ({ type: "button", text: label })),
  };
}

type Held = { shown: ShownNotification | undefined; buttons: readonly string[] };

/** Notifications by Electron, for macOS and Windows: there it does not wait for the system. */
export class ElectronNotifier implements SystemNotifier {
  readonly #port: NotificationPort;
  readonly #clock: Clock;
  readonly #listener: NotifierListener;
  /** Held until they are gone: a click on one that was let go is lost. Oldest first. */
  readonly #held = new Map<string, Held>();

  constructor(port: NotificationPort, clock: Clock, listener: NotifierListener) {
    this.#port = port;
    this.#clock = clock;
    this.#listener = listener;
  }

  get system(): NotificationSystem {
    const state = this.#port.isSupported() ? "ready" : "absent";
    return { by: "native", state, canAct: true, canReply: true };
  }

  show(notice: SystemNotice): void {
    const { tag } = notice;
    if (!this.#port.isSupported()) {
      this.#listener.outcome(notice, { state: "unavailable" });
      return;
    }
    let isSaid = false;
    let cancel: Cancel | undefined;
    const say = (outcome: NoticeOutcome): void => {
      cancel?.();
      if (!isSaid) this.#listener.outcome(notice, outcome);
      isSaid = outcome.state !== "waiting";
    };
    try {
      const before = this.#held.get(tag);
      // First out of hand: its end is no dismissal.
      this.#held.delete(tag);
      before?.shown?.close();
      const content = notificationContent(notice);
      const buttons = notice.buttons.map(({ id }) => id);
      const shown = this.#port.create(content, {
        ...this.#events(tag, () => this.#held.get(tag)?.shown === shown),
        shown: () => say({ state: "shown", handle: content.id }),
        failed: (error) => say({ state: isDenial(error) ? "denied" : "failed", detail: error }),
      });
      this.#hold(tag, { shown, buttons });
      cancel = this.#clock.setTimer(() => say({ state: "waiting" }), ANSWER_MS);
      shown.show();
    } catch (error) {
      say({ state: "failed", detail: String(error) });
    }
  }

  close(tag: string): void {
    const held = this.#held.get(tag);
    if (!held) return;
    this.#held.delete(tag);
    if (held.shown) held.shown.close();
    else this.#port.remove(notificationId(tag));
  }

  restore(kept: readonly KeptNotice[]): void {
    const tags = new Map(kept.map(({ tag, handle }) => [handle, tag]));
    for (const { tag, buttons } of kept) this.#hold(tag, { shown: undefined, buttons });
    void this.#port.attach([...tags.keys()], (id) => {
      const tag = tags.get(id) ?? "";
      // A newer one of its name has events of its own: with those of the old one all would happen twice.
      const isOld = (): boolean => {
        const held = this.#held.get(tag);
        return held !== undefined && held.shown === undefined;
      };
      return onlyWhile(
        isOld,
        this.#events(tag, () => true),
      );
    });
  }

  stop(): void {
    this.#held.clear();
  }

  #events(tag: string, isCurrent: () => boolean): NotificationEvents {
    return {
      shown: () => undefined,
      failed: () => undefined,
      clicked: () => this.#listener.event(tag, { kind: "clicked" }),
      button: (index) => {
        const id = this.#held.get(tag)?.buttons[index];
        if (id !== undefined) this.#listener.event(tag, { kind: "button", id });
      },
      replied: (text) => this.#listener.event(tag, { kind: "replied", text }),
      closed: (isDismissed) => {
        if (!isDismissed || !isCurrent()) return;
        if (this.#held.delete(tag)) this.#listener.event(tag, { kind: "gone" });
      },
    };
  }

  #hold(tag: string, held: Held): void {
    this.#held.delete(tag);
    this.#held.set(tag, held);
    const [oldest] = this.#held;
    if (oldest && this.#held.size > MAX_SHOWN) this.#held.delete(oldest[0]);
  }
}

function onlyWhile(holds: () => boolean, events: NotificationEvents): NotificationEvents {
  return {
    shown: () => undefined,
    failed: () => undefined,
    clicked: () => holds() && events.clicked(),
    button: (index) => holds() && events.button(index),
    replied: (text) => holds() && events.replied(text),
    closed: (isDismissed) => holds() && events.closed(isDismissed),
  };
}

/** How macOS and Windows word it that the user does not let the app notify. */
function isDenial(error: string): boolean {
  return /not allowed|denied|disabled|permission/i.test(error);
}
