import {
  type Caller,
  type Connection,
  ModelServer,
} from "@parley/client/sync/testing/model-server.ts";
import { type Event, REL, type Send } from "@parley/protocol/event.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { RangePart, RequestData } from "@parley/protocol/socket/requests.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, type TestClient, textItem } from "../../apps/server/src/testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../apps/server/src/testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../apps/server/src/testing/test-server.ts";

/**
 * The model that the sync engine's programs run against is compared with the real server: the same
 * requests, given to both, are answered the same. So a rule that the model gets wrong is found here.
 */

const PEOPLE = 3;

type Person = { account: TestAccount; client: TestClient; model: Connection };

type Step = {
  by: number;
  act:
    | "text"
    | "reply"
    | "edit"
    | "redact"
    | "reaction"
    | "add"
    | "remove"
    | "leave"
    | "title"
    | "read";
  /** Which earlier event it is about, counted from the newest. */
  back: number;
  /** Another account. */
  whom: number;
  key: string;
};

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.nat(PEOPLE - 1),
  act: fc.constantFrom(
    ...(["text", "text", "text", "reply", "edit", "edit", "redact", "redact"] as const),
    ...(["reaction", "reaction", "add", "remove", "leave", "title", "read"] as const),
  ),
  back: fc.nat(12),
  whom: fc.nat(PEOPLE - 1),
  key: fc.constantFrom("+", "!"),
});

const at = (by: number, act: Step["act"], back = 0, whom = 0, key = "+"): Step => ({
  by,
  act,
  back,
  whom,
  key,
});

/** What chance finds late: somebody is away while what they know is edited, deleted, reacted to. */
const EXAMPLES: readonly ["all" | "joined", Step[], number][] = [
  ["all", [at(0, "text"), at(1, "leave"), at(0, "text"), at(0, "edit", 2)], 0],
  [
    "joined",
    [
      at(0, "text"),
      at(0, "text"),
      at(1, "reaction", 1),
      at(0, "remove", 0, 1),
      at(0, "redact", 2),
      at(0, "edit", 4),
      at(0, "reaction", 4),
      at(0, "add", 0, 1),
      at(0, "add", 0, 2),
      at(2, "text"),
      at(1, "redact", 6),
      at(0, "redact", 3),
    ],
    3,
  ],
  [
    "all",
    [at(0, "text"), at(1, "reaction"), at(1, "redact"), at(1, "reaction", 2), at(0, "add", 0, 2)],
    2,
  ],
];

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ limits: { eventsPerSecond: 1e9 } });
});
afterAll(() => server.close());

async function people(model: ModelServer): Promise<Person[]> {
  const made: Person[] = [];
  for (let i = 0; i < PEOPLE; i++) {
    const account = await makeAccount(server.storage, `p${crypto.randomUUID().slice(0, 13)}`);
    const { accountId, deviceId } = account;
    const client = await connect(server.url, deviceId);
    await client.hello();
    model.addPerson({ accountId, handle: `p${i}`, name: `p${i}` });
    made.push({ account, client, model: { accountId, deviceId, push: () => undefined } });
  }
  return made;
}

/** An answer without what only one of both decides: hashes, times, devices, names of system events. */
function plainEvent(event: Event, names: ReadonlyMap<string, string>): unknown {
  const { seq, senderId, alg, type, rel, targetSeq, rootSeq, mentions, notify, payload, fold } =
    event;
  const { system } = event;
  return {
    seq,
    clientId: event.system ? "system" : names.get(event.clientId),
    senderId,
    alg,
    type,
    rel,
    targetSeq,
    rootSeq,
    mentions,
    notify,
    payload,
    fold: plainFold(fold),
    system,
  };
}

function plainFold(fold: Event["fold"]): unknown {
  if (fold === undefined) return undefined;
  return {
    foldSeq: fold.foldSeq,
    edit: fold.edit && { seq: fold.edit.seq, payload: fold.edit.payload },
    erased: fold.erased && { seq: fold.erased.seq, by: fold.erased.by },
    reactions: fold.reactions.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    recent: fold.recent.map(({ clientId, accountId, key, seq }) => ({
      clientId,
      accountId,
      key,
      seq,
    })),
  };
}

function plainPart(part: RangePart, names: ReadonlyMap<string, string>): unknown {
  return {
    headSeq: part.headSeq,
    events: part.events.map((event) => plainEvent(event, names)),
    withheld: part.withheld,
    snapshot: part.snapshot,
    moved: part.moved
      .map(({ seq, fold }) => ({ seq, fold: plainFold(fold) }))
      .toSorted((a, b) => a.seq - b.seq),
    movedCut: part.movedCut,
  };
}

async function both(
  model: ModelServer,
  person: Person,
  name: "chat:history" | "sync:pull" | "chat:send" | "chat:create-group",
  body: object,
): Promise<{ real: unknown; modelled: unknown }> {
  const reply = await person.client.ask(name, body);
  const answer = model.request(person.model, name, body as never);
  return {
    real: "data" in reply ? reply.data : { error: reply.error.code },
    modelled: answer.ok ? answer.value : { error: answer.error.code },
  };
}

