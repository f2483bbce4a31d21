import { type Failure, failure, isRetryable, success } from "@parley/protocol/errors.ts";
import { type Event, REL, type Send } from "@parley/protocol/event.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import {
  accept,
  type Command,
  type CommandSpec,
  type DecideContext,
  defineCommand,
  type State,
  type Write,
} from "../../storage/command.ts";
import type { Publication } from "../../storage/publication.ts";
import type { ChatRow, EventRow } from "../../storage/rows.ts";
import { isVisible, visibleRanges } from "../../storage/visible.ts";
import { type Actor, appendEvent, type EventDraft } from "../../stream/append-event.ts";
import { currentMember, memberKeys, type Membership } from "../../stream/chat-access.ts";

/** S3: what became of one item: the event, also when it is a repeat, or why not. */
export type ItemOutcome = { event: Event } | { error: Failure };

/** S11: one flush: items of one chat, in order. */
export interface SendMessages extends Command<ItemOutcome[]> {
  readonly kind: "message.send";
  readonly chatId: ChatId;
  readonly items: readonly Send[];
  readonly by: Actor;
  /** Connection that sent it: it gets the events in the ack alone. */
  readonly origin?: string;
}

/** Envelope and overhead of one item, for the bound of the queue. */
const ITEM_BYTES = 1_024;

/**
 * Decides a flush: each item by itself, in order. Stops at the first error that may pass (S11): what
 * follows has no outcome and stays with the client. A refused item writes nothing.
 */
export const sendMessages: CommandSpec<SendMessages, ItemOutcome[]> = {
  kind: "message.send",
  sizeBytes: ({ items }) => items.reduce((sum, item) => sum + item.payload.length + ITEM_BYTES, 0),
  reads: ({ chatId, items, by }) => [
    ...memberKeys(chatId, by.accountId),
    ...items.map((item) => ({ table: "client-id" as const, clientId: item.clientId })),
    ...items.flatMap((item) =>
      item.rel ? [{ table: "client-id" as const, clientId: item.rel.target }] : [],
    ),
  ],
  decide(state, command, context) {
    const flush = new Flush(state, command, context);
    for (const item of command.items) if (!flush.take(item)) break;
    return accept(flush.outcomes, flush.writes(), flush.publish);
  },
};

/** One flush being decided: the stored state with the items before applied. */
class Flush {
  readonly outcomes: ItemOutcome[] = [];
  readonly publish: Publication[] = [];
  readonly #state: State;
  readonly #command: SendMessages;
  readonly #context: DecideContext;
  readonly #rows = new Map<ClientId, EventRow>();
  readonly #failed = new Set<ClientId>();
  #chat: ChatRow | undefined;

  constructor(state: State, command: SendMessages, context: DecideContext) {
    this.#state = state;
    this.#command = command;
    this.#context = context;
  }

  /** Decides one item; false when the flush stops here. */
  take(item: Send): boolean {
    const outcome = this.#decide(item);
    this.outcomes.push(outcome);
    if ("event" in outcome) return true;
    this.#failed.add(item.clientId);
    return !isRetryable(outcome.error.code);
  }

  writes(): Write[] {
    if (!this.#chat || this.#rows.size === 0) return [];
    const rows = [...this.#rows.values()].map((row): Write => ({ put: "event", row }));
    return [{ put: "chat", row: this.#chat }, ...rows];
  }

  #eventOf(clientId: ClientId): Event | undefined {
    return (this.#rows.get(clientId) ?? this.#state.eventByClientId(clientId))?.event;
  }

  #decide(item: Send): ItemOutcome {
    const { chatId, by, origin } = this.#command;
    const known = this.#eventOf(item.clientId);
    if (known) return repeatOf(known, item, by);
    const member = currentMember(this.#state, chatId, by.accountId);
    if (!member.ok) return member;
    const draft = this.#draftOf(item, { ...member, chat: this.#chat ?? member.chat });
    if (!draft.ok) return draft;
    const appended = appendEvent(this.#chat ?? member.chat, by, draft.value, this.#context);
    this.#chat = appended.chat;
    this.#rows.set(item.clientId, appended.row);
    const { event } = appended.row;
    this.publish.push({ kind: "event", event, ...(origin !== undefined && { origin }) });
    return { event };
  }

  /** What the item may say here, with its target found (S2). */
  #draftOf(item: Send, { chat, own }: Membership) {
    const refusal = unsupported(item);
    if (refusal) return refusal;
    if (item.ifMembership !== undefined && item.ifMembership !== chat.membershipVersion) {
      return failure(
        "membership_changed",
        `The members changed: the version is ${chat.membershipVersion}.`,
        { field: "ifMembership" },
      );
    }
    const { chatId: _chatId, ...said } = item;
    if (!item.rel) return success<EventDraft>(said);
    if (this.#failed.has(item.rel.target)) {
      return failure("target_failed", "The message it refers to was not accepted.");
    }
    const target = this.#eventOf(item.rel.target);
    const periods = this.#state.periods(chat.chatId, own.accountId);
    const found =
      target?.chatId === chat.chatId && isVisible(visibleRanges(chat, periods), target.seq);
    if (!target || !found) {
      return failure("target_not_found", "The message it refers to is not in this chat.", {
        field: "rel.target",
      });
    }
    return success<EventDraft>({ ...said, targetSeq: target.seq });
  }
}

/** S3: the first answer for whoever sent it first; the name is taken for everyone else. */
function repeatOf(known: Event, item: Send, by: Actor): ItemOutcome {
  if (known.senderId === by.accountId && known.chatId === item.chatId) return { event: known };
  return failure("id_taken", "This clientId names another event.", { field: "clientId" });
}

/** What this version does not offer: refused rather than accepted and not done. */
function unsupported(item: Send): { ok: false; error: Failure } | undefined {
  const refuse = (field: string, message: string) => failure("invalid_request", message, { field });
  if (item.type === "system") return refuse("type", "System events are written by the server.");
  if (item.rel && item.rel.kind !== REL.reply) {
    return refuse("rel.kind", `This server does not take the relation ${item.rel.kind} yet.`);
  }
  if (item.rel?.key !== undefined) return refuse("rel.key", "A reply has no key.");
  if (item.mediaIds) return refuse("mediaIds", "This server does not take media yet.");
  if (item.expiresInS !== undefined) {
    return refuse("expiresInS", "This server has no disappearing messages yet.");
  }
  return undefined;
}

export const messageCommands = [defineCommand(sendMessages)];
