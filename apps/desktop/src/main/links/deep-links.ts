import type { HostedAccount, NoticeBody } from "@parley/protocol/bridge/contract.ts";
import { type DeepLink, LINK_SCHEME, parseLink } from "@parley/protocol/links.ts";

/** What follows from a link: a chat opens, or a page asks the user. */
export type LinkDecision =
  | { act: "target"; target: NoticeBody<"target:open"> }
  | { act: "ask"; link: DeepLink };

/** The first link among the arguments of a start; undefined if there is none that is understood. */
export function linkAmong(argv: readonly string[]): DeepLink | undefined {
  for (const argument of argv) {
    const link = argument.startsWith(`${LINK_SCHEME}:`) ? parseLink(argument) : undefined;
    if (link) return link;
  }
  return undefined;
}

/**
 * Where a link leads. A chat opens only in an account of that very server; with several the first one,
 * as the page can tell them apart no better. Nothing is joined, sent or signed in by a link alone.
 */
export function decideLink(link: DeepLink, accounts: readonly HostedAccount[]): LinkDecision {
  const account = accounts.find(({ serverUrl }) => serverUrl === link.server);
  if (!account || (link.kind !== "chat" && link.kind !== "message")) return { act: "ask", link };
  const { accountKey } = account;
  const { chatId } = link;
  const target = {
    accountKey,
    chatId,
    ...(link.kind === "message" && { clientId: link.clientId }),
  };
  return { act: "target", target };
}
