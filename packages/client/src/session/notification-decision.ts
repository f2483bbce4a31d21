import { type Event, isMessage } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { NotificationPermission } from "./ports.ts";

/** Why a notification is shown or not. Each decision has exactly one reason. */
export type NotificationReason =
  | "new-message"
  | "system-event"
  | "not-a-message"
  | "erased"
  | "own-message"
  | "blocked"
  | "muted"
  | "sent-silently"
  | "backlog"
  | "already-read"
  | "already-notified"
  | "chat-in-view"
  | "snoozed"
  | "permission-missing";

export type NotificationInput = {
  event: Event;
  me: AccountId;
  /** It did not arrive live but by catch-up or heal. */
  backlog: boolean;
  /** My read mark in this chat, as far as the host knows. */
  readSeq: number;
  /** Up to where this chat was notified on this device before. */
  notifiedThroughSeq: number;
  /** V42: the user has muted this chat, for the time at which the event was stored. */
  muted: boolean;
  /** V33: the user has blocked whoever sent it. */
  blocked: boolean;
  /** Open in a window that has the focus. */
  chatInView: boolean;
  /** The user wants no alerts on this device for now. */
  snoozed: boolean;
  permission: NotificationPermission;
};

export type NotificationDecision = { show: boolean; reason: NotificationReason };

function no(reason: NotificationReason): NotificationDecision {
  return { show: false, reason };
}

/** Whether an arrived event alerts the user, and why. Pure; the first reason against it counts. */
export function decideNotification(input: NotificationInput): NotificationDecision {
  const { event } = input;
  if (event.system !== undefined) return no("system-event");
  if (!isMessage(event)) return no("not-a-message");
  if (event.fold?.erased !== undefined || event.payload === null) return no("erased");
  if (event.senderId === input.me) return no("own-message");
  if (input.blocked) return no("blocked");
  if (input.muted) return no("muted");
  if (!event.notify) return no("sent-silently");
  if (input.backlog) return no("backlog");
  if (event.seq <= input.readSeq) return no("already-read");
  if (event.seq <= input.notifiedThroughSeq) return no("already-notified");
  if (input.chatInView) return no("chat-in-view");
  if (input.snoozed) return no("snoozed");
  if (input.permission !== "granted") return no("permission-missing");
  return { show: true, reason: "new-message" };
}
