import { z } from "zod";
import { Changes } from "../chat.ts";
import { SeqMark } from "../event.ts";
import { WireError } from "../errors.ts";
import { DevicePatch, ListedDevice, Me, ServerInfo, SessionList } from "../http/accounts.ts";
import { AccountId, AccountKey, ChatId, ClientId, DataEpoch, DeviceId, ServerId } from "../ids.ts";
import { Presence } from "../person.ts";
import { DeepLink } from "../links.ts";
import { type RequestName } from "../socket/requests.ts";
import { AlertDecision, AlertSettings } from "./alerts.ts";
import {
  CrashReport,
  NotificationAct,
  NotificationOutcome,
  ShellSettings,
  ShellState,
  WindowState,
} from "./shell.ts";

/**
 * The bridge between a window and the session host (desktop main process or SharedWorker).
 * One contract for both shells; every message is parsed on arrival, on both sides.
 * S19: whatever concerns an account carries its accountKey.
 */

/** An account that the host knows. */
export const HostedAccount = z.object({
  accountKey: AccountKey,
  serverId: ServerId,
  serverUrl: z.string(),
  me: Me,
  deviceName: z.string(),
});
export type HostedAccount = z.infer<typeof HostedAccount>;

/** V57: an account that its server signed out on this device, until its user goes on from there. */
export const EndedAccount = HostedAccount.pick({
  accountKey: true,
  serverUrl: true,
  me: true,
}).extend({
  code: WireError.shape.code,
  /** Name of the device from which it was signed out, where one was. */
  endedBy: WireError.shape.endedBy,
  /** When this device heard of it, ms since 1970 by its own clock. */
  atMs: z.number().int(),
});
export type EndedAccount = z.infer<typeof EndedAccount>;

/** What the connection shows of itself. */
export const ConnectionStatus = z.object({
  state: z.enum(["offline", "connecting", "authenticating", "catching-up", "live", "refused"]),
  /** Why the last try failed, or why the server refuses. */
  error: WireError.optional(),
  /** When the next try is due, ms since 1970 by this machine's clock. */
  retryAtMs: z.number().int().optional(),
  /** How far the server's clock is ahead of this machine's, as of its last welcome. */
  serverAheadMs: z.number().int().optional(),
});
export type ConnectionStatus = z.infer<typeof ConnectionStatus>;

/** Requests that a window may pass through to the server; the others belong to the host. */
export const RELAYED = [
  "sync:hello",
  "sync:pull",
  "sync:erased",
  "chat:send",
  "chat:history",
  "chat:create-direct",
  "chat:create-group",
  "chat:set-title",
  "chat:add-members",
  "chat:remove-member",
  "chat:set-role",
  "chat:leave",
  "chat:members",
  "chat:ledger",
  "values:put",
  "presence:count",
  "people:search",
] as const satisfies readonly RequestName[];
export type RelayedName = (typeof RELAYED)[number];

/** What a window counts in an account's cache and journal. */
export const AccountReport = z.object({
  /** S9: unread messages and mentions of all chats: tray, badge and title show these. */
  unread: z.number().int().nonnegative(),
  mentions: z.number().int().nonnegative(),
  /** S11: messages that have not reached the server. */
  waiting: z.number().int().nonnegative(),
  /** The newest chats, for the tray's menu. */
  recent: z
    .array(z.object({ chatId: ChatId, title: z.string().max(200), unread: z.number().int() }))
    .max(5)
    .optional(),
});
export type AccountReport = z.infer<typeof AccountReport>;

/** The SHA-256 of a certificate, as tools print it: 32 bytes in hex, `AB:CD:...`. */
export const Fingerprint = z.string().regex(/^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/);

const ofAccount = z.object({ accountKey: AccountKey });
const Empty = z.object({});
const Credentials = z.object({
  serverUrl: z.string().max(2048),
  handle: z.string().max(256),
  password: z.string().max(1024),
});

