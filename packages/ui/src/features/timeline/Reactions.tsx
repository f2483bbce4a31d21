import { Tooltip } from "@base-ui/react/tooltip";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { ReactionView } from "../../cache/read-models.ts";
import { reactionNames } from "./reaction-rules.ts";
import { t } from "../../i18n/i18n.ts";
import { landmark } from "../../kit/landmark.ts";

export type ReactionsProps = {
  reactions: readonly ReactionView[];
  nameOf: (accountId: AccountId) => string;
  /** Left out where nothing can be changed. */
  onToggle?: (reaction: ReactionView) => void;
};

/** The reactions under a bubble: emoji and count; who, on hover, on focus and read aloud. */
export function Reactions({ reactions, nameOf, onToggle }: ReactionsProps) {
  return (
    <div className="reactions" role="group" aria-label={t("reaction.all")}>
      {reactions.map((reaction) => {
        const names = reactionNames(reaction, nameOf);
        return (
          <Tooltip.Root key={reaction.key}>
            <Tooltip.Trigger
              render={<button type="button" />}
              className="reaction"
              aria-label={t("reaction.by", { key: reaction.key, count: reaction.count, names })}
              aria-pressed={reaction.mine}
              aria-disabled={onToggle === undefined || undefined}
              onClick={() => onToggle?.(reaction)}
            >
              <span className="reaction-key">{reaction.key}</span>
              <span>{reaction.count}</span>
            </Tooltip.Trigger>
            <Tooltip.Portal container={landmark()}>
              <Tooltip.Positioner side="bottom" sideOffset={6} className="popup-layer">
                <Tooltip.Popup className="tooltip">
                  <bdi>{names}</bdi>
                </Tooltip.Popup>
              </Tooltip.Positioner>
            </Tooltip.Portal>
          </Tooltip.Root>
        );
      })}
    </div>
  );
}
