import type { AccountId } from "@parley/protocol/ids.ts";
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { usePeople } from "../cache/hooks.ts";
import type { ChatView, People } from "../cache/read-models.ts";
import { buildRows, type MessageItem } from "../features/timeline/build-rows.ts";
import type { Place } from "../features/timeline/keep-place.ts";
import { isErased, type MessageActions } from "../features/timeline/Message.tsx";
import { peopleOfSystem } from "../features/timeline/system-text.ts";
import { type TimelineHandle, TimelineView } from "../features/timeline/TimelineView.tsx";
import { useTimelineWindow } from "../features/timeline/use-timeline-window.ts";
import { t } from "../i18n/i18n.ts";
import { chatTitle, personName } from "../state/names.ts";
import { Announcer } from "./Announcer.tsx";
import { useLiveState, useScope, useUi } from "./context.ts";
import { useAttention, useMinute } from "./use-now.ts";
import { useSeen } from "./use-seen.ts";
import { useSoughtMessage } from "./use-sought-message.ts";

export type ChatTimelineHandle = {
  toNewest: () => void;
  focus: () => void;
  /** The newest own message that stands, among those that were read. */
  lastOwn: () => MessageItem | undefined;
};

export type ChatTimelineProps = {
  handle: Ref<ChatTimelineHandle>;
  chat: ChatView;
  inView: boolean;
  actions: Omit<MessageActions, "onJump">;
  onLeave: () => void;
};

/** How long a message that was jumped to stays marked. */
const HIGHLIGHT_MS = 1_600;

function useStart(chat: ChatView): {
  place: Place;
  seq: number | null;
  unreadAfterSeq: number | null;
} {
  const { places } = useScope();
  const [start] = useState(() => {
    const left = places.get(chat.chatId).scroll;
    const unreadAfterSeq = chat.unread > 0 ? chat.readSeq : null;
    // New messages go before the place where the chat was left.
    if (left !== null && unreadAfterSeq === null) {
      return { place: { kind: "row" as const, ...left }, seq: left.seq, unreadAfterSeq };
    }
    if (unreadAfterSeq !== null) {
      const place = { kind: "row" as const, key: "unread", seq: unreadAfterSeq + 1, offsetPx: -72 };
      return { place, seq: unreadAfterSeq + 1, unreadAfterSeq };
    }
    return { place: { kind: "end" as const }, seq: null, unreadAfterSeq };
  });
  return start;
}