/** Calls of a window to the host: body and answer. */
export const CALLS = {
  /** First call of every window. A different build or version of the contract reloads windows (S20). */
  "host:hello": {
    body: z.object({ bridgeVersion: z.number().int(), build: z.string(), windowId: z.uuid() }),
    data: z.object({ build: z.string(), accounts: z.array(HostedAccount) }),
  },
  "server:probe": { body: z.object({ serverUrl: z.string().max(2048) }), data: ServerInfo },
  /** X1: the user has compared the fingerprint that `certificate_untrusted` or `certificate_changed` named. */
  "server:trust": {
    body: z.object({ serverUrl: z.string().max(2048), fingerprint: Fingerprint }),
    data: Empty,
  },
  "account:sign-in": { body: Credentials, data: HostedAccount },
  "account:sign-up": {
    body: Credentials.extend({ name: z.string().max(256), invite: z.string().max(64).optional() }),
    data: HostedAccount,
  },
  "account:sign-out": { body: ofAccount.extend({ everywhere: z.boolean() }), data: Empty },
  "account:rename": { body: ofAccount.extend({ name: z.string().max(256) }), data: HostedAccount },
  /** V57: the devices on which the account is signed in; fails where the server does not answer. */
  "devices:list": { body: ofAccount, data: SessionList },
  /** Signs out another device; for this one there is `account:sign-out`. */
  "devices:sign-out": { body: ofAccount.extend({ deviceId: DeviceId }), data: Empty },
  "devices:rename": {
    body: ofAccount.extend({ deviceId: DeviceId, ...DevicePatch.shape }),
    data: Empty,
  },
  /** V57: the user has read that this account was signed out here. */
  "ended:dismiss": { body: ofAccount, data: Empty },
  "account:report": { body: ofAccount.extend(AccountReport.shape), data: Empty },
  /** Passes one request to the server; the body is checked by the request's own schema. */
  "server:request": {
    body: ofAccount.extend({ name: z.enum(RELAYED), body: z.unknown() }),
    data: z.unknown(),
  },
  /** S8: marks to merge into the next receipt batch; the host keeps the pace. */
  "receipt:mark": {
    body: ofAccount.extend({
      marks: z.array(
        z.object({ chatId: ChatId, deliveredSeq: SeqMark.optional(), readSeq: SeqMark.optional() }),
      ),
    }),
    data: Empty,
  },
  "typing:set": { body: ofAccount.extend({ chatId: ChatId, typing: z.boolean() }), data: Empty },
  /** What this window shows: decides on notifications, open chats, watched presence (S10, S18). */
  "view:set": {
    body: ofAccount.extend({
      focused: z.boolean(),
      visible: z.boolean(),
      openChatIds: z.array(ChatId),
      watchAccountIds: z.array(AccountId),
    }),
    data: Empty,
  },
  /** S20: the writer says that its store is claimed and ready; only then catch-up starts. */
  "writer:ready": { body: ofAccount.extend({ writerEpoch: z.uuid() }), data: Empty },
  /** S6: the writer has applied all pages of a hello. */
  "writer:caught-up": { body: ofAccount.extend({ watermark: SeqMark }), data: Empty },
  /** A window wrote the journal: the writer should flush (S11). */
  "outbox:nudge": { body: ofAccount, data: Empty },
  /** The user asks to try again now. */
  "connection:retry": { body: ofAccount, data: Empty },
  /** V51: how alerts are set on this device. */
  "alerts:state": { body: Empty, data: AlertSettings },
  /** Settings that are not named stay; all windows hear of it. */
  "alerts:configure": { body: AlertSettings.partial(), data: AlertSettings },
  /** V52: the last decisions about messages of a chat, newest last. */
  "alerts:decisions": {
    body: ofAccount.extend({ chatId: ChatId }),
    data: z.object({ decisions: z.array(AlertDecision) }),
  },
  /** In a browser: what became of a notification that this window was told to show. */
  "notification:told": { body: NotificationOutcome, data: Empty },
  /** Desktop only; in a browser there is no shell to ask (`not_allowed`). */
  "shell:state": { body: Empty, data: ShellState },
  "shell:configure": { body: ShellSettings.partial(), data: ShellState },
  /**
   * Shows a notification to try it out; answers once the system has said what it did with it. In a browser
   * the window itself answers.
   */
  "shell:notification-test": { body: Empty, data: NotificationOutcome },
  /** Opens the folder of logs and crash reports in the system's file manager. */
  "shell:open-logs": { body: Empty, data: Empty },
  "shell:crash-reports": { body: Empty, data: z.object({ reports: z.array(CrashReport) }) },
  /** The text of a report, for the user to read and send. */
  "shell:crash-report": {
    body: CrashReport.pick({ id: true }),
    data: z.object({ text: z.string() }),
  },
  /** Opens the user's mail program with the report in a new message; whom to, and whether, the user says there. */
  "shell:crash-report-mail": { body: CrashReport.pick({ id: true }), data: Empty },
  "shell:crash-report-delete": { body: CrashReport.pick({ id: true }), data: Empty },
  /** Opens a window: one for a chat, popped out, or one more (null). */
  "window:open": {
    body: z.object({ chat: ofAccount.extend({ chatId: ChatId }).nullable() }),
    data: Empty,
  },
  /** The window of the page that asks. */
  "window:state": { body: Empty, data: WindowState },
  "window:configure": {
    body: z.object({
      alwaysOnTop: z.boolean().optional(),
      zoomPercent: z.number().int().min(25).max(500).optional(),
    }),
    data: WindowState,
  },
} as const satisfies Record<string, { body: z.ZodType; data: z.ZodType }>;

