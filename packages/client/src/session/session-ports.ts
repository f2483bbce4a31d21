import type { ConnectionStatus, HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { SessionGrant } from "@parley/protocol/http/accounts.ts";
import type { AccountKey, DeviceId } from "@parley/protocol/ids.ts";
import type { ConnectionPorts } from "../connection/connection.ts";
import type { HttpPort } from "../connection/ports.ts";
import type { TokenTransport } from "../connection/token-keeper.ts";
import type { DeviceAlerts } from "./alert-settings.ts";
import type { NotificationTexts } from "./notification-words.ts";
import type {
  HostStore,
  NotificationPermission,
  NotificationSurface,
  OpenContent,
} from "./ports.ts";
import type { SessionWindow } from "./session-window.ts";

/** What the session of an account stands on: the same for all accounts of a host. */
export type SessionPorts = ConnectionPorts & {
  http: HttpPort;
  store: HostStore;
  /** Where decisions on alerts are kept (V52): many, written often, and nobody's loss. */
  decisions: HostStore;
  tokens: TokenTransport;
  notificationPermission: () => NotificationPermission;
  openContent: OpenContent;
  texts: NotificationTexts;
  /** Where notifications are shown; by windows if there is none. */
  surface?: NotificationSurface;
  /**
   * S21: told the numbers that the host counts itself while no window writes; undefined while what a
   * window reports holds (V28). Where it is given, the host says hello in summary mode.
   */
  counted?: (
    accountKey: AccountKey,
    totals: { unread: number; mentions: number } | undefined,
  ) => void;
  /** Hears how the connection of an account stands. */
  connected?: (accountKey: AccountKey, status: ConnectionStatus) => void;
};

/** What one account's session is made with. */
export type SessionOptions = {
  ports: SessionPorts;
  account: HostedAccount;
  deviceId: DeviceId;
  device: DeviceAlerts;
  /** The grant of a sign-in that just happened; without one the first token is a refreshed one. */
  grant?: SessionGrant;
  /** All windows that have said hello. */
  windows: () => readonly SessionWindow[];
  /** The account's own name or role changed on the server. */
  renamed: (account: HostedAccount) => void;
  /** The server ended the session (X2). */
  ended: (error: Failure) => void;
};

/** S19: the name under which a refresh token of an account is kept. */
export function secretNameOf(accountKey: AccountKey): string {
  return `refresh:${accountKey}`;
}
