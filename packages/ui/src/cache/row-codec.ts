import type { AsideRow, EventRow, OutboxEntry, ValueRow } from "@parley/client/sync/model.ts";
import type { Event } from "@parley/protocol/event.ts";

/**
 * How payloads lie in a database. A string with one character outside Latin-1 takes two bytes for
 * every one of its units, so a payload of 204,800 bytes of UTF-8 could take 400 KB; as UTF-8 bytes it
 * keeps its size, and no row comes over LIMITS.storedValueBytes.
 */
export type Packed = string | Uint8Array;

/** Longer texts are stored as bytes; short ones stay strings, which cost no decoding. */
const STRING_UNITS = 16_384;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function pack(text: string): Packed {
  return text.length > STRING_UNITS ? encoder.encode(text) : text;
}

function unpack(packed: Packed): string {
  return typeof packed === "string" ? packed : decoder.decode(packed);
}

type StoredFold = Omit<NonNullable<Event["fold"]>, "edit"> & {
  edit?: Omit<NonNullable<NonNullable<Event["fold"]>["edit"]>, "payload"> & { payload: Packed };
};

export type StoredEvent = Omit<EventRow, "payload" | "fold"> & {
  payload: Packed | null;
  fold?: StoredFold;
};

export type StoredAside = Omit<AsideRow, "event"> & { clientId: string; event: StoredEvent };

export type StoredEntry = Omit<OutboxEntry, "send" | "order"> & {
  order?: number;
  send: Omit<OutboxEntry["send"], "payload"> & { payload: Packed };
};

/** A draft's value is as long as a payload may be. */
export type StoredValue = Omit<ValueRow, "value"> & { value: Packed | null };

export function packValue(row: ValueRow): StoredValue {
  return { ...row, value: row.value === null ? null : pack(row.value) };
}

export function unpackValue(stored: StoredValue): ValueRow {
  return { ...stored, value: stored.value === null ? null : unpack(stored.value) };
}

export function packEvent(row: EventRow): StoredEvent {
  const { payload, fold, ...rest } = row;
  const stored: StoredEvent = { ...rest, payload: payload === null ? null : pack(payload) };
  if (fold === undefined) return stored;
  const { edit, ...marks } = fold;
  stored.fold = { ...marks, ...(edit && { edit: { ...edit, payload: pack(edit.payload) } }) };
  return stored;
}

export function unpackEvent(stored: StoredEvent): EventRow {
  const { payload, fold, ...rest } = stored;
  const row: EventRow = { ...rest, payload: payload === null ? null : unpack(payload) };
  if (fold === undefined) return row;
  const { edit, ...marks } = fold;
  row.fold = { ...marks, ...(edit && { edit: { ...edit, payload: unpack(edit.payload) } }) };
  return row;
}

export function packAside(row: AsideRow): StoredAside {
  const { clientId } = row.event;
  return { ...row, clientId, event: packEvent({ ...row.event, foldSeq: 0 }) };
}

export function unpackAside(stored: StoredAside): AsideRow {
  const { chatId, epoch } = stored;
  return { chatId, epoch, event: unpackEvent(stored.event) };
}

export function packEntry(entry: Omit<OutboxEntry, "order"> & { order?: number }): StoredEntry {
  return { ...entry, send: { ...entry.send, payload: pack(entry.send.payload) } };
}

export function unpackEntry(stored: StoredEntry): OutboxEntry {
  const { order = 0, send, ...rest } = stored;
  return { ...rest, order, send: { ...send, payload: unpack(send.payload) } };
}
