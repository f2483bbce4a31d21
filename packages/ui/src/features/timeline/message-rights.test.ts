import { AccountId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, test } from "vitest";
import type { ChatView, EntryItem, EventItem } from "../../cache/read-models.ts";
import { fakeEventItem } from "../../cache/testing/fake-items.ts";
import { messageRights } from "./message-rights.ts";
import { reactionNames } from "./reaction-rules.ts";

const me = newId(AccountId);
const content = { type: "text" as const, salt: "AAAAAAAAAAAAAAAAAAAAAA", text: "hello" };
type Chat = Pick<ChatView, "kind" | "myRole" | "left" | "blocked" | "lost">;
const direct: Chat = { kind: "direct", myRole: "member", left: false, blocked: false, lost: false };
const group = (myRole: ChatView["myRole"]): Chat => ({ ...direct, kind: "group", myRole });

function event(part: Partial<EventItem> = {}): EventItem {
  return fakeEventItem({ seq: 3, senderId: me, mine: true, content, ...part });
}

function entry(state: EntryItem["state"]): EntryItem {
  const { system: _s, erased: _e, erasedBy: _b, fault: _f, ...item } = event();
  return { ...item, kind: "entry", mine: true, seq: null, state, error: null, waiting: null };
}

describe("V29: what the menu of a message offers", () => {
  test("own messages can be edited and deleted, those of others answered and reacted to", () => {
    expect(messageRights(event(), direct)).toEqual({
      react: true,
      reply: true,
      edit: true,
      copy: true,
      remove: true,
      resend: false,
    });
    const other = messageRights(event({ mine: false }), direct);
    expect(other).toMatchObject({ react: true, reply: true, edit: false, remove: false });
  });

  test("owner and admins of a group may delete any message, and edit only their own", () => {
    for (const role of ["owner", "admin"] as const) {
      const rights = messageRights(event({ mine: false }), group(role));
      expect(rights).toMatchObject({ remove: true, edit: false });
    }
    expect(messageRights(event({ mine: false }), group("member")).remove).toBe(false);
  });

  test("nothing changes an erased message, nor one in a chat that one cannot write in", () => {
    const erased = event({ erased: true, content: null });
    const shut = { react: false, reply: false, edit: false, remove: false };
    expect(messageRights(erased, direct)).toMatchObject({ ...shut, copy: false });
    for (const chat of [{ left: true }, { blocked: true }, { lost: true }]) {
      expect(messageRights(event(), { ...direct, ...chat })).toMatchObject({ ...shut, copy: true });
    }
  });

  test("S11: one that failed can only be sent again, copied or discarded; a waiting one be changed", () => {
    expect(messageRights(entry("failed"), direct)).toMatchObject({
      resend: true,
      edit: false,
      remove: false,
      react: false,
      copy: true,
    });
    expect(messageRights(entry("sending"), direct)).toMatchObject({ edit: true, remove: true });
  });
});

describe("who reacted", () => {
  const ids = Array.from({ length: 12 }, () => newId(AccountId));
  const nameOf = (id: AccountId): string => (id === me ? "You" : `P${ids.indexOf(id)}`);

  test("oneself first, then the others, then how many more", () => {
    const some = [ids[0], ids[1]].filter((id) => id !== undefined);
    expect(reactionNames({ accountIds: some, count: 2, mine: false }, nameOf)).toBe("P0 and P1");
    expect(reactionNames({ accountIds: [...some, me], count: 3, mine: true }, nameOf)).toBe(
      "You, P0, and P1",
    );
    expect(reactionNames({ accountIds: ids, count: 40, mine: false }, nameOf)).toBe(
      "P0, P1, P2, P3, P4, P5, P6, P7, and 32 more people",
    );
  });
});
