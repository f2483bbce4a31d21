import { openPayload } from "@parley/protocol/content.ts";
import type { OpenedContent } from "@parley/protocol/content.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { Preview } from "./model.ts";

/** Length of the text kept for a chat list, in UTF-16 units. */
export const PREVIEW_UNITS = 160;

/** What a reader gets of an event: an edit in place of the original, null if erased or not visible. */
export function contentOf(event: Pick<Event, "alg" | "payload" | "fold">): OpenedContent | null {
  if (event.fold?.erased !== undefined) return null;
  const edit = event.fold?.edit;
  if (edit !== undefined) return openPayload(edit.alg, edit.payload);
  return event.payload === null ? null : openPayload(event.alg, event.payload);
}

/** The beginning of a text on one line, never cut within a surrogate pair. */
export function previewText(text: string): string {
  const line = text
    .slice(0, PREVIEW_UNITS * 2)
    .replaceAll(/\s+/gu, " ")
    .trim();
  return line.slice(0, PREVIEW_UNITS).replace(/[\uD800-\uDBFF]$/, "");
}

/** Content as a chat list shows it. */
export function previewContent(content: OpenedContent | null): Preview["content"] {
  if (content === null) return { kind: "erased" };
  return content.type === "text"
    ? { kind: "text", text: previewText(content.text) }
    : { kind: "unknown" };
}

/** A message as a chat list shows it. */
export function previewOf(event: Event): Preview {
  const { seq, clientId, senderId, at } = event;
  return { seq, clientId, senderId, at, content: previewContent(contentOf(event)) };
}
