import { ChatId, type ClientId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import { z } from "zod";
import { createStore, type StoreApi } from "zustand/vanilla";
import { MAX_PANES, NO_PANES, type PaneAction, type PaneLayout, panesReducer } from "./panes.ts";
import { type Memory, recall, remember } from "./remembered.ts";
import type { FocusMove } from "./send-guard.ts";

/** Widths of the chat list, in CSS pixels. */
export const LIST_WIDTH = { min: 260, usual: 320, max: 420 } as const;

/** What lies over the frame. One at a time. */
export type Overlay =
  | { kind: "new-chat" }
  | { kind: "new-group" }
  | { kind: "settings"; section: SettingsSection }
  | { kind: "palette" }
  | { kind: "shortcuts" }
  | { kind: "block"; person: Person }
  | { kind: "drafts"; chatId: ChatId };

export type SettingsSection =
  | "profile"
  | "accounts"
  | "devices"
  | "notifications"
  | "appearance"
  | "chats"
  | "privacy"
  | "storage"
  | "desktop"
  | "keyboard"
  | "languages"
  | "about";
export type ListFilter = "all" | "unread" | "groups" | "mentions";

export type UiState = {
  layout: PaneLayout;
  /** Changes when the user asks to go somewhere: the composer there takes the focus. */
  focusRequest: number;
  focusMove: FocusMove | null;
  listWidth: number;
  filter: ListFilter;
  query: string;
  /** Whether the list shows the archived chats instead of the others. */
  archive: boolean;
  overlay: Overlay | null;
  /** The chat whose details are open beside the panes. */
  detailsOf: ChatId | null;
  /** The message that somebody asked for, until its chat shows it. */
  target: { chatId: ChatId; clientId: ClientId } | null;
  /** What an action outside of the chat's own menu came to, to be said in its pane. */
  told: { chatId: ChatId; text: string } | null;
  /** On one column: whether the list is in view instead of a conversation. */
  listInView: boolean;

  /** Changes the panes. `byUser` false marks a move of the focus that the user did not ask for. */
  panes: (action: PaneAction, byUser?: boolean) => void;
  openChat: (chatId: ChatId, beside: boolean) => void;
  /** Opens a chat at a message. */
  showMessage: (chatId: ChatId, clientId: ClientId) => void;
  /** Has a chat's pane say what an action came to; null: it is said. */
  tell: (told: UiState["told"]) => void;
  /** The message is on the screen, or cannot be had. */
  targetShown: () => void;
  setListWidth: (px: number) => void;
  setFilter: (filter: ListFilter) => void;
  setQuery: (query: string) => void;
  showArchive: (archive: boolean) => void;
  show: (overlay: Overlay | null) => void;
  showDetails: (chatId: ChatId | null) => void;
  showList: (inView: boolean) => void;
};

export type UiStore = StoreApi<UiState>;

const Remembered = z.object({
  panes: z
    .array(
      z.object({ paneId: z.string(), chatId: ChatId.nullable(), weight: z.number().positive() }),
    )
    .max(MAX_PANES),
  focused: z.number().int().nonnegative(),
  listWidth: z.number().min(LIST_WIDTH.min).max(LIST_WIDTH.max),
  filter: z.enum(["all", "unread", "groups", "mentions"]),
});

/** The state of one account's screen in this window. Panes, widths and filter are remembered under `key`. */
export function createUiStore(
  memory: Memory,
  key: string,
  nowMs: () => number = () => Date.now(),
): UiStore {
  const known = recall(memory, key, Remembered, null);
  const layout: PaneLayout =
    known === null
      ? NO_PANES
      : {
          panes: known.panes,
          focused: Math.min(known.focused, Math.max(0, known.panes.length - 1)),
        };

  const store = createStore<UiState>()((set, get) => ({
    layout,
    focusRequest: 0,
    focusMove: null,
    listWidth: known?.listWidth ?? LIST_WIDTH.usual,
    filter: known?.filter ?? "all",
    query: "",
    archive: false,
    overlay: null,
    detailsOf: null,
    target: null,
    told: null,
    listInView: layout.panes.length === 0,

    panes(action, byUser = true) {
      const before = get().layout;
      const after = panesReducer(before, action);
      if (after === before) return;
      const paneId = after.panes[after.focused]?.paneId;
      const moved = paneId !== undefined && paneId !== before.panes[before.focused]?.paneId;
      set({
        layout: after,
        ...(moved && { focusMove: { paneId, atMs: nowMs(), byUser } }),
        ...(after.panes.length === 0 && { listInView: true, detailsOf: null }),
      });
    },
    openChat(chatId, beside) {
      get().panes({ kind: beside ? "open-beside" : "open", chatId });
      set((state) => ({
        focusRequest: state.focusRequest + 1,
        listInView: false,
        overlay: null,
        detailsOf: state.detailsOf === null ? null : chatId,
      }));
    },
    showMessage(chatId, clientId) {
      get().openChat(chatId, false);
      set({ target: { chatId, clientId } });
    },
    tell: (told) => set({ told }),
    targetShown: () => set({ target: null }),
    setListWidth: (px) =>
      set({ listWidth: Math.round(Math.min(LIST_WIDTH.max, Math.max(LIST_WIDTH.min, px))) }),
    setFilter: (filter) => set({ filter }),
    setQuery: (query) => set({ query }),
    showArchive: (archive) => set({ archive, query: "" }),
    show: (overlay) => set({ overlay }),
    showDetails: (detailsOf) => set({ detailsOf }),
    showList: (listInView) => set({ listInView }),
  }));

  store.subscribe((state, before) => {
    const same =
      state.layout === before.layout &&
      state.listWidth === before.listWidth &&
      state.filter === before.filter;
    if (same) return;
    remember(memory, key, {
      panes: state.layout.panes,
      focused: state.layout.focused,
      listWidth: state.listWidth,
      filter: state.filter,
    });
  });
  return store;
}
