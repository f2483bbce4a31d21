import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { AccountReport, HostFrame, NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import type { OpenedContent } from "@parley/protocol/content.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";

/**
 * Whether a window can work: `silent` when it no longer answers (frozen or stuck, it may come back),
 * `gone` when it was closed or crashed.
 */
export type Liveness = "responsive" | "silent" | "gone";

export type WindowPortListener = {
  /** Whatever the window sent, unparsed. */
  frame(data: unknown): void;
  /** A window starts out responsive; after `gone` nothing follows. */
  liveness(state: Liveness): void;
};

/** The host's end of the line to one window. */
export type WindowPort = {
  post(frame: HostFrame): void;
  listen(listener: WindowPortListener): void;
};

/**
 * What the host keeps on this device: small values by key, each write whole or not at all. Nothing
 * secret goes in, and nothing that the server could not tell again, but for the list of accounts.
 */
export type HostStore = {
  /** All entries whose key starts with `prefix`. */
  list(prefix: string): Promise<[key: string, value: unknown][]>;
  put(entries: readonly (readonly [key: string, value: unknown])[]): Promise<void>;
  /** Deletes all entries whose key starts with `prefix`. */
  deleteAll(prefix: string): Promise<void>;
};

/** Whether the user lets the app notify; asked anew each time. */
export type NotificationPermission = "granted" | "denied" | "default";

/** What somebody wrote, sealed as `alg` says; its hash where that is known (S2a). */
export type Written = Pick<Event, "alg" | "payload"> & { contentHash: string | undefined };

/** S2b: the only way by which the host reads what is in a message. */
export type OpenContent = (written: Written) => Promise<OpenedContent>;

/** Shows notifications without a window's help. `show` answers whether it could. */
export type NotificationSurface = {
  show(notice: NoticeBody<"notification:show">): boolean;
  /** V61: shows it in the place of the one of the same message, silently, if that is still there. */
  replace?(notice: NoticeBody<"notification:show">): void;
  /** Withdraws those of a chat. */
  clear(accountKey: AccountKey, chatId: ChatId): void;
};

/** What only a desktop has around its session host. */
export type ShellPort = {
  state(): Promise<ShellState>;
  /** Changes settings of this device; those that are not named stay. */
  configure(change: Partial<ShellSettings>): Promise<ShellState>;
  /** X1: from now on a certificate is taken that was refused before. Only one that was really shown. */
  trust(serverUrl: string, fingerprint: string): Promise<Result<Record<string, never>>>;
  /** V51: how alerts are set on this device: once it is known, and after every change. */
  alertsChanged(settings: AlertSettings): void;
  /** What a window counted; undefined once the account is gone. */
  reported(accountKey: AccountKey, report: AccountReport | undefined): void;
};
