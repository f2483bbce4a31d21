import { LIMITS } from "@parley/protocol/limits.ts";
import type { Floor, Publication } from "../storage/publication.ts";
import type { ChatRow, MarkFloor, MembershipRow } from "../storage/rows.ts";
import { floorOf } from "./floor.ts";

type Mark = "deliveredSeq" | "readSeq";

/** S8: whether a group is so large that members are shown minima only. */
export function showsMinima(memberCount: number): boolean {
  return memberCount > LIMITS.receiptDetailMembers;
}

/** S8: both floors of a group with these members; null where everybody's marks are shown. */
export function floorsOf(
  members: readonly MembershipRow[],
): Pick<ChatRow, "deliveredFloor" | "readFloor"> {
  if (!showsMinima(members.length)) return { deliveredFloor: null, readFloor: null };
  return {
    deliveredFloor: floorOf(members.map((member) => member.deliveredSeq)),
    readFloor: floorOf(members.map((member) => member.readSeq)),
  };
}

/** S8: whether members are shown something else now. */
export function isShownDifferently(before: MarkFloor | null, after: MarkFloor | null): boolean {
  if (before === null || after === null) return before !== after;
  const sole = (floor: MarkFloor): number | null => (floor.holders === 1 ? floor.next : null);
  return before.min !== after.min || sole(before) !== sole(after);
}

function floorShown(floor: MarkFloor, members: readonly MembershipRow[], mark: Mark): Floor {
  const holder =
    floor.holders === 1 ? members.find((member) => member[mark] === floor.min) : undefined;
  return {
    min: floor.min,
    sole: holder?.accountId ?? null,
    next: floor.next ?? floor.min,
  };
}

/** S8: what to tell the members of a large group; nothing in a small one. */
export function floorPublications(chat: ChatRow, members: readonly MembershipRow[]): Publication[] {
  const { deliveredFloor, readFloor, chatId, rev } = chat;
  if (deliveredFloor === null || readFloor === null) return [];
  return [
    {
      kind: "floors",
      chatId,
      rev,
      delivered: floorShown(deliveredFloor, members, "deliveredSeq"),
      read: floorShown(readFloor, members, "readSeq"),
    },
  ];
}
