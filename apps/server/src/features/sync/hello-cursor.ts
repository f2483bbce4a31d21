import type { ListingCursor } from "../../storage/port.ts";

/** S6: where a listing continues: which of its three lists, and after what. */
export type ListingPlace = ListingCursor & { list: "chats" | "people" | "values" };

/** Where a hello continues, and the watermark that its first page read. */
export type HelloCursor = { watermark: number; place: ListingPlace };

/** Opaque to clients. */
export function writeCursor({ watermark, place }: HelloCursor): string {
  return `${place.list}.${watermark}.${place.change}.${place.id}`;
}

/** Undefined if the text is no cursor of this server. */
export function parseCursor(text: string): HelloCursor | undefined {
  const match = /^(chats|people|values)\.(\d{1,15})\.(\d{1,15})\.([\w.:-]{1,128})$/.exec(text);
  const [, list, watermark, change, id] = match ?? [];
  if (list !== "chats" && list !== "people" && list !== "values") return undefined;
  if (watermark === undefined || change === undefined || id === undefined) return undefined;
  return { watermark: Number(watermark), place: { list, change: Number(change), id } };
}
