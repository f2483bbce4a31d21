import type { HostedAccount, NoticeBody } from "@parley/protocol/bridge/contract.ts";
import { type DeepLink, isOnServer, LINK_SCHEME, parseLink } from "@parley/protocol/links.ts";

/** What follows from a link: a chat opens, or a page asks the user or says what is wrong with it. */
export type LinkDecision =
  | { act: "target"; target: NoticeBody<"target:open"> }
  | { act: "ask"; link: DeepLink | null };

/** Whether an argument of a start is meant as a link of ours, however damaged. */
function isMeant(argument: string): boolean {
  return argument.slice(0, LINK_SCHEME.length + 1).toLowerCase() === `${LINK_SCHEME}:`;
}

/**
 * The link among the arguments of a start: the first that is understood. Null if there are only damaged
 * ones, of which the user is told; undefined if there is none.
 */
export function linkAmong(argv: readonly string[]): DeepLink | null | undefined {
  const meant = argv.filter((argument) => isMeant(argument));
  if (meant.length === 0) return undefined;
  for (const argument of meant) {
    const link = parseLink(argument);
    if (link) return link;
  }
  return null;
}

/**
 * Where a link leads. A chat opens at once, in its own window if it has one, where only one account can be
 * meant; with several on that server the page decides, which knows the one on the screen. Nothing is
 * joined, sent or signed in by a link alone.
 */
export function decideLink(
  link: DeepLink | null,
  accounts: readonly HostedAccount[],
): LinkDecision {
  if (link?.kind !== "chat" && link?.kind !== "message") return { act: "ask", link };
  const [account, ...others] = accounts.filter((each) => isOnServer(each.serverUrl, link.server));
  if (!account || others.length > 0) return { act: "ask", link };
  const { accountKey } = account;
  const { chatId } = link;
  const target = {
    accountKey,
    chatId,
    ...(link.kind === "message" && { clientId: link.clientId }),
  };
  return { act: "target", target };
}
