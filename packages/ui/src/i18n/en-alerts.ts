import type { AlertReason } from "@parley/protocol/bridge/alerts.ts";

/** V52: a sentence for every reason; one that is missing does not compile. */
const reasons = {
  "alerts.reason.new-message": "Notified: a new message.",
  "alerts.reason.backlog": "Notified: the newest message after a time away.",
  "alerts.reason.in-summary": "Notified together with other chats.",
  "alerts.reason.in-view-elsewhere": "Waited: you had the chat open on another device.",
  "alerts.reason.system-event": "Not notified: changes of a group are not announced.",
  "alerts.reason.not-a-message":
    "Not notified: an edit, a reaction or a deletion is not announced.",
  "alerts.reason.erased": "Not notified: the message was deleted.",
  "alerts.reason.own-message": "Not notified: you wrote it.",
  "alerts.reason.blocked": "Not notified: you have blocked who wrote it.",
  "alerts.reason.muted": "Not notified: the chat is muted.",
  "alerts.reason.sent-silently": "Not notified: it was sent without a notification.",
  "alerts.reason.already-read": "Not notified: you had read it.",
  "alerts.reason.read-elsewhere": "Not notified: you read it before it was time.",
  "alerts.reason.already-notified": "Not notified: you had been notified of it before.",
  "alerts.reason.chat-in-view": "Not notified: the chat was before your eyes.",
  "alerts.reason.do-not-disturb": "Not notified: “Do not disturb” was on.",
  "alerts.reason.snoozed": "Not notified: alerts were paused.",
  "alerts.reason.quiet-hours": "Not notified: it was within your quiet hours.",
  "alerts.reason.permission-missing":
    "Not notified: notifications are not allowed. See Settings, Notifications.",
} as const satisfies Record<`alerts.reason.${AlertReason}`, string>;

/** English of why an alert came or did not, of links from outside, of windows. */
export const enAlerts = {
  ...reasons,
  "command.details": "Details and notifications of this chat",
  "command.pause": "Pause notifications for 1 hour",
  "command.resume": "Resume notifications",
  "time.tomorrow": "tomorrow {time}",
  "alerts.title": "Notifications",
  "alerts.mute": "Mute",
  "alerts.muteNone": "Not muted",
  "alerts.muteUntil": "Until {when}",
  "alerts.sound": "Sound",
  "alerts.soundNone": "No sound",
  "alerts.sound.message": "New message",
  "alerts.sound.bell": "Bell",
  "alerts.sound.complete": "Chime",
  "alerts.sound.information": "Information",
  "alerts.sound.attention": "Attention",
  "alerts.preview": "Preview",
  "alerts.asUsual": "As in Settings",
  "alerts.forAllDevices": "For this chat, on all your devices.",

  "alerts.why": "Why wasn't I notified?",
  "alerts.whyHint": "The last decisions of this device, newest first.",
  "alerts.whyNone": "Nothing was decided in this chat in the last 14 days.",
  "alerts.whyFailed": "The decisions couldn't be loaded.",
  "alerts.message": "Message #{seq}",

  "alerts.paused": "Notifications paused until {when}",
  "alerts.resume": "Resume",
  "alerts.disturb": "Do not disturb is on",
  "alerts.disturbOff": "Turn off",
  "alerts.offButton": "{state}. {action}",

  "pane.popOut": "Open in a window of its own",
  "pane.popOutBlocked": "The browser has blocked the window. Allow windows of this site.",
  "pane.onTop": "Keep this window on top",
  "pane.notOnTop": "No longer keep on top",
  "shortcuts.popOut": "Open the focused chat in a window of its own",

  "acts.undoneTitle": "A notification's button did nothing",
  "acts.replyTitle": "Your reply was not sent",

  "link.unreadableTitle": "This link can't be opened",
  "link.unreadable":
    "It is damaged, or made for a newer version of Parley. Ask for a new one, or update the app.",
  "link.understood": "Understood",
  "link.noAccountTitle": "This link leads to another server",
  "link.noAccount":
    "You are not signed in to {server} here. Sign in there and open the link again.",
} as const;
