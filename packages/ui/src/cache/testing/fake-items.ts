import { AccountId, ClientId, newId } from "@parley/protocol/ids.ts";
import type { EventItem } from "../read-models.ts";

/** A text message of somebody else in a timeline, as far as `part` does not say otherwise. */
export function fakeEventItem(part: Partial<EventItem> = {}): EventItem {
  const { clientId = newId(ClientId), seq = 1 } = part;
  return {
    kind: "event",
    key: clientId,
    seq,
    clientId,
    atMs: 0,
    senderId: newId(AccountId),
    mine: false,
    system: null,
    content: { type: "text", salt: "AAAAAAAAAAAAAAAAAAAAAA", text: `message ${seq}` },
    rel: null,
    mentions: [],
    editedAtMs: null,
    erased: false,
    erasedBy: null,
    reactions: [],
    pending: [],
    fault: null,
    ...part,
  };
}
