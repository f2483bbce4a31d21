import type { Failure } from "@parley/protocol/errors.ts";
import { type Event, REL, type Relation, type Send } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { accept, type Command, type CommandSpec, defineCommand } from "../../storage/command.ts";
import type { Key } from "../../storage/keys.ts";
import type { Actor } from "../../stream/append-event.ts";
import { directBlockKeys } from "../../stream/blocks.ts";
import { memberKeys } from "../../stream/chat-access.ts";
import { Flush } from "./flush.ts";

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

function relationKeys({ kind, target, key }: Relation, { accountId }: Actor): Key[] {
  const keys: Key[] = [{ table: "client-id", clientId: target }];
  const isReaction = kind === REL.reaction && key !== undefined;
  return isReaction ? [...keys, { table: "reaction", target, accountId, key }] : keys;
}

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
    ...items.flatMap(({ rel }) => (rel ? relationKeys(rel, by) : [])),
  ],
  // Whoever takes a reaction back changes the message on which it stands.
  readsMore: (state, { chatId, items, by }) => [
    ...directBlockKeys(state, chatId, by.accountId),
    ...items.flatMap(({ rel }): Key[] => {
      if (rel?.kind !== REL.redact) return [];
      const on = state.eventByClientId(rel.target)?.event.rel;
      return on?.kind === REL.reaction ? [{ table: "client-id", clientId: on.target }] : [];
    }),
  ],
  decide(state, command, context) {
    const flush = new Flush(state, command, context);
    for (const item of command.items) if (!flush.take(item)) break;
    return accept(flush.outcomes, flush.writes(), flush.publish);
  },
};

export const messageCommands = [defineCommand(sendMessages)];
