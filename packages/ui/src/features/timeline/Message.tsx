import { Ellipsis } from "lucide-react";
import type { AccountId, ClientId } from "@parley/protocol/ids.ts";
import { memo, type MouseEvent, useId } from "react";
import type { ReactionView } from "../../cache/read-models.ts";
import { fullMoment, isoTime, type Region, timeOfDay } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import { Avatar } from "../../kit/Avatar.tsx";
import { hueOf } from "../../kit/hue.ts";
import { Ticks, type TickState } from "../../kit/Ticks.tsx";
import type { MessageItem } from "./build-rows.ts";
import type { MessageCommand } from "../../state/keys.ts";
import type { Link } from "../../state/waiting.ts";
import { FailedChanges, FailedLine, WaitingLine } from "./MessageNotes.tsx";
import { MessageText } from "./MessageText.tsx";
import { Reactions } from "./Reactions.tsx";

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
  me: AccountId;
  nameOf: (accountId: AccountId) => string;
  /** Whether one may react here. */
  writable: boolean;
  /** The connection, for what waits; null for all others, which it does not concern. */
  link: Link;
  actions: MessageActions;
};

/** What can be done with a message; stable between draws. */
export type MessageActions = {
  onMenu: (item: MessageItem, event: MouseEvent<HTMLElement>) => void;
  /** Of a message, or of a change of one that failed. */
  onRetry: (entry: { clientId: ClientId }) => void;
  onDiscard: (entry: { clientId: ClientId }) => void;
  /** What waits for its next try, of whatever message, is tried now. */
  onSendNow: () => void;
  onReact: (item: MessageItem, reaction: Pick<ReactionView, "key" | "mine">) => void;
  onCopy: (item: MessageItem) => void;
  onJump: (seq: number) => void;
  /** A single key on the message that has the focus. */
  onKey: (item: MessageItem, command: MessageCommand) => void;
};

/** The text of a message, or null where there is none to copy. */
export function textOf(item: MessageItem): string | null {
  return item.content?.type === "text" ? item.content.text : null;
}

/** S13: what stands where a message was, with who deleted it. */
export function tombstone(item: MessageItem, nameOf: (accountId: AccountId) => string): string {
  if (item.kind === "entry" || item.erasedBy === null) return t("timeline.erased");
  return item.erasedBy.mine
    ? t("timeline.erasedByYou")
    : t("timeline.erasedBy", { name: nameOf(item.erasedBy.by) });
}

/** Whether an entry or event shows as deleted. */
export function isErased(item: MessageItem): boolean {
  return item.kind === "entry" ? item.content === null : item.erased;
}

type BodyProps = Pick<MessageProps, "item" | "open" | "onOpen" | "me" | "nameOf"> & {
  id: string;
  meta: string;
  ticks: boolean;
};

function Body({ item, id, meta, ticks, open, onOpen, me, nameOf }: BodyProps) {
  const erased = isErased(item);
  const text = textOf(item);
  if (!erased && text !== null)
    return (
      <MessageText
        id={id}
        text={text}
        spans={item.content?.type === "text" ? item.content.spans : undefined}
        me={me}
        meta={meta}
        ticks={ticks}
        open={open}
        onOpen={(next) => onOpen(item.key, next)}
      />
    );
  const words = erased
    ? tombstone(item, nameOf)
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
    me,
    nameOf,
    actions,
  } = props;
  const id = useId();
  const { mine } = item;
  const time = timeOfDay(item.atMs, region);
  const edited = item.editedAtMs !== null && !isErased(item);
  const notes = [
    ...(item.kind === "lost" ? [t("timeline.setAside")] : []),
    // S7: shown, never hidden.
    ...(item.kind === "event" && item.fault !== null ? [t("timeline.fault")] : []),
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
          me={me}
          nameOf={nameOf}
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
      {item.reactions.length > 0 && (
        <Reactions
          reactions={item.reactions}
          nameOf={nameOf}
          {...(props.writable && {
            onToggle: (reaction: ReactionView) => actions.onReact(item, reaction),
          })}
        />
      )}
      <FailedLine item={item} actions={actions} />
      <FailedChanges item={item} actions={actions} />
      {item.kind === "entry" && item.state === "sending" && (
        <WaitingLine item={item} link={props.link} region={region} actions={actions} />
      )}
    </article>
  );
});
