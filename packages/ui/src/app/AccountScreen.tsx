import "./frame.css";
import { MessageCircle } from "lucide-react";
import {
  type KeyboardEvent,
  type PointerEvent,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { useChatList, useOutboxSummary, useTotalUnread } from "../cache/hooks.ts";
import type { ChatList } from "../cache/read-models.ts";
import { ConnectionView } from "../features/connection/ConnectionView.tsx";
import { rowsOf } from "../features/chat-list/chat-list-rules.ts";
import { PanesView } from "../features/panes/PanesView.tsx";
import { t } from "../i18n/i18n.ts";
import { Button } from "../kit/Button.tsx";
import { EmptyState } from "../kit/EmptyState.tsx";
import { LateReason } from "../kit/Skeleton.tsx";
import { connectionLine, SLOW_SEND_MS } from "../state/connection.ts";
import { chatTitle } from "../state/names.ts";
import { linkText } from "../state/waiting.ts";
import { focusedPane, type Pane, visiblePanes } from "../state/panes.ts";
import { LIST_WIDTH } from "../state/ui-store.ts";
import { useAccountsScope, useLiveState, useScope, useUi } from "./context.ts";
import { ConversationPane } from "./ConversationPane.tsx";
import { fetchLaterParts, LazyDetailsDrawer, LazyOverlays } from "./lazy-parts.ts";
import { Rail } from "./Rail.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { useFocusGuard } from "./use-focus-guard.ts";
import { useWidth } from "./use-now.ts";
import { type ChatOrder, useShortcuts } from "./use-shortcuts.ts";
import type { UnreadOf } from "./use-unread-of.ts";
import { useViewReport } from "./use-view-report.ts";

/** Below this width one column is shown at a time. */
const SINGLE_PX = 700;
/** Below this width the list shrinks to avatars beside an open chat. */
const SLIM_PX = 900;

/** Whether something has been waiting for the server for a while. */
function useSlow(waiting: number): boolean {
  const [slow, setSlow] = useState(false);
  const some = waiting > 0;
  useEffect(() => {
    setSlow(false);
    if (!some) return;
    const timer = setTimeout(() => setSlow(true), SLOW_SEND_MS);
    return () => clearTimeout(timer);
  }, [some]);
  return slow;
}

function Connection({ onSignIn }: { onSignIn: () => void }) {
  const { bridge, account, session } = useScope();
  const status = useLiveState((state) => state.connection);
  const wasLive = useLiveState((state) => state.wasLive);
  const waiting = useOutboxSummary(session)?.waiting ?? 0;
  const slow = useSlow(waiting);
  return (
    <ConnectionView
      line={connectionLine(status, waiting, wasLive, slow)}
      onRetry={() => void bridge.call("connection:retry", { accountKey: account.accountKey })}
      onSignIn={onSignIn}
    />
  );
}

function ListBorder() {
  const width = useUi((state) => state.listWidth);
  const setWidth = useUi((state) => state.setListWidth);
  const from = useRef<{ x: number; width: number } | null>(null);
  const sign = (element: Element): 1 | -1 =>
    getComputedStyle(element).direction === "rtl" ? -1 : 1;
  return (
    <div
      className="sidebar-border"
      role="separator"
      aria-orientation="vertical"
      aria-label={t("chats.resize")}
      aria-valuemin={LIST_WIDTH.min}
      aria-valuemax={LIST_WIDTH.max}
      aria-valuenow={width}
      tabIndex={0}
      onKeyDown={(event: KeyboardEvent) => {
        const step = { ArrowLeft: -10, ArrowRight: 10 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        setWidth(width + step * sign(event.currentTarget));
      }}
      onDoubleClick={() => setWidth(LIST_WIDTH.usual)}
      onPointerDown={(event: PointerEvent) => {
        from.current = { x: event.clientX, width };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event: PointerEvent) => {
        if (from.current)
          setWidth(
            from.current.width + (event.clientX - from.current.x) * sign(event.currentTarget),
          );
      }}
      onPointerUp={() => {
        from.current = null;
      }}
    />
  );
}

function NothingOpen() {
  const { keys, ui } = useScope();
  return (
    <div className="main-empty">
      <EmptyState
        icon={<MessageCircle size={22} />}
        title={t("empty.title")}
        hint={t("empty.hint", { palette: keys.palette, beside: keys.beside })}
      >
        <Button onClick={() => ui.getState().show({ kind: "new-chat" })}>{t("chats.new")}</Button>
      </EmptyState>
    </div>
  );
}

function EmptyPane({ single }: { single: boolean }) {
  const { ui } = useScope();
  return (
    <section className="pane-empty" aria-label={t("pane.choose")}>
      <EmptyState
        small
        icon={<MessageCircle size={20} />}
        title={t("pane.chooseTitle")}
        hint={t("pane.chooseHint")}
      >
        {single && <Button onClick={() => ui.getState().showList(true)}>{t("pane.back")}</Button>}
      </EmptyState>
    </section>
  );
}

export type AccountScreenProps = { unreadOf: UnreadOf };

/**
 * @param unread of all accounts, as badge and tray have it (S9)
 * @param chat what the one chat of this window is called, null for a window with all of them
 */
function useTitle(unread: number, chat: string | null): void {
  useEffect(() => {
    if (chat !== null) document.title = t("app.titleChat", { chat });
    else document.title = unread > 0 ? t("app.titleUnread", { unread }) : t("app.name");
    // Whoever signs out takes the number along.
    return () => {
      document.title = t("app.name");
    };
  }, [unread, chat]);
}

/** The frame of one account: rail, list, panes, drawer, and what lies over them. */
export function AccountScreen({ unreadOf }: AccountScreenProps) {
  const scope = useScope();
  const { accounts, onAccount, onSignIn } = useAccountsScope();
  const { session, keys, account, platform, ui, live, region, solo } = scope;
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const width = useWidth(frame);
  const search = useRef<HTMLInputElement>(null);
  const layout = useUi((state) => state.layout);
  const listWidth = useUi((state) => state.listWidth);
  const listInView = useUi((state) => state.listInView);
  const detailsOf = useUi((state) => state.detailsOf);
  const list = useChatList(session);
  const unread = useTotalUnread(session)?.unread ?? 0;
  const onFocus = useFocusGuard(ui);
  useEffect(() => void fetchLaterParts(), []);

  const some = layout.panes.length > 0;
  const single = width > 0 && width < SINGLE_PX;
  const slim = !solo && !single && width < SLIM_PX && width > 0 && some;
  const showList = !solo && (!single || listInView || !some);
  const showMain = !single || !showList;
  const drawerInline = width >= 1_100;
  const paneRoom = single
    ? 0
    : width -
      (solo ? 0 : 64 + (slim ? 76 : listWidth)) -
      (detailsOf !== null && drawerInline ? 340 : 0);
  const panes = visiblePanes(layout, paneRoom);
  const focused = focusedPane(layout);
  useViewReport(paneRoom);

  const listRef = useRef<ChatList | undefined>(undefined);
  useEffect(() => {
    listRef.current = list;
  }, [list]);
  const order: ChatOrder = useCallback(
    () => rowsOf(listRef.current?.rows ?? [], ui.getState().archive),
    [ui],
  );
  useShortcuts(scope, platform.os === "macos", order, search);

  const soloRow = list?.rows.find((row) => row.chatId === focused?.chatId);
  const unreadOfAll = [...unreadOf.values()].reduce((sum, count) => sum + count, 0);
  useTitle(unreadOfAll, solo && soloRow !== undefined ? chatTitle(soloRow) : null);

  const titleOf = (pane: Pane): string => {
    const row = list?.rows.find((each) => each.chatId === pane.chatId);
    return row === undefined ? t("pane.choose") : chatTitle(row);
  };
  // On one column the list is what the page is about.
  const ListColumn = showMain ? "div" : "main";
  const lateReason = useCallback(
    () => linkText(live.getState().connection, Date.now(), region) ?? t("waiting.answer"),
    [live, region],
  );
  const connection = <Connection onSignIn={onSignIn} />;

  return (
    <LateReason value={lateReason}>
      <div className="frame" ref={setFrame}>
        {!solo && (showList || !single) && (
          <Rail
            accounts={accounts.map((each) => ({
              key: each.accountKey,
              id: each.me.accountId,
              name: each.me.name,
              active: each.accountKey === account.accountKey,
              unread: unreadOf.get(each.accountKey) ?? 0,
            }))}
            unread={unread}
            settingsKeys={keys.settings}
            onAccount={(key) => {
              if (key === account.accountKey)
                ui.getState().show({ kind: "settings", section: "profile" });
              else onAccount(key);
            }}
            onAddAccount={onSignIn}
            onChats={() => {
              ui.getState().showList(true);
              document.querySelector<HTMLElement>(".chat-row[tabindex='0']")?.focus();
            }}
            onSettings={() => ui.getState().show({ kind: "settings", section: "profile" })}
          />
        )}
        {showList && (
          <ListColumn
            className={single ? "sidebar is-wide" : slim ? "sidebar is-slim" : "sidebar"}
            style={single || slim ? undefined : { width: listWidth }}
          >
            <Sidebar
              slim={slim}
              foot={
                <>
                  {!slim && connection}
                  {!single && !slim && <ListBorder />}
                </>
              }
              searchRef={search}
            />
          </ListColumn>
        )}
        {showMain && (
          <main className="main">
            {(slim || !showList) && connection}
            <div className="main-row">
              {panes.length === 0 && solo ? null : panes.length === 0 ? (
                <NothingOpen />
              ) : (
                <PanesView
                  panes={panes}
                  focusedPaneId={focused?.paneId ?? null}
                  titleOf={titleOf}
                  onFocus={onFocus}
                  onResize={(paneId, byShare) =>
                    ui.getState().panes({ kind: "resize", paneId, byShare })
                  }
                  onEven={(paneId) => ui.getState().panes({ kind: "even", paneId })}
                  draw={(pane) =>
                    pane.chatId === null ? (
                      <EmptyPane single={single} />
                    ) : (
                      <ConversationPane
                        pane={pane}
                        chatId={pane.chatId}
                        focused={pane.paneId === focused?.paneId}
                        single={single}
                        inView
                      />
                    )
                  }
                />
              )}
              {detailsOf !== null && (
                <Suspense fallback={null}>
                  <LazyDetailsDrawer chatId={detailsOf} key={detailsOf} inline={drawerInline} />
                </Suspense>
              )}
            </div>
          </main>
        )}
        <Suspense fallback={null}>
          <LazyOverlays />
        </Suspense>
      </div>
    </LateReason>
  );
}