export type CallName = keyof typeof CALLS;
export type CallInput<Name extends CallName> = z.input<(typeof CALLS)[Name]["body"]>;
export type CallBody<Name extends CallName> = z.output<(typeof CALLS)[Name]["body"]>;
export type CallData<Name extends CallName> = z.output<(typeof CALLS)[Name]["data"]>;

/** What the host tells windows. */
export const NOTICES = {
  "accounts:changed": z.object({ accounts: z.array(HostedAccount) }),
  /** V57: accounts that were signed out on this device by their server; all of them, each time. */
  "accounts:ended": z.object({ ended: z.array(EndedAccount) }),
  /** V57: the account's devices, all of them, as its server just told. */
  "devices:changed": ofAccount.extend({ devices: z.array(ListedDevice) }),
  "connection:changed": ofAccount.extend({ status: ConnectionStatus }),
  /** To the writer: live changes and heals, merged over a few milliseconds. */
  "sync:changes": ofAccount.extend({
    changes: Changes,
    /** Set on a heal: applied like a hello, `since` moves when it matches (S6). */
    heal: z.object({ dataEpoch: DataEpoch, since: SeqMark, watermark: SeqMark }).optional(),
  }),
  /** S20: this window is (or is no longer) the account's cache writer and outbox flusher. */
  "writer:assigned": ofAccount.extend({ assigned: z.boolean() }),
  /** S6: the connection is up: the writer says hello now. */
  "sync:catch-up": ofAccount,
  "outbox:nudged": ofAccount,
  "typing:changed": ofAccount.extend({ chatId: ChatId, accountId: AccountId, typing: z.boolean() }),
  "presence:changed": ofAccount.extend({ presences: z.array(Presence) }),
  /** Show a notification for this message (decided by the host). */
  "notification:show": ofAccount.extend({
    chatId: ChatId,
    clientId: ClientId,
    title: z.string(),
    body: z.string(),
    /** Without a sound. */
    silent: z.boolean().optional(),
    /** A sound of the system by its name; its usual one if absent. */
    sound: z.string().max(64).optional(),
    /** A mention: shown even where the system keeps back what is usual. */
    urgent: z.boolean().optional(),
    /** Whether it may be answered in place; absent: yes. */
    canReply: z.boolean().optional(),
  }),
  /** The notifications of a chat are no longer news. */
  "notification:clear": ofAccount.extend({ chatId: ChatId }),
  /** The user clicked a notification or a link: show this message. */
  "target:open": ofAccount.extend({ chatId: ChatId, clientId: ClientId.optional() }),
  /** Desktop: the user did this to the notification of a message; the writer carries it out. */
  "notification:acted": ofAccount.extend({
    chatId: ChatId,
    clientId: ClientId,
    what: NotificationAct,
  }),
  /**
   * Desktop: the user opened a link of ours; null: one that is none. Links to a chat of the only account
   * on their server come as targets.
   */
  "link:open": z.object({ link: DeepLink.nullable() }),
  /** Desktop: settings changed, in another window or in the tray. */
  "shell:changed": z.object({ state: ShellState }),
  /** V51: alerts were set, in some window. */
  "alerts:changed": z.object({ settings: AlertSettings }),
  /** Desktop: whether this window is on the screen and has the focus, which a page cannot know there. */
  "window:changed": z.object({ focused: z.boolean(), visible: z.boolean() }),
  /** S20: the host is of another build; reload. */
  "host:outdated": Empty,
} as const satisfies Record<string, z.ZodType>;

export type NoticeName = keyof typeof NOTICES;
export type NoticeBody<Name extends NoticeName> = z.output<(typeof NOTICES)[Name]>;

/** One frame on the port between window and host. */
export const WindowFrame = z.object({
  kind: z.literal("call"),
  id: z.number().int().nonnegative(),
  name: z.string(),
  body: z.unknown(),
});
export type WindowFrame = z.infer<typeof WindowFrame>;

export const HostFrame = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answer"), id: z.number().int().nonnegative(), data: z.unknown() }),
  z.object({ kind: z.literal("failure"), id: z.number().int().nonnegative(), error: WireError }),
  z.object({ kind: z.literal("notice"), name: z.string(), body: z.unknown() }),
]);
export type HostFrame = z.infer<typeof HostFrame>;
