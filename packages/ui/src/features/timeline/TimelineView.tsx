import "./timeline.css";
import type { ChatKind } from "@parley/protocol/chat.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { stateOfSent } from "@parley/protocol/receipts.ts";
import { ArrowDown, MessageCircle } from "lucide-react";
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type Ref,
} from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { GapItem, People } from "../../cache/read-models.ts";
import { dayLabel, number, type Region } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import { EmptyState } from "../../kit/EmptyState.tsx";
import { SkeletonBubbles } from "../../kit/Skeleton.tsx";
import type { TickState } from "../../kit/Ticks.tsx";
import { personName } from "../../state/names.ts";
import { messageCommandOf } from "../../state/keys.ts";
import type { Link } from "../../state/waiting.ts";
import { type MessageItem, seqOfRow, type TimelineRow } from "./build-rows.ts";
import type { Place } from "./keep-place.ts";
import { isErased, Message, type MessageActions, type Quote, textOf } from "./Message.tsx";
import { focusedMessage, moveMessageFocus } from "./message-focus.ts";
import { systemText } from "./system-text.ts";
import { START_PX, useKeepPlace } from "./use-keep-place.ts";

/** Whether rows before the first or after the last can be had. */
export type Reach = "none" | "more" | "loading" | "failed";

/** What others can ask of a timeline. */
export type TimelineHandle = {
  toEnd: () => void;
  toRow: (key: string) => boolean;
  focus: () => void;
};

export type TimelineViewProps = {
  handle?: Ref<TimelineHandle>;
  kind: ChatKind;
  me: AccountId;
  people: People;
  /** Undefined while the chat is read for the first time. */
  rows: readonly TimelineRow[] | undefined;
  othersMin: { deliveredSeq: number; readSeq: number } | null;
  start: Place;
  older: Reach;
  newer: Reach;
  /** Messages of others below the view that were not seen yet. */
  unseen: number;
  gaps: ReadonlyMap<string, "loading" | "failed">;
  highlightKey: string | null;
  nowMs: number;
  region: Region;
  /** Whether one may write, and react, here. */
  writable: boolean;
  /** The connection, for what waits for it. */
  link: Link;
  actions: MessageActions;
  onPlace: (place: Place) => void;
  /** The newest seq that is in view. */
  onSeen: (seq: number) => void;
  onOlder: (firstVisible: number) => void;
  onNewer: (firstVisible: number) => void;
  onNewest: () => void;
  onGap: (gap: GapItem, end: "newer" | "older") => void;
  /** Escape inside the messages: back to where one writes. */
  onLeave: () => void;
};

/** The tick of an own message. */
function stateOf(item: MessageItem, othersMin: TimelineViewProps["othersMin"]): TickState | null {
  if (!item.mine || item.kind === "lost") return null;
  if (item.kind === "entry") return item.state;
  // S11: what was changed here is on its way again.
  const waits = item.pending.some(
    ({ kind, state }) => state === "journaled" && (kind === "edit" || kind === "redact"),
  );
  if (waits) return "sending";
  return stateOfSent(item.seq, othersMin ?? undefined);
}

function snippet(item: MessageItem): string {
  if (isErased(item)) return t("timeline.erased");
  return textOf(item)?.slice(0, 240) ?? t("timeline.unknown");
}

/** Rows before this one from either end ask for more. */
const NEAR_ROWS = 12;

