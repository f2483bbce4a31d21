import type { Role } from "@parley/protocol/chat.ts";

/** V7: what a member may do with a group, and with another member. */
export type GroupRights = { rename: boolean; add: boolean; leave: boolean };
export type MemberRights = {
  remove: boolean;
  makeAdmin: boolean;
  makeMember: boolean;
  makeOwner: boolean;
};

/** V7: owners and admins manage; everyone may leave, an owner only when alone. */
export function groupRights(myRole: Role, left: boolean): GroupRights {
  const manages = !left && myRole !== "member";
  return { rename: manages, add: manages, leave: !left };
}

const NONE: MemberRights = { remove: false, makeAdmin: false, makeMember: false, makeOwner: false };

/** V7: what I may do with another member. The server decides again. */
export function memberRights(myRole: Role, role: Role, mine: boolean, left: boolean): MemberRights {
  if (left || mine || role === "owner" || myRole === "member") return NONE;
  const owner = myRole === "owner";
  return {
    remove: owner || role === "member",
    makeAdmin: owner && role === "member",
    makeMember: owner && role === "admin",
    makeOwner: owner,
  };
}
