import type { AccountId } from "@parley/protocol/ids.ts";
import type { ReactionView } from "../../cache/read-models.ts";
import { joinNames } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";

/** The six of the message menu. Any other emoji that somebody used can be joined at its chip. */
export const COMMON_EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

/** So many people are named; of the others, how many there are. */
const NAMED = 8;

/** Who reacted with one emoji, oneself first: "You, Mina Park and 3 more". */
export function reactionNames(
  { accountIds, count, mine }: Pick<ReactionView, "accountIds" | "count" | "mine">,
  nameOf: (accountId: AccountId) => string,
): string {
  const you = t("common.you");
  const names = [...new Set(accountIds)].map(nameOf);
  const ordered = mine ? [you, ...names.filter((name) => name !== you)] : names;
  const shown = ordered.slice(0, NAMED);
  const more = count - shown.length;
  return joinNames(more > 0 ? [...shown, t("reaction.more", { count: more })] : shown);
}