export function TimelineView(props: TimelineViewProps) {
  const { rows, people, me, kind, region, nowMs, older, newer, onOlder, onNewer, onSeen, actions } =
    props;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const known = rows ?? NO_ROWS;
  const place = useKeepPlace(known, props.start, list, scroller, props.onPlace);
  const { toEnd, toRow, firstVisible, lastVisible } = place;

  useImperativeHandle(
    props.handle,
    () => ({ toEnd, toRow, focus: () => scroller.current?.focus() }),
    [toEnd, toRow],
  );

  const byClientId = useMemo(() => {
    const index = new Map<string, MessageItem>();
    for (const row of known) if (row.kind === "message") index.set(row.item.clientId, row.item);
    return index;
  }, [known]);

  const count = known.length;
  useEffect(() => {
    if (count > 0 && older === "more" && firstVisible < NEAR_ROWS) onOlder(firstVisible);
  }, [count, older, firstVisible, onOlder]);
  useEffect(() => {
    if (count > 0 && newer === "more" && lastVisible > count - NEAR_ROWS) onNewer(firstVisible);
  }, [count, newer, firstVisible, lastVisible, onNewer]);
  // S6b: gaps are filled when they are scrolled to, from the end that is nearer. The one at the very
  // end is being caught up already; one that failed waits for the user.
  const { gaps, onGap } = props;
  useEffect(() => {
    const from = Math.max(0, firstVisible - NEAR_ROWS);
    for (let index = from; index < Math.min(count - 1, lastVisible + NEAR_ROWS); index++) {
      const row = known[index];
      if (row?.kind !== "gap" || gaps.has(row.key)) continue;
      onGap(row.gap, index > lastVisible ? "older" : "newer");
      return;
    }
  }, [known, count, firstVisible, lastVisible, gaps, onGap]);
  useEffect(() => {
    for (let index = Math.min(lastVisible, known.length - 1); index >= 0; index--) {
      const row = known[index];
      const seq = row?.kind === "message" || row?.kind === "system" ? seqOfRow(row) : null;
      if (seq !== null) {
        onSeen(seq);
        return;
      }
    }
  }, [known, lastVisible, onSeen]);

  // Here and not in the rows: those come and go while one scrolls.
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const setOpenKey = useCallback((key: string, isOpen: boolean) => {
    setOpen((before) => {
      const next = new Set(before);
      if (isOpen) next.add(key);
      else next.delete(key);
      return next;
    });
  }, []);

  const quoteOf = useCallback(
    (item: MessageItem): Quote | "missing" | null => {
      if (item.rel?.kind !== "reply") return null;
      const target = byClientId.get(item.rel.target);
      if (target === undefined) return "missing";
      const name = target.mine ? t("common.you") : personName(people.get(target.senderId));
      return { seq: item.rel.seq, senderId: target.senderId, name, text: snippet(target) };
    },
    [byClientId, people],
  );

  const nameOf = useCallback(
    (id: AccountId) => (id === me ? t("common.you") : personName(people.get(id))),
    [people, me],
  );

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      props.onLeave();
    } else if (moveMessageFocus(event, place.lastVisible, list.current)) {
      event.preventDefault();
    } else {
      onMessageKey(event);
    }
  }

  function onMessageKey(event: KeyboardEvent<HTMLElement>): void {
    const command = messageCommandOf(event.nativeEvent);
    // A key that is held down asks once.
    const key = command === null || event.repeat ? null : focusedMessage(event);
    const row = key === null ? undefined : known.find((each) => each.key === key);
    if (command === null || row?.kind !== "message") return;
    event.preventDefault();
    actions.onKey(row.item, command);
  }

  if (rows === undefined) {
    return (
      <div className="timeline">
        <div
          className="timeline-log"
          role="log"
          aria-label={t("timeline.log")}
          aria-live="off"
          aria-busy="true"
        >
          <div className="timeline-fill" />
          <SkeletonBubbles count={6} label={t("common.loading")} />
        </div>
      </div>
    );
  }

  function drawRow(row: TimelineRow) {
    switch (row.kind) {
      case "day":
        return (
          <div className="timeline-day">
            <span>{dayLabel(row.atMs, nowMs, region)}</span>
          </div>
        );
      case "unread":
        return (
          <div
            className="timeline-unread"
            role="separator"
            aria-label={t("timeline.newMessages", { count: row.count })}
          >
            <span aria-hidden="true">{t("timeline.newMessages", { count: row.count })}</span>
          </div>
        );
      case "system":
        return (
          <p className="timeline-system">
            <bdi>
              {row.item.system !== null &&
                systemText({ ...row.item, system: row.item.system }, people, me, kind)}
            </bdi>
            {row.item.fault !== null && ` · ${t("timeline.fault")}`}
          </p>
        );
      case "restored":
        return <p className="timeline-system">{t("timeline.restored", { count: row.count })}</p>;
      case "gap":
        return <Gap row={row.gap} state={props.gaps.get(row.gap.key)} onGap={props.onGap} />;
      case "withheld":
        return (
          <p className="timeline-system">
            {t("timeline.withheld", { count: row.withheld.to - row.withheld.from + 1 })}
          </p>
        );
      case "message":
        return (
          <Message
            item={row.item}
            first={row.first}
            senderName={personName(people.get(row.item.senderId))}
            showSender={kind === "group"}
            state={stateOf(row.item, props.othersMin)}
            quote={quoteOf(row.item)}
            highlighted={props.highlightKey === row.key}
            open={open.has(row.key)}
            onOpen={setOpenKey}
            region={region}
            me={me}
            nameOf={nameOf}
            writable={props.writable}
            link={row.item.kind === "entry" ? props.link : null}
            actions={actions}
          />
        );
    }
  }

  return (
    <div className="timeline">
      <div
        className="timeline-log"
        role="log"
        aria-label={t("timeline.log")}
        aria-live="off"
        aria-busy={older === "loading" || [...gaps.values()].includes("loading") || undefined}
        tabIndex={0}
        ref={scroller}
        onKeyDown={onKeyDown}
      >
        <div className="timeline-fill" />
        <div className="timeline-start">
          {older === "failed" ? (
            <div className="timeline-start-failed" role="alert">
              <span>{t("timeline.olderFailed")}</span>
              <button type="button" className="text-action" onClick={() => onOlder(firstVisible)}>
                {t("common.retry")}
              </button>
            </div>
          ) : (
            (older === "more" || older === "loading") && (
              <SkeletonBubbles count={1} label={t("timeline.loadingOlder")} />
            )
          )}
        </div>
        {rows.length === 0 && newer === "none" && older === "none" && (
          <div className="timeline-center">
            <EmptyState
              small
              icon={<MessageCircle size={20} />}
              title={t("timeline.empty")}
              hint={kind === "self" ? t("timeline.emptySelf") : t("timeline.emptyHint")}
            />
          </div>
        )}
        <div className="timeline-items">
          <Virtualizer
            ref={list}
            data={rows}
            scrollRef={scroller}
            startMargin={START_PX}
            shift={place.shift}
            bufferSize={600}
            onScroll={place.onScroll}
            onScrollEnd={place.onScrollEnd}
            onResize={place.onResize}
          >
            {(row) => (
              <div className="timeline-row" key={row.key}>
                {drawRow(row)}
              </div>
            )}
          </Virtualizer>
        </div>
        {newer === "loading" && <SkeletonBubbles count={2} label={t("common.loading")} />}
        <div className="timeline-end" />
      </div>
      {(!place.atEnd || newer === "more") && rows.length > 0 && (
        <button
          type="button"
          className="timeline-jump"
          aria-label={
            props.unseen > 0
              ? t("timeline.toNewestCount", { count: props.unseen })
              : t("timeline.toNewest")
          }
          onClick={() => {
            props.onNewest();
            toEnd();
          }}
        >
          {props.unseen > 0 && <span aria-hidden="true">{number(props.unseen, region)}</span>}
          <ArrowDown size={18} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

const NO_ROWS: readonly TimelineRow[] = [];

function Gap({
  row,
  state,
  onGap,
}: {
  row: GapItem;
  state: "loading" | "failed" | undefined;
  onGap: TimelineViewProps["onGap"];
}) {
  if (state === "loading") return <SkeletonBubbles count={2} label={t("timeline.gapLoading")} />;
  return (
    <div className={state === "failed" ? "timeline-gap is-failed" : "timeline-gap"}>
      <span>{state === "failed" ? t("timeline.gapFailed") : t("timeline.gap")}</span>
      <button type="button" className="text-action" onClick={() => onGap(row, "newer")}>
        {state === "failed" ? t("common.retry") : t("timeline.gapLoad")}
      </button>
    </div>
  );
}