/** The messages of one chat, with everything around them that needs the account. */
export function ChatTimeline({ handle, chat, inView, actions, onLeave }: ChatTimelineProps) {
  const { session, region, places, account } = useScope();
  const { chatId, kind } = chat;
  const start = useStart(chat);
  const reading = useTimelineWindow(session, chatId, start.seq);
  const { timeline } = reading;
  const nowMs = useMinute();
  const attention = useAttention();
  const link = useLiveState((state) => state.connection);
  const view = useRef<TimelineHandle>(null);
  const [highlight, setHighlight] = useState<string | null>(null);
  const [jump, setJump] = useState<number | "newest" | null>(null);
  const [unreadCount, setUnreadCount] = useState(chat.unread);

  // While the divider's end of the chat is still being fetched, its count grows with what arrives.
  if (start.unreadAfterSeq !== null && chat.unread > unreadCount) setUnreadCount(chat.unread);

  const rows = useMemo(
    () =>
      timeline === undefined
        ? undefined
        : buildRows({ timeline, unreadAfterSeq: start.unreadAfterSeq, unreadCount, region }),
    [timeline, start.unreadAfterSeq, unreadCount, region],
  );

  const ids = useMemo(() => {
    const all = new Set<AccountId>();
    for (const item of timeline?.items ?? []) {
      if (item.kind === "gap" || item.kind === "withheld") continue;
      all.add(item.senderId);
      for (const { accountIds } of item.reactions) for (const id of accountIds) all.add(id);
      if (item.kind !== "entry" && item.erasedBy !== null) all.add(item.erasedBy.by);
      if (item.kind === "event" && item.system !== null)
        for (const id of peopleOfSystem(item.system)) all.add(id);
    }
    return [...all].sort();
  }, [timeline]);
  const readPeople = usePeople(session, ids);
  const [people, setPeople] = useState<People>(readPeople ?? NOBODY);
  if (readPeople !== undefined && readPeople !== people) setPeople(readPeople);

  const seen = useSeen(chat, inView && attention.focused && attention.visible);

  const onPlace = useCallback(
    (place: Place) => {
      const scroll =
        place.kind === "row" && place.seq !== null
          ? { key: place.key, seq: place.seq, offsetPx: place.offsetPx }
          : null;
      places.set(chatId, { scroll });
    },
    [places, chatId],
  );

  const { toNewest, toSeq, loadOlder, loadNewer } = reading;
  const rowSeq = useCallback(
    (index: number): number | null => {
      for (const row of rows?.slice(index) ?? []) {
        if (row.kind === "message" && row.item.kind === "event") return row.item.seq;
        if (row.kind === "system") return row.item.seq;
      }
      return null;
    },
    [rows],
  );

  const goNewest = useCallback(() => {
    if (toNewest()) view.current?.toEnd();
    else setJump("newest");
  }, [toNewest]);

  const goSeq = useCallback(
    (seq: number) => {
      void toSeq(seq).then((found) => {
        if (found) setJump(seq);
      });
    },
    [toSeq],
  );

  // A jump ends once the rows that it needs are drawn.
  useEffect(() => {
    if (jump === null || rows === undefined) return;
    if (jump === "newest") {
      if (reading.newer !== "none") return;
      view.current?.toEnd();
      setJump(null);
      return;
    }
    const target = rows.find(
      (row) => row.kind === "message" && row.item.kind === "event" && row.item.seq === jump,
    );
    if (target === undefined || view.current?.toRow(target.key) !== true) return;
    setJump(null);
    setHighlight(target.key);
  }, [jump, rows, reading.newer]);

  // A message that was asked for from outside.
  const { ui } = useScope();
  const target = useUi((state) => (state.target?.chatId === chatId ? state.target : null));
  const targetRow =
    target === null
      ? undefined
      : rows?.find((each) => each.kind === "message" && each.item.clientId === target.clientId);
  useEffect(() => {
    if (targetRow === undefined || view.current?.toRow(targetRow.key) !== true) return;
    setHighlight(targetRow.key);
    ui.getState().targetShown();
  }, [targetRow, rows, ui]);
  useSoughtMessage({
    chat,
    clientId: rows === undefined || targetRow !== undefined ? null : (target?.clientId ?? null),
    onFound: useCallback(
      (seq: number | "newest") => (seq === "newest" ? goNewest() : goSeq(seq)),
      [goNewest, goSeq],
    ),
    onLost: useCallback(() => {
      ui.getState().targetShown();
      ui.getState().tell({ chatId, text: t("error.target_not_found") });
    }, [ui, chatId]),
  });
  useEffect(() => {
    if (highlight === null) return;
    const timer = setTimeout(() => setHighlight(null), HIGHLIGHT_MS);
    return () => clearTimeout(timer);
  }, [highlight]);

  useImperativeHandle(
    handle,
    () => ({
      toNewest: goNewest,
      focus: () => view.current?.focus(),
      lastOwn: () => {
        const last = rows?.findLast(
          (row) => row.kind === "message" && row.item.mine && !isErased(row.item),
        );
        return last?.kind === "message" ? last.item : undefined;
      },
    }),
    [goNewest, rows],
  );

  const allActions = useMemo(() => ({ ...actions, onJump: goSeq }), [actions, goSeq]);
  const speak = useCallback(
    (item: MessageItem) => {
      const text =
        item.content?.type === "text" ? item.content.text.slice(0, 300) : t("timeline.unknown");
      return t("timeline.announce", { name: personName(people.get(item.senderId)), text });
    },
    [people],
  );

  return (
    <>
      <TimelineView
        handle={view}
        kind={kind}
        me={account.me.accountId}
        people={people}
        // Not before the names are there: nobody should be "Someone" for a moment.
        rows={people === NOBODY ? undefined : rows}
        othersMin={chat.othersMin}
        start={start.place}
        older={reading.older}
        newer={reading.newer}
        unseen={seen.unseen}
        gaps={reading.gaps}
        highlightKey={highlight}
        nowMs={nowMs}
        region={region}
        writable={!chat.left}
        link={link}
        actions={allActions}
        onPlace={onPlace}
        onSeen={seen.onSeen}
        onOlder={useCallback((first: number) => loadOlder(rowSeq(first)), [loadOlder, rowSeq])}
        onNewer={useCallback((first: number) => loadNewer(rowSeq(first)), [loadNewer, rowSeq])}
        onNewest={goNewest}
        onGap={reading.fillGap}
        onLeave={onLeave}
      />
      <Announcer items={timeline?.items} title={chatTitle(chat)} speak={speak} />
    </>
  );
}

const NOBODY: People = new Map();
