import { type RefObject, useEffect } from "react";
import { type ShortcutCommand, shortcutOf } from "../state/keys.ts";
import { focusedPane } from "../state/panes.ts";
import type { UiStore } from "../state/ui-store.ts";
import type { AccountScope } from "./context.ts";
import { popOut } from "./pop-out.ts";

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select"))
  );
}

/** The parts of the screen that F6 goes through, in order. */
const REGIONS = [
  ".rail .rail-item",
  ".chat-list input[type=search], .chat-list .chat-row[tabindex='0']",
  ".pane[data-focused] .timeline-log",
  ".pane[data-focused] .composer textarea",
  ".drawer button",
];

function stepRegion(step: 1 | -1): void {
  const stops = REGIONS.map((selector) => document.querySelector<HTMLElement>(selector)).filter(
    (stop) => stop !== null,
  );
  if (stops.length === 0) return;
  const holders = stops.map(
    (stop) => stop.closest(".rail, .chat-list, .timeline, .composer, .drawer") ?? stop,
  );
  const active = document.activeElement;
  const at = holders.findIndex((holder) => holder.contains(active));
  const next =
    at < 0 ? (step === 1 ? 0 : stops.length - 1) : (at + step + stops.length) % stops.length;
  stops[next]?.focus();
}

/** What works in a window for one chat: it never leaves that chat. */
const IN_SOLO: ReadonlySet<ShortcutCommand["kind"]> = new Set([
  "settings",
  "sheet",
  "region",
  "close-pane",
]);

/** Chats in the order of the list; the shortcuts that step through them use it. */
export type ChatOrder = () => readonly { chatId: Parameters<UiStoreState["openChat"]>[0] }[];
type UiStoreState = ReturnType<UiStore["getState"]>;

function run(
  command: ShortcutCommand,
  scope: AccountScope,
  order: ChatOrder,
  search: RefObject<HTMLInputElement | null>,
): void {
  const { ui } = scope;
  const state = ui.getState();
  switch (command.kind) {
    case "palette":
      state.show({ kind: "palette" });
      return;
    case "search":
      state.showList(true);
      if (search.current) search.current.focus();
      else state.show({ kind: "palette" });
      return;
    case "new-chat":
      state.show({ kind: "new-chat" });
      return;
    case "settings":
      state.show({ kind: "settings", section: "profile" });
      return;
    case "sheet":
      state.show({ kind: "shortcuts" });
      return;
    case "step-chat": {
      const chats = order();
      const current = focusedPane(state.layout)?.chatId;
      const at = chats.findIndex((chat) => chat.chatId === current);
      const next = chats[at < 0 ? 0 : at + command.step];
      if (next !== undefined) state.openChat(next.chatId, false);
      return;
    }
    case "nth-chat": {
      const chat = order()[command.index];
      if (chat !== undefined) state.openChat(chat.chatId, false);
      return;
    }
    case "split":
      state.panes({ kind: "split" });
      state.show({ kind: "palette" });
      return;
    case "pop-out": {
      const chatId = focusedPane(state.layout)?.chatId;
      if (!chatId) return;
      void popOut(scope, chatId).then((problem) => {
        if (problem !== "") state.tell({ chatId, text: problem });
      });
      return;
    }
    case "close-pane": {
      if (scope.solo) {
        window.close();
        return;
      }
      const pane = focusedPane(state.layout);
      if (pane !== undefined) state.panes({ kind: "close", paneId: pane.paneId });
      return;
    }
    case "region":
      stepRegion(command.step);
      return;
  }
}

/** Keys that work from anywhere on an account's screen. While a dialog is open they belong to it. */
export function useShortcuts(
  scope: AccountScope,
  mac: boolean,
  order: ChatOrder,
  search: RefObject<HTMLInputElement | null>,
): void {
  const { ui } = scope;
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing) return;
      const command = shortcutOf(event, mac, isWriting(event.target));
      if (command === null) return;
      if (scope.solo && !IN_SOLO.has(command.kind)) return;
      const { overlay } = ui.getState();
      if (overlay !== null && !(overlay.kind === "palette" && command.kind === "palette")) return;
      event.preventDefault();
      run(command, scope, order, search);
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [scope, ui, mac, order, search]);
}
