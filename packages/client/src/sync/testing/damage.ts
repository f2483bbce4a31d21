import type { Event } from "@parley/protocol/event.ts";
import { ClientId, newId } from "@parley/protocol/ids.ts";

/** What may befall events between a server and a client that nobody should believe (S7). */

function isEvent(data: object): data is Event {
  return "prevHash" in data && "contentHash" in data && "seq" in data;
}

function isEventList(data: unknown): data is Event[] {
  return (
    Array.isArray(data) &&
    data.length > 0 &&
    data.every((one: unknown) => typeof one === "object" && one !== null && isEvent(one))
  );
}

/** Every list of events, and every event on its own, anywhere in `data`. */
function collect(data: unknown, lists: Event[][], singles: Event[]): void {
  if (typeof data !== "object" || data === null) return;
  if (isEvent(data)) {
    singles.push(data);
    return;
  }
  const list: unknown = data;
  if (isEventList(list)) lists.push(list);
  for (const inner of Object.values(data) as unknown[]) collect(inner, lists, singles);
}

/** Every event anywhere in `data`. */
export function eventsIn(data: unknown): Event[] {
  const singles: Event[] = [];
  collect(data, [], singles);
  return singles;
}

function otherHash(hash: string): string {
  return (hash.startsWith("A") ? "B" : "A") + hash.slice(1);
}

/** One change of one field of an event; all of them stay within the schema. */
export const DAMAGES: readonly ((event: Event) => void)[] = [
  (event) => (event.payload = `${event.payload ?? ""} `),
  (event) => (event.at += 1),
  (event) => (event.seq += 1),
  (event) => (event.seq = Math.max(1, event.seq - 1)),
  (event) => (event.hash = otherHash(event.hash)),
  (event) => (event.prevHash = otherHash(event.prevHash)),
  (event) => (event.contentHash = otherHash(event.contentHash)),
  (event) => (event.clientId = newId(ClientId)),
  (event) => (event.notify = !event.notify),
  (event) => (event.type = `${event.type}x`),
  (event) => (event.senderDeviceId = event.senderDeviceId.replace(/.$/, "0") as never),
  (event) => (event.targetSeq = (event.targetSeq ?? 0) + 1),
  (event) => (event.rel = { kind: "redact", target: event.clientId }),
  (event) => (event.mentions = [event.senderId]),
  (event) => {
    if (event.fold?.edit) event.fold.edit.payload += " ";
    else event.at += 1;
  },
];

/** With a chance of `chance`, changes, drops, doubles or swaps events anywhere in `data`. */
export function damageEvents(data: unknown, chance: number, random: () => number): void {
  if (chance === 0 || random() >= chance) return;
  const lists: Event[][] = [];
  const singles: Event[] = [];
  collect(data, lists, singles);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const list = pick(lists);
  const at = Math.floor(random() * (list?.length ?? 0));
  const kind = list === undefined ? 1 : random();
  if (list !== undefined && kind < 0.15) list.splice(at, 1);
  else if (list !== undefined && kind < 0.3) list.splice(at, 0, structuredClone(list[at]!));
  else if (list !== undefined && kind < 0.45) {
    const [one] = list.splice(at, 1);
    list.push(one!);
  } else {
    const event = pick(singles);
    if (event !== undefined) pick(DAMAGES)?.(event);
  }
}
