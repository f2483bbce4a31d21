import { parseWith } from "@parley/client/connection/parse.ts";
import type { HostStore } from "@parley/client/session/ports.ts";
import { AccountKey, ChatId } from "@parley/protocol/ids.ts";
import { z } from "zod";

/** A screen full of windows; more of them are a mistake or an attack of a page. */
const MAX_WINDOWS = 12;
const KEY = "windows:open";
/** Names a window over restarts: its place, its look and its panes are kept by it. */
const Slot = z.string().regex(/^(?:extra|chat)-(?:[1-9]|1[0-2])$/);
const KeptChat = z.object({ accountKey: AccountKey, chatId: ChatId });

const Kept = z
  .array(z.object({ slot: Slot, kind: z.enum(["extra", "chat"]), chat: KeptChat.optional() }))
  .max(MAX_WINDOWS);

/** A window beside the main one. */
export type OpenWindow = z.infer<typeof Kept>[number];

/** What asking for a window leads to. */
export type OpenDecision =
  | { act: "open"; window: OpenWindow }
  /** It is there already. */
  | { act: "show"; slot: string }
  | { act: "refuse" };

/** Whether a window is opened, and by which name: the first that is free, so that it finds its place again. */
export function decideOpen(
  open: readonly OpenWindow[],
  chat: z.infer<typeof KeptChat> | undefined,
): OpenDecision {
  const shown = chat && windowOfChat(open, chat);
  if (shown) return { act: "show", slot: shown.slot };
  if (open.length >= MAX_WINDOWS) return { act: "refuse" };
  const kind = chat ? "chat" : "extra";
  const taken = new Set(open.map(({ slot }) => slot));
  for (let nth = 1; ; nth++) {
    const slot = `${kind}-${nth}`;
    if (!taken.has(slot)) return { act: "open", window: { slot, kind, ...(chat && { chat }) } };
  }
}

/** The window in which a chat was popped out. */
export function windowOfChat(
  open: readonly OpenWindow[],
  chat: z.infer<typeof KeptChat>,
): OpenWindow | undefined {
  return open.find(
    (window) => window.chat?.chatId === chat.chatId && window.chat.accountKey === chat.accountKey,
  );
}

/** The windows that were open when the app ended; damaged: none. */
export async function keptWindows(store: HostStore): Promise<OpenWindow[]> {
  const kept = parseWith(Kept, (await store.list(KEY)).find(([key]) => key === KEY)?.[1]);
  return kept.ok ? kept.value : [];
}

/** Keeps which windows are open for the next start. */
export function keepWindows(store: HostStore, open: readonly OpenWindow[]): Promise<void> {
  return store.put([[KEY, open]]);
}
