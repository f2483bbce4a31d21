import type { Event, Relation } from "@parley/protocol/event.ts";
import { AccountId, ChatId, DeviceId, MediaId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { describe, expect, test } from "vitest";
import { textItem } from "../../testing/socket-client.ts";
import { refusedShape, relate, type Relating } from "./relations.ts";

const [ana, ben] = [newId(AccountId), newId(AccountId)];
const chatId = newId(ChatId);

function eventAt(seq: number, extra: Partial<Event> = {}): Event {
  const hash = "A".repeat(43);
  return {
    ...textItem(chatId, "m"),
    seq,
    at: seq,
    senderId: ana,
    senderDeviceId: newId(DeviceId),
    contentHash: hash,
    prevHash: hash,
    hash,
    ...extra,
  };
}

const message = eventAt(2);
const erasedFold = { foldSeq: 9, erased: { seq: 9, at: 9, by: ana }, reactions: [], recent: [] };
const erased = eventAt(2, { payload: null, fold: erasedFold });
const system = eventAt(1, { type: "system", system: { kind: "title", title: "T" } });
const reply = eventAt(3, { rel: { kind: "reply", target: message.clientId }, targetSeq: 2 });
const edit = eventAt(4, { rel: { kind: "edit", target: message.clientId }, targetSeq: 2 });
const reaction = eventAt(5, {
  rel: { kind: "reaction", target: message.clientId, key: "+" },
  targetSeq: 2,
});

/** What becomes of a relation by the sender of everything above, in a group. */
function decided(
  rel: Partial<Relation> & { kind: string },
  target: Event,
  extra: Partial<Relating> = {},
) {
  const result = relate({
    rel: { target: target.clientId, ...rel },
    by: ana,
    role: "member",
    chat: { kind: "group" },
    target,
    root: () => (target.rel?.kind === "reaction" ? message : undefined),
    hasReacted: () => false,
    ...extra,
  });
  if (result.ok) return result.value;
  return [result.error.code, result.error.field].filter(Boolean).join(" ");
}

describe("a relation", () => {
  test("V29: an edit comes from the sender of its target, a message", () => {
    expect(decided({ kind: "edit" }, message)).toEqual({ targetSeq: 2 });
    expect(decided({ kind: "edit" }, reply)).toEqual({ targetSeq: 3 });
    expect(decided({ kind: "edit" }, message, { by: ben, role: "owner" })).toBe("not_allowed");
    for (const target of [edit, reaction, system]) {
      expect(decided({ kind: "edit" }, target)).toBe("invalid_request rel.target");
    }
  });

  test("V29: a reaction comes from any member, once per key, and targets a message", () => {
    const rel = { kind: "reaction", key: "+" };
    expect(decided(rel, message, { by: ben })).toEqual({ targetSeq: 2 });
    expect(decided(rel, message, { hasReacted: () => true })).toBe("duplicate_reaction");
    for (const target of [edit, reaction, system]) {
      expect(decided(rel, target)).toBe("invalid_request rel.target");
    }
  });

  test("V29: a message is deleted by its sender or, in a group, by its owner or an admin", () => {
    const rel = { kind: "redact" };
    expect(decided(rel, message)).toEqual({ targetSeq: 2 });
    expect(decided(rel, message, { by: ben })).toBe("not_allowed");
    expect(decided(rel, message, { by: ben, role: "admin" })).toEqual({ targetSeq: 2 });
    expect(decided(rel, message, { by: ben, role: "owner" })).toEqual({ targetSeq: 2 });
    const direct = { by: ben, role: "owner", chat: { kind: "direct" } } as const;
    expect(decided(rel, message, direct)).toBe("not_allowed");
    expect(decided({ ...rel, key: "+" }, message)).toBe("invalid_request rel.key");
    expect(decided(rel, system)).toBe("invalid_request rel.target");
    expect(decided(rel, edit)).toBe("invalid_request rel.target");
  });

  test("V29: a reaction is taken back by its sender, by its key, while it lives", () => {
    const rel = { kind: "redact", key: "+" };
    expect(decided(rel, reaction)).toEqual({ targetSeq: 5, rootSeq: 2 });
    expect(decided(rel, reaction, { by: ben, role: "owner" })).toBe("not_allowed");
    expect(decided({ kind: "redact", key: "-" }, reaction)).toBe("invalid_request rel.key");
    expect(decided({ kind: "redact" }, reaction)).toBe("invalid_request rel.key");
    expect(decided(rel, { ...reaction, payload: null })).toBe("target_gone");
    expect(decided(rel, reaction, { root: () => erased })).toBe("target_gone");
  });

  test("V29, S13: on an erased target everything but a reply is target_gone", () => {
    expect(decided({ kind: "reply" }, erased)).toEqual({ targetSeq: 2 });
    for (const rel of [{ kind: "edit" }, { kind: "reaction", key: "+" }, { kind: "redact" }]) {
      expect(decided(rel, erased)).toBe("target_gone");
      expect(decided(rel, erased, { by: ben })).toBe("target_gone");
    }
  });

  test("V40: a message takes at most 50 different keys, and those it has by anyone", () => {
    const reactions = Array.from({ length: LIMITS.reactionKeys }, (_, i) => ({
      key: `${i}`,
      count: 1,
    }));
    const full = eventAt(2, { fold: { foldSeq: 8, reactions, recent: [] } });
    expect(decided({ kind: "reaction", key: "another" }, full)).toBe("not_allowed");
    expect(decided({ kind: "reaction", key: "7" }, full)).toEqual({ targetSeq: 2 });
  });

  test("V16, V29: what no relation is, or not so, is refused by field", () => {
    const target = message.clientId;
    const shape = (rel: Omit<Relation, "target"> | undefined, extra = {}): string | undefined => {
      const send = { notify: false, ...(rel && { rel: { ...rel, target } }), ...extra };
      return refusedShape(textItem(chatId, "", send))?.error.field;
    };
    expect(shape(undefined, { notify: true })).toBeUndefined();
    expect(shape({ kind: "reply" }, { notify: true, mentions: [ben] })).toBeUndefined();
    expect(shape({ kind: "edit" }, { mentions: [ben] })).toBeUndefined();
    expect(shape({ kind: "vote" })).toBe("rel.kind");
    expect(shape({ kind: "reply", key: "+" })).toBe("rel.key");
    expect(shape({ kind: "edit", key: "+" })).toBe("rel.key");
    expect(shape({ kind: "reaction" })).toBe("rel.key");
    for (const rel of [{ kind: "edit" }, { kind: "reaction", key: "+" }, { kind: "redact" }]) {
      expect(shape(rel)).toBeUndefined();
      expect(shape(rel, { notify: true })).toBe("notify");
    }
    expect(shape({ kind: "redact" }, { mentions: [ben] })).toBe("mentions");
    expect(shape({ kind: "reaction", key: "+" }, { mentions: [ben] })).toBe("mentions");
    expect(shape(undefined, { type: "system" })).toBe("type");
    expect(shape(undefined, { mediaIds: [newId(MediaId)] })).toBe("mediaIds");
    expect(shape({ kind: "edit" }, { expiresInS: 5 })).toBe("expiresInS");
  });
});
