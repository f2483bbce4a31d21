import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import { errorText, t } from "../../i18n/i18n.ts";

/** A server as people know it: its host and port. */
export function serverName(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** How an account stands with its server, in words. */
export function connectionText(status: ConnectionStatus | null): string {
  switch (status?.state) {
    case "live":
      return t("settings.accountLive");
    case "catching-up":
      return t("connection.catchingUp");
    case "offline":
      return t("connection.offline");
    case "refused":
      return status.error === undefined ? t("connection.offline") : errorText(status.error);
    case "connecting":
    case "authenticating":
    case undefined:
      return t("connection.starting");
  }
}
