import type { Member } from "./chat.ts";
import type { Event } from "./event.ts";
import type { AccountId } from "./ids.ts";

/** S17: who is in a chat, as the stream of system events tells it. */
export type Roster = {
  membershipVersion: number;
  title: string | null;
  members: readonly Member[];
};

function joined(accountId: AccountId, seq: number): Member {
  return { accountId, role: "member", joinedSeq: seq, deliveredSeq: seq, readSeq: seq };
}

function withoutAccount(members: readonly Member[], accountId: AccountId): Member[] {
  return members.filter((member) => member.accountId !== accountId);
}

/**
 * S17: applies a system event to a roster. Pure, and shared by the server's decisions and the
 * client's cache, so both derive the same members, roles and title from the same stream. An event at
 * or below `membershipVersion` was already applied and changes no member.
 */
export function foldRoster(
  roster: Roster,
  event: Pick<Event, "seq" | "senderId" | "system">,
): Roster {
  const { system, seq } = event;
  if (system === undefined) return roster;
  if (system.kind === "title") return { ...roster, title: system.title };
  if (seq <= roster.membershipVersion) return roster;
  const base = { ...roster, membershipVersion: seq };
  const { members } = roster;
  switch (system.kind) {
    case "created": {
      const all = system.accountIds.map((accountId) => joined(accountId, seq));
      const owned = all.map((member) =>
        member.accountId === event.senderId ? { ...member, role: "owner" as const } : member,
      );
      return { ...base, title: system.title, members: owned };
    }
    case "added": {
      const present = new Set(members.map((member) => member.accountId));
      const fresh = system.accountIds.filter((accountId) => !present.has(accountId));
      return {
        ...base,
        members: [...members, ...fresh.map((accountId) => joined(accountId, seq))],
      };
    }
    case "removed":
    case "left":
      return { ...base, members: withoutAccount(members, system.accountId) };
    case "role":
      return {
        ...base,
        members: members.map((member) =>
          member.accountId === system.accountId ? { ...member, role: system.role } : member,
        ),
      };
    case "owner":
      return {
        ...base,
        members: members.map((member) => {
          if (member.accountId === system.accountId) return { ...member, role: "owner" as const };
          return member.role === "owner" ? { ...member, role: "admin" as const } : member;
        }),
      };
  }
}
