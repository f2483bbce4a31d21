import type { ChatId } from "@parley/protocol/ids.ts";

/** At most this many conversations stand side by side. */
export const MAX_PANES = 4;
/** Narrower than this a conversation is no longer usable, in CSS pixels. */
export const MIN_PANE_PX = 300;
const MIN_WEIGHT = 0.15;

/** One conversation on the screen. `chatId` is null while the user chooses what to open beside. */
export type Pane = {
  paneId: string;
  chatId: ChatId | null;
  /** Share of the width, relative to the other panes. */
  weight: number;
};

/** Conversations side by side; `focused` is an index into `panes`, 0 if there is none. */
export type PaneLayout = { panes: readonly Pane[]; focused: number };

export type PaneAction =
  /** Shows a chat in the focused pane; one that is open already gets the focus instead. */
  | { kind: "open"; chatId: ChatId }
  /** Shows a chat in a pane of its own, right of the focused one. */
  | { kind: "open-beside"; chatId: ChatId }
  /** Makes an empty pane right of the focused one, to choose a chat for. */
  | { kind: "split" }
  | { kind: "close"; paneId: string }
  | { kind: "focus"; paneId: string }
  /** Moves the focus by a number of panes, around the ends. */
  | { kind: "focus-next"; step: 1 | -1 }
  /** Moves the border right of a pane by a share of the whole width. */
  | { kind: "resize"; paneId: string; byShare: number }
  /** Shares the width equally between a pane and its right neighbour. */
  | { kind: "even"; paneId: string }
  | { kind: "close-all" };

export const NO_PANES: PaneLayout = { panes: [], focused: 0 };

/** The smallest unused name, so that names stay short and stable across reloads. */
function freshPaneId(panes: readonly Pane[]): string {
  let n = 1;
  while (panes.some((pane) => pane.paneId === `pane-${n}`)) n += 1;
  return `pane-${n}`;
}

function insertAfterFocus(layout: PaneLayout, chatId: ChatId | null): PaneLayout {
  const { panes } = layout;
  const at = panes.length === 0 ? 0 : layout.focused + 1;
  // A new pane takes the average width, so that the others keep their proportions.
  const total = panes.reduce((sum, pane) => sum + pane.weight, 0);
  const weight = panes.length === 0 ? 1 : total / panes.length;
  const pane: Pane = { paneId: freshPaneId(panes), chatId, weight };
  return { panes: [...panes.slice(0, at), pane, ...panes.slice(at)], focused: at };
}

function replaceFocused(layout: PaneLayout, chatId: ChatId): PaneLayout {
  if (layout.panes.length === 0) return insertAfterFocus(layout, chatId);
  const panes = layout.panes.map((pane, index) =>
    index === layout.focused ? { ...pane, chatId } : pane,
  );
  return { ...layout, panes };
}

function openBeside(layout: PaneLayout, chatId: ChatId): PaneLayout {
  const focused = layout.panes[layout.focused];
  if (focused === undefined || focused.chatId === null) return replaceFocused(layout, chatId);
  if (layout.panes.length < MAX_PANES) return insertAfterFocus(layout, chatId);
  // No room for a fifth: the neighbour makes place, never the chat one is writing in.
  const next = (layout.focused + 1) % layout.panes.length;
  return replaceFocused({ ...layout, focused: next }, chatId);
}

function close(layout: PaneLayout, paneId: string): PaneLayout {
  const at = layout.panes.findIndex((pane) => pane.paneId === paneId);
  if (at < 0) return layout;
  const panes = layout.panes.filter((pane) => pane.paneId !== paneId);
  const focused =
    at < layout.focused || layout.focused === panes.length ? layout.focused - 1 : layout.focused;
  return { panes, focused: Math.max(0, focused) };
}

function resize(layout: PaneLayout, paneId: string, byShare: number): PaneLayout {
  const at = layout.panes.findIndex((pane) => pane.paneId === paneId);
  const left = layout.panes[at];
  const right = layout.panes[at + 1];
  if (left === undefined || right === undefined) return layout;
  const total = layout.panes.reduce((sum, pane) => sum + pane.weight, 0);
  const both = left.weight + right.weight;
  const least = Math.min(MIN_WEIGHT * total, both / 2);
  const weight = Math.min(Math.max(left.weight + byShare * total, least), both - least);
  const panes = layout.panes.map((pane, index) => {
    if (index === at) return { ...pane, weight };
    return index === at + 1 ? { ...pane, weight: both - weight } : pane;
  });
  return { ...layout, panes };
}

/** Decides the next layout. Pure: the same action on the same layout gives the same result. */
export function panesReducer(layout: PaneLayout, action: PaneAction): PaneLayout {
  switch (action.kind) {
    case "open":
    case "open-beside": {
      const open = layout.panes.findIndex((pane) => pane.chatId === action.chatId);
      if (open >= 0) return { ...layout, focused: open };
      return action.kind === "open"
        ? replaceFocused(layout, action.chatId)
        : openBeside(layout, action.chatId);
    }
    case "split": {
      const empty = layout.panes.findIndex((pane) => pane.chatId === null);
      if (empty >= 0) return { ...layout, focused: empty };
      return layout.panes.length < MAX_PANES ? insertAfterFocus(layout, null) : layout;
    }
    case "close":
      return close(layout, action.paneId);
    case "focus": {
      const at = layout.panes.findIndex((pane) => pane.paneId === action.paneId);
      return at < 0 || at === layout.focused ? layout : { ...layout, focused: at };
    }
    case "focus-next": {
      const count = layout.panes.length;
      return count < 2
        ? layout
        : { ...layout, focused: (layout.focused + action.step + count) % count };
    }
    case "resize":
      return resize(layout, action.paneId, action.byShare);
    case "even": {
      const at = layout.panes.findIndex((pane) => pane.paneId === action.paneId);
      const left = layout.panes[at];
      const right = layout.panes[at + 1];
      if (left === undefined || right === undefined) return layout;
      const half = (left.weight + right.weight) / 2;
      const panes = layout.panes.map((pane, index) =>
        index === at || index === at + 1 ? { ...pane, weight: half } : pane,
      );
      return { ...layout, panes };
    }
    case "close-all":
      return NO_PANES;
  }
}

/** The panes that fit into a width: the focused one and its nearest neighbours, in order. */
export function visiblePanes(layout: PaneLayout, widthPx: number): readonly Pane[] {
  const fit = Math.max(1, Math.min(MAX_PANES, Math.floor(widthPx / MIN_PANE_PX)));
  if (layout.panes.length <= fit) return layout.panes;
  const from = Math.min(Math.max(0, layout.focused - fit + 1), layout.panes.length - fit);
  return layout.panes.slice(from, from + fit);
}

/** The pane that has the focus, if any is open. */
export function focusedPane(layout: PaneLayout): Pane | undefined {
  return layout.panes[layout.focused];
}

/** Chats on the screen, left to right. */
export function openChatIds(layout: PaneLayout): ChatId[] {
  return layout.panes.flatMap((pane) => (pane.chatId === null ? [] : [pane.chatId]));
}
