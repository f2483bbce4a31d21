import type { AlertReason } from "@parley/protocol/bridge/alerts.ts";
import { type Event, isMessage } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { NotificationPermission } from "./ports.ts";

export type NotificationInput = {
  event: Event;
  me: AccountId;
  /** It did not arrive live: after a time away, one message stands for its chat (V52). */
  backlog: boolean;
  /** An alert for it has waited for another device already (S18). */
  waited: boolean;
  /** My read mark in this chat, as far as the host knows. */
  readSeq: number;
  /** Up to where this device has decided in this chat before (S21). */
  notifiedThroughSeq: number;
  /** The message of this chat whose notification is on the screen; 0: none is. */
  shownSeq: number;
  /** V42: the user has muted this chat, for the time at which the event was stored. */
  muted: boolean;
  /** V33: the user has blocked whoever sent it. */
  blocked: boolean;
  /** Open in a window that has the focus. */
  chatInView: boolean;
  /** S18: in view on another device of the account, which has the focus. */
  inViewElsewhere: boolean;
  /** V51: why alerts are off on this device at all, if they are. */
  off: "do-not-disturb" | "snoozed" | "quiet-hours" | undefined;
  permission: NotificationPermission;
};

/** `wait`: decide again after LIMITS.attentionWaitMs. `isHeld`: it belongs to the wake digest. */
export type NotificationDecision =
  | { act: "show"; reason: AlertReason }
  | { act: "wait"; reason: AlertReason }
  | { act: "none"; reason: AlertReason; isHeld: boolean };

function no(reason: AlertReason, isHeld = false): NotificationDecision {
  return { act: "none", reason, isHeld };
}

/** V51: whether an event alerts the user, and why. Pure; the first reason against it counts. */
export function decideNotification(input: NotificationInput): NotificationDecision {
  const { event, waited, backlog } = input;
  if (event.system !== undefined) return no("system-event");
  if (!isMessage(event)) return no("not-a-message");
  // S12: what an edit replaced has no payload of its own either.
  const { edit, erased } = event.fold ?? {};
  if (erased !== undefined || (event.payload === null && !edit)) return no("erased");
  if (event.senderId === input.me) return no("own-message");
  if (input.blocked) return no("blocked");
  if (input.muted) return no("muted");
  if (!event.notify) return no("sent-silently");
  if (event.seq <= input.readSeq) return no(waited ? "read-elsewhere" : "already-read");
  // After its wait a message never takes the place of a newer one.
  const told = waited ? input.shownSeq : input.notifiedThroughSeq;
  if (event.seq <= told) return no("already-notified");
  if (input.chatInView) return no("chat-in-view");
  if (input.off !== undefined) return no(input.off, true);
  if (input.permission !== "granted") return no("permission-missing");
  if (input.inViewElsewhere && !waited) return { act: "wait", reason: "in-view-elsewhere" };
  return { act: "show", reason: backlog ? "backlog" : "new-message" };
}
