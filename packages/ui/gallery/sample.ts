import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type {
  ChatListRow,
  ChatView,
  EntryItem,
  EventItem,
  MessagePreview,
  OwnState,
  RosterRow,
  TimelineItem,
} from "../src/cache/read-models.ts";
import { fakeEventItem } from "../src/cache/testing/fake-items.ts";

/** The moment at which the gallery's world stands still. */
export const NOW_MS = Date.UTC(2026, 10, 20, 10, 45);
const MINUTE = 60_000;
const DAY = 86_400_000;

let made = 0;
function fixed<Id>(schema: { parse(text: string): Id }): Id {
  made += 1;
  const n = made;
  return newId(schema, {
    nowMs: () => NOW_MS - DAY * 30,
    randomBytes: (count) =>
      Uint8Array.from({ length: count }, (_, i) => (n >> (8 * (i % 4))) & 0xff),
  });
}

export function person(name: string, handle: string): Person {
  return { accountId: fixed(AccountId), handle, name };
}

export const me = person("Ana Ruiz", "ana");
export const mina = person("Mina Park", "mina");
export const jonas = person("Jonas Okafor", "jonas");
export const elif = person("Elif Hansen", "elif");
export const moritz = person("Moritz Weber", "moritz");
export const noura = person("نورة الحربي", "noura");
export const people = [me, mina, jonas, elif, moritz, noura];

export const account: HostedAccount = {
  serverId: newId(ServerId, { nowMs: () => NOW_MS, randomBytes: (n) => new Uint8Array(n) }),
  accountKey: accountKeyOf(
    newId(ServerId, { nowMs: () => NOW_MS, randomBytes: (n) => new Uint8Array(n) }),
    me.accountId,
  ),
  serverUrl: "https://chat.example.org",
  me: { accountId: me.accountId, handle: me.handle, name: me.name, role: "owner" },
  deviceName: "Desk, Linux",
};

function event(seq: number, from: Person, atMs: number, part: Partial<EventItem>): EventItem {
  return fakeEventItem({
    clientId: fixed(ClientId),
    seq,
    atMs,
    senderId: from.accountId,
    mine: from === me,
    content: null,
    ...part,
  });
}

function text(words: string): { content: EventItem["content"] } {
  return { content: { type: "text", salt: "AAAAAAAAAAAAAAAAAAAAAA", text: words } };
}

export type SampleChat = {
  row: ChatListRow;
  view: ChatView;
  items: TimelineItem[];
  roster: RosterRow[];
};

function preview(item: TimelineItem | undefined, from: readonly Person[]): MessagePreview | null {
  if (item === undefined || (item.kind !== "event" && item.kind !== "entry")) return null;
  const words = item.content?.type === "text" ? item.content.text : "";
  return {
    clientId: item.clientId,
    seq: item.seq,
    senderId: item.senderId,
    sender: from.find((each) => each.accountId === item.senderId) ?? null,
    mine: item.mine,
    atMs: item.atMs,
    content: { kind: "text", text: words.replaceAll("\n", " ").slice(0, 160) },
  };
}

type ChatInput = {
  kind?: "direct" | "group" | "self";
  title?: string;
  peer?: Person;
  members?: readonly Person[];
  items: TimelineItem[];
  unread?: number;
  mentions?: number;
  draft?: string;
  left?: boolean;
  read?: number;
  delivered?: number;
  state?: OwnState;
  activityAtMs?: number;
  muted?: boolean;
  pinned?: boolean;
  archived?: boolean;
  blocked?: boolean;
};

