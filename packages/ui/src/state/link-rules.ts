import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { type DeepLink, isOnServer } from "@parley/protocol/links.ts";

/** What the app does about a link that the user opened. It only ever shows something. */
export type LinkAnswer =
  | { kind: "target"; accountKey: AccountKey; chatId: ChatId; clientId?: ClientId }
  | { kind: "account"; accountKey: AccountKey }
  | { kind: "sign-in"; server: string; handle: string }
  | { kind: "sign-up"; server: string; invite: string }
  /** The link leads to a chat on a server where nobody is signed in here. */
  | { kind: "no-account"; server: string };

/**
 * Decides what a link opens.
 * @param activeKey the account on the screen: it goes before others of the same server
 */
export function answerLink(
  link: DeepLink,
  accounts: readonly HostedAccount[],
  activeKey: AccountKey | undefined,
): LinkAnswer {
  const { server } = link;
  const there = accounts.filter((account) => isOnServer(account.serverUrl, server));
  switch (link.kind) {
    case "invite":
      return { kind: "sign-up", server, invite: link.code };
    case "sign-in": {
      const known = there.find((account) => account.me.handle === link.handle);
      return known === undefined
        ? { kind: "sign-in", server, handle: link.handle ?? "" }
        : { kind: "account", accountKey: known.accountKey };
    }
    case "chat":
    case "message": {
      const account = there.find((each) => each.accountKey === activeKey) ?? there[0];
      if (account === undefined) return { kind: "no-account", server };
      return {
        kind: "target",
        accountKey: account.accountKey,
        chatId: link.chatId,
        ...(link.kind === "message" && { clientId: link.clientId }),
      };
    }
  }
}
