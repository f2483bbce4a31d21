import type { OutboxEntry } from "@parley/client/sync/model.ts";
import type { Watermarks } from "@parley/protocol/chat.ts";
import { stateOfSent } from "@parley/protocol/receipts.ts";
import type { EntryItem, EventItem, OwnState } from "./read-models.ts";

/** S11: how an entry shows. */
export function entryState(entry: OutboxEntry): EntryItem["state"] {
  return entry.state === "journaled" ? "sending" : entry.state;
}

/**
 * S8: the tick of an own row of the timeline, by the `othersMin` of its chat (`useChat`); null for
 * rows of others. An acknowledged entry already takes part in the receipts.
 */
export function ownStateOf(
  item: Pick<EventItem, "kind" | "seq" | "mine"> | EntryItem,
  othersMin: Watermarks | null,
): OwnState | null {
  if (!item.mine) return null;
  if (item.kind === "entry" && item.state !== "sent") return item.state;
  return item.seq === null ? "sent" : stateOfSent(item.seq, othersMin ?? undefined);
}