export function chat(input: ChatInput): SampleChat {
  const chatId = fixed(ChatId);
  const kind = input.kind ?? (input.peer ? "direct" : "group");
  const peer = input.peer ?? null;
  const headSeq = Math.max(0, ...input.items.map((item) => ("seq" in item ? (item.seq ?? 0) : 0)));
  const last = preview(input.items.at(-1), people);
  const unread = input.unread ?? 0;
  const members = input.members ?? (peer ? [me, peer] : [me]);
  const flags = {
    muted: input.muted ?? false,
    mutedUntilMs: null,
    pinned: input.pinned ?? false,
    archived: input.archived ?? false,
    blocked: input.blocked ?? false,
  };
  return {
    row: {
      chatId,
      kind,
      title: input.title ?? null,
      peer,
      last,
      lastState: last?.mine ? (input.state ?? "read") : null,
      activityAtMs: input.activityAtMs ?? last?.atMs ?? NOW_MS,
      unread,
      mentions: input.mentions ?? 0,
      draft: input.draft ?? null,
      left: input.left ?? false,
      ...flags,
    },
    view: {
      chatId,
      kind,
      title: input.title ?? null,
      peer,
      createdAtMs: NOW_MS - DAY * 40,
      memberCount: members.length,
      myRole: "owner",
      joinedSeq: 1,
      left: input.left ?? false,
      headSeq,
      cachedThroughSeq: headSeq,
      readSeq: headSeq - unread,
      unread,
      mentions: input.mentions ?? 0,
      othersMin:
        kind === "self"
          ? null
          : { deliveredSeq: input.delivered ?? headSeq, readSeq: input.read ?? headSeq },
      alertSound: null,
      alertPreview: null,
      lost: false,
      offered: 0,
      verified: { from: 1, to: headSeq },
      chainFault: null,
      ...flags,
    },
    items: input.items,
    roster: members.map((each, index) => ({
      accountId: each.accountId,
      person: each,
      role: index === 0 ? "owner" : index === 1 ? "admin" : "member",
      joinedSeq: 1,
      deliveredSeq: headSeq,
      readSeq: headSeq,
      mine: each === me,
    })),
  };
}

const day = NOW_MS - (NOW_MS % DAY);
const at = (hour: number, minute: number, daysBack = 0): number =>
  day + hour * 60 * MINUTE + minute * MINUTE - daysBack * DAY;

function entry(
  from: Person,
  atMs: number,
  words: string,
  part: Partial<EntryItem> = {},
): EntryItem {
  const clientId = fixed(ClientId);
  return {
    kind: "entry",
    key: clientId,
    clientId,
    seq: null,
    atMs,
    senderId: from.accountId,
    mine: true,
    state: "sending",
    error: null,
    content: { type: "text", salt: "AAAAAAAAAAAAAAAAAAAAAA", text: words },
    waiting: null,
    rel: null,
    mentions: [],
    editedAtMs: null,
    reactions: [],
    pending: [],
    ...part,
  };
}

const mortar = event(
  4,
  mina,
  at(10, 31),
  text(
    "The east wall photo from this morning. Is that the old mortar? https://photos.example.org/east-wall?from=ana&size=2",
  ),
);

export const lighthouse = chat({
  title: "Lighthouse renovation",
  members: [me, mina, jonas, elif, moritz, noura],
  unread: 2,
  mentions: 0,
  read: 7,
  delivered: 8,
  items: [
    event(1, mina, at(9, 2, 8), {
      system: { kind: "created", title: "Lighthouse renovation", accountIds: [] },
    }),
    event(
      2,
      moritz,
      at(17, 30, 1),
      text("See you tomorrow at the quay. Bring gloves, the railing is rusty."),
    ),
    event(3, mina, at(10, 20), { system: { kind: "added", accountIds: [elif.accountId] } }),
    mortar,
    event(5, jonas, at(10, 33), {
      ...text("It is. Lime, not cement, so no pressure washer. Notes in mortar.md"),
      rel: { kind: "reply", target: mortar.clientId, seq: 4 },
    }),
    event(6, noura, at(10, 35), text("مرحبا، سأحضر الجير معي غدًا إن شاء الله")),
    event(7, me, at(10, 40), text("When do we order the lime?")),
    event(8, me, at(10, 41), {
      ...text("I can pick it up on the way back."),
      editedAtMs: at(10, 41),
    }),
    event(9, elif, at(10, 41), text("👍")),
    entry(me, at(10, 42), "Who has the trailer key?"),
    entry(me, at(10, 43), "Can everyone see this?", {
      state: "failed",
      error: { code: "not_a_member", message: "" },
    }),
  ],
});

