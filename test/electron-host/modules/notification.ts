import { HostEmitter, makeEvent } from "../host-emitter.ts";
import { registry } from "../registry.ts";

export type NotificationOptions = {
  title?: string;
  body?: string;
  subtitle?: string;
  silent?: boolean;
  icon?: unknown;
  hasReply?: boolean;
  replyPlaceholder?: string;
  urgency?: string;
  timeoutType?: string;
  actions?: { type: string; text: string }[];
  closeButtonText?: string;
  sound?: string;
  toastXml?: string;
  id?: string;
  groupId?: string;
};

/** What the system would show. A test sees those on the screen and clicks them. */
export class Notification extends HostEmitter {
  title: string;
  body: string;
  subtitle: string;
  silent: boolean;
  hasReply: boolean;
  replyPlaceholder: string;
  urgency: string;
  timeoutType: string;
  actions: { type: string; text: string }[];
  closeButtonText: string;
  sound: string;

  constructor(options: NotificationOptions = {}) {
    super("Notification");
    this.title = options.title ?? "";
    this.body = options.body ?? "";
    this.subtitle = options.subtitle ?? "";
    this.silent = options.silent ?? false;
    this.hasReply = options.hasReply ?? false;
    this.replyPlaceholder = options.replyPlaceholder ?? "";
    this.urgency = options.urgency ?? "normal";
    this.timeoutType = options.timeoutType ?? "default";
    this.actions = options.actions ?? [];
    this.closeButtonText = options.closeButtonText ?? "";
    this.sound = options.sound ?? "";
  }

  static isSupported(): boolean {
    return registry.machine.notificationsSupported;
  }

  show(): void {
    if (!registry.machine.notificationsSupported) return;
    registry.notifications = registry.notifications.filter((shown) => shown !== this);
    registry.notifications.push(this);
    this.emit("show", makeEvent({}));
  }

  close(): void {
    const isShown = registry.notifications.includes(this);
    registry.notifications = registry.notifications.filter((shown) => shown !== this);
    if (isShown) this.emit("close", makeEvent({}));
  }
}
