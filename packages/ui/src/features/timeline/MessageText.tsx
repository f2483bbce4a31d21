import type { TextSpan } from "@parley/protocol/content.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { memo, useMemo } from "react";
import { t } from "../../i18n/i18n.ts";
import { countLines, foldedText, isEmojiOnly, textParts } from "./message-text.ts";

export type MessageTextProps = {
  id: string;
  text: string;
  /** Where the text names people. */
  spans: readonly TextSpan[] | undefined;
  /** Who reads it: the own name stands out. */
  me: AccountId;
  /** The time that floats over the end of the last line: as much room is kept free. */
  meta: string;
  ticks: boolean;
  /** Whether a folded text is shown whole. */
  open: boolean;
  onOpen: (open: boolean) => void;
};

/**
 * The text of a message, character for character. A very long one is folded behind "Show all"; once it
 * is open the element's textContent is the whole text.
 */
export const MessageText = memo(function MessageText(props: MessageTextProps) {
  const { id, text, spans, me, meta, ticks, open, onOpen } = props;
  const folded = useMemo(() => foldedText(text), [text]);
  const shown = folded === null || open ? text : folded;
  const parts = useMemo(() => textParts(shown, spans), [shown, spans]);
  const classes = ["msg-text", ticks && "has-ticks", isEmojiOnly(text) && "is-emoji"]
    .filter(Boolean)
    .join(" ");
  return (
    <>
      <div
        id={id}
        className={classes}
        dir="auto"
        data-testid="message-text"
        data-meta={folded === null ? meta : undefined}
      >
        <span>
          {parts.map((part, index) =>
            part.kind === "text" ? (
              part.text
            ) : part.kind === "mention" ? (
              <bdi key={index} className={part.accountId === me ? "mention is-me" : "mention"}>
                {part.text}
              </bdi>
            ) : (
              <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
                {part.text}
              </a>
            ),
          )}
        </span>
      </div>
      {folded !== null && (
        <div className="msg-fold">
          {!open && (
            <span className="msg-fold-size">
              {t("timeline.longText", { lines: countLines(text), chars: text.length })}
            </span>
          )}
          <button type="button" className="text-action" onClick={() => onOpen(!open)}>
            {open ? t("timeline.showLess") : t("timeline.showAll")}
          </button>
        </div>
      )}
    </>
  );
});
