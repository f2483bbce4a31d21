import { composeEdit, composeReaction, composeRedact } from "@parley/client/sync/compose.ts";
import type { EventRow } from "@parley/client/sync/model.ts";
import { isMessage, type Send } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";

import type { ChaosDevice } from "./device.ts";
import { rowOf } from "./reckoning.ts";

const KEYS = ["👍", "🙏", "🎉"];
/** People relate to what is new. */
const REACH = 30;
/** Of 1: how often somebody deletes, edits, or takes a reaction back. The rest are new reactions. */
const DELETES = 0.15;
const EDITS = 0.5;
const TAKES_BACK = 0.65;

/** S12, V29: an edit, deletion or reaction as this device's user may want it; undefined if none fits. */
export async function composeRelation(
  device: ChaosDevice,
  chatId: ChatId,
  random: () => number,
): Promise<Send | undefined> {
  const row = await rowOf(device, chatId);
  if (!row) return undefined;
  const { cache } = device.running;
  const from = Math.max(1, row.cursor - REACH);
  const events = await cache.read((reads) => reads.eventsBetween(chatId, from, row.cursor));
  const me = device.account.me.accountId;
  const messages = events.filter((event) => isMessage(event) && event.fold?.erased === undefined);
  const own = messages.filter((event) => event.senderId === me);
  const what = random();
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  if (what < EDITS) {
    const target = pick(own);
    if (!target) return undefined;
    if (what < DELETES) return composeRedact(chatId, target.clientId);
    const edit = composeEdit(chatId, target.clientId, { text: `edited ${random()}` });
    return edit.ok ? edit.value : undefined;
  }
  const target = pick(messages);
  if (!target) return undefined;
  const reacted = target.fold?.recent.find((one) => one.accountId === me);
  if (what < TAKES_BACK) {
    return reacted && composeRedact(chatId, reacted.clientId, reacted.key);
  }
  const key = pick(KEYS.filter((one) => !hasReacted(target, me, one)));
  const reaction = key === undefined ? undefined : composeReaction(chatId, target.clientId, key);
  return reaction?.ok ? reaction.value : undefined;
}

function hasReacted({ fold }: EventRow, accountId: EventRow["senderId"], key: string): boolean {
  return fold?.recent.some((one) => one.accountId === accountId && one.key === key) ?? false;
}
