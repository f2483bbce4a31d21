import type { EventItem, EntryItem } from "../cache/read-models.ts";
import type { EditStanding } from "../features/composer/ComposerBanner.tsx";
import { isErased, textOf } from "../features/timeline/Message.tsx";

/**
 * What became of a message since its edit began. One that is not on this device, or not read yet, is
 * taken to be as it was: saving says what is wrong.
 */
export function editStanding(
  item: EventItem | EntryItem | null | undefined,
  original: string,
): EditStanding {
  if (!item) return { kind: "same" };
  if (isErased(item)) return { kind: "gone" };
  const text = textOf(item);
  return text === null || text === original ? { kind: "same" } : { kind: "changed", text };
}
