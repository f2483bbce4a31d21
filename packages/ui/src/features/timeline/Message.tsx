import { Ellipsis } from "lucide-react";
import { memo, type MouseEvent, useId } from "react";
import { fullMoment, isoTime, type Region, timeOfDay } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Avatar } from "../../kit/Avatar.tsx";
import { hueOf } from "../../kit/hue.ts";
import { Ticks, type TickState } from "../../kit/Ticks.tsx";
import type { MessageItem } from "./build-rows.ts";
import { MessageText } from "./MessageText.tsx";

/** What a reply shows of the message that it answers. */
export type Quote = { seq: number | null; senderId: string; name: string; text: string };

export type MessageProps = {
  item: MessageItem;
  /** First of a group of bubbles. */
  first: boolean;
  senderName: string;
  /** Groups name the sender above the first bubble; elsewhere the name is read aloud only. */
  showSender: boolean;
  state: TickState | null;
  /** Null: not a reply. "missing": its target is not here. */
  quote: Quote | "missing" | null;
  highlighted: boolean;
  /** Whether a very long text is shown whole. */
  open: boolean;
  onOpen: (key: string, open: boolean) => void;
  region: Region;
  actions: MessageActions;
};

/** What can be done with a message; stable between draws. */
export type MessageActions = {
  onMenu: (item: MessageItem, event: MouseEvent<HTMLElement>) => void;
  onRetry: (item: MessageItem) => void;
  onDiscard: (item: MessageItem) => void;
  onCopy: (item: MessageItem) => void;
  onJump: (seq: number) => void;
};

/** The text of a message, or null where there is none to copy. */
export function textOf(item: MessageItem): string | null {
  return item.content?.type === "text" ? item.content.text : null;
}

type BodyProps = Pick<MessageProps, "item" | "open" | "onOpen"> & {
  id: string;
  meta: string;
  ticks: boolean;
};

function Body({ item, id, meta, ticks, open, onOpen }: BodyProps) {
  const erased = item.kind !== "entry" && item.erased;
  const text = textOf(item);
  if (!erased && text !== null)
    return (
      <MessageText
        id={id}
        text={text}
        meta={meta}
        ticks={ticks}
        open={open}
        onOpen={(next) => onOpen(item.key, next)}
      />
    );
  const words = erased
    ? t("timeline.erased")
    : item.content === null
      ? t("timeline.missingPayload")
      : t("timeline.unknown");
  return (
    <div
      id={id}
      className={ticks ? "msg-text is-note has-ticks" : "msg-text is-note"}
      data-meta={meta}
    >
      {words}
    </div>
  );
}

function QuoteBox({ quote, onJump }: { quote: Quote | "missing"; onJump: (seq: number) => void }) {
  if (quote === "missing")
    return <div className="msg-quote is-missing">{t("timeline.replyMissing")}</div>;
  const { seq } = quote;
  const inner = (
    <>
      <span className="vh">{t("timeline.replyTo", { name: quote.name })}: </span>
      <bdi className={`msg-quote-name hue-${hueOf(quote.senderId)}`} aria-hidden="true">
        {quote.name}
      </bdi>
      <span className="msg-quote-text" dir="auto">
        {quote.text}
      </span>
    </>
  );
  if (seq === null) return <div className="msg-quote">{inner}</div>;
  return (
    <button type="button" className="msg-quote" tabIndex={-1} onClick={() => onJump(seq)}>
      {inner}
    </button>
  );
}

function FailedLine({ item, actions }: { item: MessageItem; actions: MessageActions }) {
  if (item.kind !== "entry" || (item.state !== "failed" && item.state !== "offered")) return null;
  const offered = item.state === "offered";
  const reason = offered
    ? t("message.offered")
    : item.error === null
      ? t("state.failed")
      : errorText(item.error);
  return (
    <div className="msg-failed" role="group" aria-label={t("message.actions")}>
      <span>{reason} </span>
      <button type="button" className="text-action is-danger" onClick={() => actions.onRetry(item)}>
        {offered ? t("message.sendAgain") : t("message.retry")}
      </button>
      {" · "}
      <button type="button" className="text-action is-danger" onClick={() => actions.onCopy(item)}>
        {t("message.copyText")}
      </button>
      {" · "}
      <button
        type="button"
        className="text-action is-danger"
        onClick={() => actions.onDiscard(item)}
      >
        {t("message.discard")}
      </button>
    </div>
  );
}

/** One message: an article whose text has sender, quote, text, time and state. */
export const Message = memo(function Message(props: MessageProps) {
  const {
    item,
    first,
    senderName,
    showSender,
    state,
    quote,
    highlighted,
    open,
    onOpen,
    region,
    actions,
  } = props;
  const id = useId();
  const { mine } = item;
  const time = timeOfDay(item.atMs, region);
  const edited = item.kind !== "entry" && item.editedAtMs !== null;
  const notes = [
    ...(item.kind === "lost" ? [t("timeline.setAside")] : []),
    ...(edited ? [t("timeline.edited")] : []),
    ...(state === "failed" ? [t("state.failed")] : []),
  ];
  const meta = [...notes, time].join(" ");
  const classes = ["msg", mine && "is-own", first && "is-first", highlighted && "is-highlighted"];
  return (
    <article
      className={classes.filter(Boolean).join(" ")}
      tabIndex={-1}
      aria-labelledby={`${id}-who ${id}-quote ${id}-text ${id}-meta`}
      data-key={item.key}
      onContextMenu={(event) => actions.onMenu(item, event)}
    >
      {!mine && (first ? <Avatar id={item.senderId} name={senderName} size="s" /> : <span />)}
      <div className="bubble">
        <div
          id={`${id}-who`}
          className={showSender && first && !mine ? `msg-who hue-${hueOf(item.senderId)}` : "vh"}
        >
          <bdi>{mine ? t("common.you") : senderName}</bdi>
        </div>
        {quote !== null && (
          <div id={`${id}-quote`}>
            <QuoteBox quote={quote} onJump={actions.onJump} />
          </div>
        )}
        <Body
          item={item}
          id={`${id}-text`}
          meta={meta}
          ticks={state !== null}
          open={open}
          onOpen={onOpen}
        />
        <span className="msg-meta" id={`${id}-meta`}>
          {notes.map((note) => (
            <span key={note}>{note}</span>
          ))}
          <time dateTime={isoTime(item.atMs)} title={fullMoment(item.atMs, region)}>
            {time}
          </time>
          {state !== null && <Ticks state={state} />}
        </span>
        <button
          type="button"
          className="msg-more"
          aria-label={t("message.menu")}
          aria-haspopup="menu"
          tabIndex={-1}
          onClick={(event) => actions.onMenu(item, event)}
        >
          <Ellipsis size={16} aria-hidden="true" />
        </button>
      </div>
      <FailedLine item={item} actions={actions} />
    </article>
  );
});