/** What became of each item: its place, or the code of its refusal. */
function outcomes(data: unknown): unknown {
  const { outcomes: list } = data as RequestData<"chat:send">;
  return list.map((one) => ("event" in one ? one.event.seq : one.error.code));
}

function itemOf(model: ModelServer, chatId: ChatId, { act, back, key }: Step): Send | undefined {
  const events = model.chats.get(chatId)?.events ?? [];
  const target = events.at(-1 - (back % Math.max(1, events.length)));
  if (act === "text") return textItem(chatId, `text ${events.length}`);
  if (target === undefined || target.system !== undefined) return undefined;
  const isOfReaction = act === REL.redact && target.rel?.kind === REL.reaction;
  const rel = {
    kind: act,
    target: target.clientId,
    ...((act === REL.reaction || isOfReaction) && {
      key: isOfReaction ? (target.rel?.key ?? key) : key,
    }),
  };
  const isBare = act === REL.redact || act === REL.reaction;
  const more = isBare ? { type: act, payload: "" } : {};
  return textItem(chatId, `${act} ${events.length}`, { rel, notify: act === REL.reply, ...more });
}

async function command(model: ModelServer, people: Person[], chatId: ChatId, one: Step) {
  const person = people[one.by]!;
  const accountId = people[one.whom]!.account.accountId;
  const isIn = (who: Caller): boolean =>
    model.chats.get(chatId)!.roster.members.some((member) => member.accountId === who.accountId);
  const owner = people[0]!.account.accountId;
  // What roles allow is the server's own matter: the model is only told what succeeds (V6, V7).
  if (!isIn(person.model)) return;
  if (one.act === "read") {
    const head = model.chats.get(chatId)!.events.length;
    const marks = [{ chatId, readSeq: Math.max(1, head - one.back) }];
    await person.client.ask("receipt:put", { marks });
    model.mark(person.model, marks);
    return;
  }
  const body = {
    add: { name: "chat:add-members", body: { chatId, accountIds: [accountId] } },
    remove: { name: "chat:remove-member", body: { chatId, accountId } },
    leave: { name: "chat:leave", body: { chatId } },
    title: { name: "chat:set-title", body: { chatId, title: `Title ${one.back}` } },
  }[one.act as "add" | "remove" | "leave" | "title"];
  if (one.act === "leave" && person.account.accountId === owner) return;
  if (one.act === "remove" && (accountId === owner || accountId === person.account.accountId))
    return;
  const reply = await person.client.ask(body.name, body.body);
  if (!("data" in reply)) return;
  const { event } = reply.data as RequestData<"chat:set-title">;
  if (event !== null) model.request(person.model, body.name, body.body as never);
}

it("S6b, S7, S9, S12, S13, X3, V8, V29, V30, V31: the model answers like the real server", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("all", "joined"),
      fc.array(step, { minLength: 3, maxLength: 30 }),
      fc.nat(20),
      async (history, steps, middle) => {
        const model = new ModelServer();
        Object.assign(model.limits, {
          pullEvents: LIMITS.pullEvents,
          snapshotGap: LIMITS.snapshotGapEvents,
          page: LIMITS.pageEvents,
          moved: LIMITS.movedTargets,
        });
        const all = await people(model);
        const chatId = newId(ChatId);
        const accountIds = [all[1]!.account.accountId];
        await both(model, all[0]!, "chat:create-group", {
          chatId,
          title: "G",
          accountIds,
          history,
        });
        const names = new Map<string, string>();
        for (const one of steps) {
          const item = ["add", "remove", "leave", "title", "read"].includes(one.act)
            ? undefined
            : itemOf(model, chatId, one);
          if (item === undefined) {
            if (!(one.act in REL) && one.act !== "text") await command(model, all, chatId, one);
            continue;
          }
          names.set(item.clientId, item.clientId);
          const sent = await both(model, all[one.by]!, "chat:send", { chatId, items: [item] });
          const isRefused = "error" in (sent.real as object);
          if (isRefused) expect(sent.real).toEqual(sent.modelled);
          else expect(outcomes(sent.real)).toEqual(outcomes(sent.modelled));
        }
        for (const person of all) {
          if (!model.chats.get(chatId)!.periods.has(person.account.accountId)) continue;
          const before = model.chats.get(chatId)!.events.length + 1;
          const page = await both(model, person, "chat:history", {
            chatId,
            before,
            limit: LIMITS.pageEvents,
          });
          expect(plainPart(page.real as RangePart, names)).toEqual(
            plainPart(page.modelled as RangePart, names),
          );
          const head = (page.real as RangePart).headSeq;
          const after = Math.min(middle, head);
          const held = after === 0 ? [] : [{ from: 1, to: after }];
          const pull = await both(model, person, "sync:pull", { chats: [{ chatId, after, held }] });
          const parts = (data: unknown) => (data as RequestData<"sync:pull">).parts;
          expect(parts(pull.real).map((part) => plainPart(part, names))).toEqual(
            parts(pull.modelled).map((part) => plainPart(part, names)),
          );
        }
        for (const { client } of all) client.close();
      },
    ),
    { numRuns: Number(process.env["PARLEY_PROGRAMS_MODEL"] ?? 100), examples: [...EXAMPLES] },
  );
}, 300_000);
