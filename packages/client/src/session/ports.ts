import type { HostFrame } from "@parley/protocol/bridge/contract.ts";
import type { OpenedContent } from "@parley/protocol/content.ts";
import type { Event } from "@parley/protocol/event.ts";

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

/** S2b: the only way by which the host reads what is in a message. */
export type OpenContent = (event: Event) => Promise<OpenedContent>;