export const withJonas = chat({
  peer: jonas,
  items: [
    event(1, jonas, at(18, 12, 3), text("Are we still on for Saturday?")),
    event(2, me, at(18, 20, 3), text("Yes. I'll bring the rope.")),
    event(3, me, at(10, 36), text("Did the survey come back?")),
    event(
      4,
      jonas,
      at(10, 38),
      text("It did: twelve pages. I'll read them tonight and tell you what matters."),
    ),
    event(5, jonas, at(10, 40), text("🎉🎉🎉")),
  ],
});

export const climbers = chat({
  title: "Saturday climbers",
  members: [me, mina, elif, moritz],
  unread: 3,
  mentions: 1,
  items: [
    event(1, mina, at(10, 1), text("Weather looks fine")),
    event(2, elif, at(10, 8), text("Meet at eight?")),
    event(3, mina, at(10, 12), text("@Ana can you bring the rope?")),
  ],
});

const withElif = chat({
  peer: elif,
  items: [event(1, me, at(9, 58), text("Perfect, see you there"))],
});
const books = chat({
  title: "Book club",
  members: [me, mina, elif],
  draft: "I finished chapter twelve and the ending is nothing like I thought",
  items: [event(1, mina, at(19, 0, 1), text("Next: chapter twelve"))],
});
const notes = chat({
  kind: "self",
  items: [event(1, me, at(8, 0, 4), text("boiler-manual.pdf"))],
  state: "sent",
});
const withNoura = chat({ peer: noura, items: [event(1, noura, at(8, 0, 5), text("شكرا جزيلا"))] });
const gone = chat({
  title: "Old flat",
  members: [me],
  left: true,
  items: [event(1, moritz, at(8, 0, 12), text("Keys are with the neighbour"))],
});
const longTitle = chat({
  title: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  members: [me, moritz],
  items: [event(1, moritz, at(8, 0, 20), text("Wieder so ein Wort"))],
});

/** 4,000 messages of a talkative chat. */
export function bigChat(): SampleChat {
  const items: TimelineItem[] = [];
  for (let seq = 1; seq <= 4_000; seq++) {
    const from = [mina, me, jonas, elif][Math.floor(seq / 3) % 4] ?? mina;
    const words = Array.from(
      { length: 3 + ((seq * 7) % 40) },
      (_, i) => ["lime", "quay", "rope", "stone", "tide"][(seq + i) % 5],
    ).join(" ");
    items.push(event(seq, from, at(10, 0) - (4_000 - seq) * 7 * MINUTE, text(`${seq}: ${words}`)));
  }
  return chat({ title: "The long one", members: [me, mina, jonas, elif], items });
}

export const everything = [
  lighthouse,
  withJonas,
  climbers,
  withElif,
  books,
  notes,
  withNoura,
  gone,
  longTitle,
];

export const hard = chat({
  title: "Hard texts",
  members: [me, mina],
  items: [
    event(1, mina, at(9, 0), text("x".repeat(3_000))),
    event(
      2,
      mina,
      at(9, 1),
      text(Array.from({ length: 2_000 }, (_, i) => `line ${i + 1}`).join("\n")),
    ),
    event(
      3,
      me,
      at(9, 2),
      text("\u202Eright to left override\u202C and back <b>not bold</b> <script>alert(1)</script>"),
    ),
    event(4, mina, at(9, 3), text("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞")),
    event(5, me, at(9, 4), text("👨‍👩‍👧‍👦 👩🏽‍🚀")),
    event(6, mina, at(9, 5), text("   leading, trailing and\n\n\nblank lines   ")),
    event(7, mina, at(9, 6), { erased: true }),
    event(8, mina, at(9, 7), { content: { type: "unknown" } }),
    { kind: "gap", key: "gap-9", from: 9, to: 240 },
    { kind: "withheld", key: "withheld-241", from: 241, to: 300 },
    event(
      301,
      me,
      at(9, 9),
      text(
        "A link (https://example.org/a_(b)) and one more: http://127.0.0.1:8080/x?y=z#w, javascript:alert(1)",
      ),
    ),
    event(302, mina, at(9, 10), text("مرحبا، كيف حالك؟ English in between ثم العربية")),
    event(303, mina, at(9, 10), text("short")),
    event(304, me, at(9, 11), text("ok")),
  ],
});
