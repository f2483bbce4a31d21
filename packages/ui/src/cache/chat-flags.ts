import type { ValueRow, WaitingPut } from "@parley/client/sync/model.ts";
import { AccountId, ChatId } from "@parley/protocol/ids.ts";
import {
  type AlertPreview,
  isBlocked,
  isMuted,
  readValue,
  splitValueKey,
  type ValueKey,
  type ValueKind,
  valueKey,
} from "@parley/protocol/values.ts";
import type { CacheDb } from "./cache-db.ts";
import type { DexieJournalStore } from "./dexie-journal-store.ts";
import { unpackValue } from "./row-codec.ts";

/** S1: account values as the user has set them: what waits in the journal shows at once (S11). */
export type ShownValues = ReadonlyMap<ValueKey, string | null>;

/** What account values say of a chat. */
export type ChatFlags = {
  /** No alerts now. */
  muted: boolean;
  /** When the mute ends, by this device's clock; null: never, or not muted. */
  mutedUntilMs: number | null;
  /** Stands at the top of the list. */
  pinned: boolean;
  archived: boolean;
  /** The other person of a direct chat is blocked by me (V33). */
  blocked: boolean;
};

/** V51: how alerts of a chat differ from the device's settings; null: they do not. */
export type ChatAlerts = {
  /** `none`: without a sound; else a sound of the system by its name. */
  alertSound: string | null;
  alertPreview: AlertPreview | null;
};

/** The time here, and how far the server's clock is ahead of it. */
export type Clocks = { nowMs: number; serverAheadMs: number };

const SHOWN_KINDS: readonly ValueKind[] = ["mute", "pin", "archive", "block"];

function overlaid(rows: readonly ValueRow[], waiting: readonly WaitingPut[]): ShownValues {
  const shown = new Map(rows.map((row) => [row.key, row.value]));
  for (const { key, value } of waiting) shown.set(key, value);
  return shown;
}

/** The values of all chats and people; drafts stand in the journal. */
export async function readShownValues(
  cache: CacheDb,
  journal: DexieJournalStore,
): Promise<ShownValues> {
  // The journal first: a put that leaves in between is then in the cache, not nowhere.
  const waiting = await journal.waitingPuts();
  const rows = await cache.values
    .where("key")
    .startsWithAnyOf(SHOWN_KINDS.map((kind) => `${kind}:`))
    .toArray();
  return overlaid(rows.map(unpackValue), waiting);
}

/** The values that concern one chat. */
export async function readValuesOfChat(
  cache: CacheDb,
  journal: DexieJournalStore,
  chatId: ChatId,
  peerId: AccountId | null,
): Promise<ShownValues> {
  const keys: ValueKey[] = [
    valueKey("mute", chatId),
    valueKey("pin", chatId),
    valueKey("archive", chatId),
    valueKey("alert", chatId),
    ...(peerId === null ? [] : [valueKey("block", peerId)]),
  ];
  const waiting = await journal.db.waitingPuts.bulkGet(keys);
  const rows = await cache.values.bulkGet(keys);
  return overlaid(
    rows.flatMap((row) => (row === undefined ? [] : [unpackValue(row)])),
    waiting.filter((put) => put !== undefined),
  );
}

/** What the values say of a chat. Pure. */
export function flagsOf(
  values: ShownValues,
  chatId: ChatId,
  peerId: AccountId | null,
  { nowMs, serverAheadMs }: Clocks,
): ChatFlags {
  const valueOf = (key: ValueKey): string | null => values.get(key) ?? null;
  const mute = readValue("mute", valueOf(valueKey("mute", chatId)));
  const muted = isMuted(mute, nowMs + serverAheadMs);
  const untilMs = muted ? (mute?.untilMs ?? null) : null;
  return {
    muted,
    mutedUntilMs: untilMs === null ? null : untilMs - serverAheadMs,
    pinned: pinnedAtMs(values, chatId) !== null,
    archived: readValue("archive", valueOf(valueKey("archive", chatId))) !== undefined,
    blocked: peerId !== null && isBlocked(valueOf(valueKey("block", peerId))),
  };
}

/** V51: how alerts of a chat are set. Pure. */
export function alertsOf(values: ShownValues, chatId: ChatId): ChatAlerts {
  const alert = readValue("alert", values.get(valueKey("alert", chatId)) ?? null);
  return { alertSound: alert?.sound ?? null, alertPreview: alert?.preview ?? null };
}

/** When the chat was pinned; null if it is not. */
export function pinnedAtMs(values: ShownValues, chatId: ChatId): number | null {
  return readValue("pin", values.get(valueKey("pin", chatId)) ?? null)?.atMs ?? null;
}

/** Everyone whom this account has blocked (V33). */
export function blockedIn(values: ShownValues): AccountId[] {
  return [...values].flatMap(([key, value]) => {
    const split = splitValueKey(key);
    if (split?.kind !== "block" || !isBlocked(value)) return [];
    const accountId = AccountId.safeParse(split.id);
    return accountId.success ? [accountId.data] : [];
  });
}

/** All pinned chats, the newest pin first. */
export function pinnedIn(values: ShownValues): ChatId[] {
  return [...values.keys()]
    .flatMap((key) => {
      const split = splitValueKey(key);
      if (split?.kind !== "pin") return [];
      const chatId = ChatId.parse(split.id);
      const atMs = pinnedAtMs(values, chatId);
      return atMs === null ? [] : [{ chatId, atMs }];
    })
    .sort((a, b) => b.atMs - a.atMs)
    .map(({ chatId }) => chatId);
}
