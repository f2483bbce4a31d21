import { z } from "zod";
import { Seq } from "../event.ts";
import { ClientId } from "../ids.ts";
import { AlertPreview } from "../values.ts";
import { NotificationOutcome } from "./shell.ts";

/** What alerts are like on this device, and why one came or did not (V51, V52). */

/** The last moment that a date can name. */
const LAST_MS = 8_640_000_000_000_000;
const Minute = z.number().int().min(0).max(1_439);

/**
 * Quiet hours that begin on a weekday: minutes after midnight by the device's time zone. An end at or
 * before the beginning lies on the next day.
 */
export const QuietSpan = z.object({ fromMinute: Minute, toMinute: Minute });
export type QuietSpan = z.infer<typeof QuietSpan>;

/** Settings of alerts, kept on this device for all accounts. */
export const AlertSettings = z.object({
  doNotDisturb: z.boolean(),
  /** No alerts until then, ms since 1970; null: as usual. */
  snoozedUntilMs: z.number().int().nonnegative().max(LAST_MS).nullable(),
  quietHours: z.object({
    enabled: z.boolean(),
    /** Sunday first; null: none begin on that day. */
    days: z.array(QuietSpan.nullable()).length(7),
  }),
  preview: AlertPreview,
  /** Whether alerts make a sound. */
  sound: z.boolean(),
  /** Whether one notification sums up what came while alerts were off, once they are on again. */
  wakeDigest: z.boolean(),
});
export type AlertSettings = z.infer<typeof AlertSettings>;

export const DEFAULT_ALERTS: AlertSettings = {
  doNotDisturb: false,
  snoozedUntilMs: null,
  quietHours: { enabled: false, days: [0, 1, 2, 3, 4, 5, 6].map(() => null) },
  preview: "all",
  sound: true,
  wakeDigest: true,
};

export const AlertReason = z.enum([
  /** Shown. */
  "new-message",
  /** Shown after a time away, for the chat's newest message. */
  "backlog",
  /** Shown as part of a notification that sums several chats up. */
  "in-summary",
  /** Not yet: in view on another device of the account, which has the focus (S18). */
  "in-view-elsewhere",
  "system-event",
  "not-a-message",
  "erased",
  "own-message",
  "blocked",
  "muted",
  "sent-silently",
  "already-read",
  /** Read while an alert waited, here or on another device. */
  "read-elsewhere",
  "already-notified",
  "chat-in-view",
  "do-not-disturb",
  "snoozed",
  "quiet-hours",
  "permission-missing",
]);
export type AlertReason = z.infer<typeof AlertReason>;

/** What was decided about one message. */
export const AlertDecision = z.object({
  clientId: ClientId,
  seq: Seq,
  /** By this machine's clock, ms since 1970. */
  atMs: z.number().int(),
  act: z.enum(["show", "wait", "none"]),
  reason: AlertReason,
  /** What the system did with it, as far as it said so. */
  outcome: NotificationOutcome.optional(),
});
export type AlertDecision = z.infer<typeof AlertDecision>;
