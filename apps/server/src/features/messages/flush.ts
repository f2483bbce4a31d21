import { failure, isRetryable, type Result, success } from "@parley/protocol/errors.ts";
import { type Event, REL, type Relation, type Send } from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { ClientId } from "@parley/protocol/ids.ts";
import type { DecideContext, State, Write } from "../../storage/command.ts";
import type { Publication } from "../../storage/publication.ts";
import type { ChatRow, ErasureRow, EventRow } from "../../storage/rows.ts";
import { isFoldSeen, shownEvent, type Sight, sightOf } from "../../storage/shown.ts";
import { isVisible, visibleRanges } from "../../storage/visible.ts";
import { type Actor, appendEvent, type EventDraft } from "../../stream/append-event.ts";
import { refuseBlocked } from "../../stream/blocks.ts";
import { currentMember, type Membership } from "../../stream/chat-access.ts";
import { relate, refusedShape } from "./relations.ts";
import type { ItemOutcome, SendMessages } from "./send.commands.ts";

/** One flush being decided: the stored state with the items before applied. */
export class Flush {
  readonly outcomes: ItemOutcome[] = [];
  readonly publish: Publication[] = [];
  readonly #state: State;
  readonly #command: SendMessages;
  readonly #context: DecideContext;
  /** What this flush adds, and what is stored and it changes. */
  readonly #rows = new Map<ClientId, EventRow>();
  readonly #changed = new Map<ClientId, EventRow>();
  readonly #erasures: ErasureRow[] = [];
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
    return [
      { put: "chat", row: this.#chat },
      // A reaction that is taken back makes room for the next one of its key.
      ...[...this.#changed.values()].map((row): Write => ({ put: "fold", row })),
      ...[...this.#rows.values()].map((row): Write => ({ put: "event", row })),
      ...this.#erasures.map((row): Write => ({ put: "erasure", row })),
    ];
  }

  #rowOf(clientId: ClientId): EventRow | undefined {
    return (
      this.#rows.get(clientId) ??
      this.#changed.get(clientId) ??
      this.#state.eventByClientId(clientId)
    );
  }

  #decide(item: Send): ItemOutcome {
    const { chatId, by, origin } = this.#command;
    const known = this.#rowOf(item.clientId);
    if (known) return this.#repeated(known.event, item);
    if (this.#state.isErasedElsewhere(item.clientId)) {
      return failure("message_erased", "This message was deleted for everyone.");
    }
    const member = currentMember(this.#state, chatId, by.accountId);
    if (!member.ok) return member;
    const refusal = refuseBlocked(this.#state, member.chat, by.accountId);
    if (refusal) return refusal;
    const draft = this.#draftOf(item, { ...member, chat: this.#chat ?? member.chat });
    if (!draft.ok) return draft;
    const appended = appendEvent(this.#chat ?? member.chat, by, draft.value, this.#context);
    this.#chat = appended.chat;
    this.#rows.set(item.clientId, appended.row);
    const { event } = appended.row;
    this.publish.push({ kind: "event", event, ...(origin !== undefined && { origin }) });
    if (item.rel && foldTargetOf(event) !== undefined) this.#fold(event, item.rel);
    return { event };
  }

  /** S3: the first answer for whoever sent it first; the name is taken for everyone else. */
  #repeated(known: Event, item: Send): ItemOutcome {
    const { chatId, by } = this.#command;
    const chat = this.#state.chat(chatId);
    if (!chat || known.senderId !== by.accountId || known.chatId !== item.chatId) {
      return failure("id_taken", "This clientId names another event.", { field: "clientId" });
    }
    const sight = sightOf(chat, this.#state.periods(chatId, by.accountId));
    return { event: repeatOf(known, sight) };
  }

  /** What the item may say here, with its target found (S2). */
  #draftOf(item: Send, { chat, own }: Membership): Result<EventDraft> {
    const refusal = refusedShape(item);
    if (refusal) return refusal;
    if (item.ifMembership !== undefined && item.ifMembership !== chat.membershipVersion) {
      return failure(
        "membership_changed",
        `The members changed: the version is ${chat.membershipVersion}.`,
        { field: "ifMembership" },
      );
    }
    const { chatId: _chatId, ...said } = item;
    const { rel } = item;
    if (!rel) return success(said);
    const target = this.#targetOf(rel, chat);
    if (!target.ok) return target;
    const related = relate({
      rel,
      by: own.accountId,
      role: own.role,
      chat,
      target: target.value,
      root: () => this.#rootOf(target.value),
      hasReacted: () => this.#hasReacted(rel, own.accountId),
    });
    return related.ok ? success({ ...said, ...related.value }) : related;
  }

  #targetOf({ target: clientId }: Relation, chat: ChatRow): Result<Event> {
    if (this.#failed.has(clientId)) {
      return failure("target_failed", "The message it refers to was not accepted.");
    }
    const target = this.#rowOf(clientId)?.event;
    const periods = this.#state.periods(chat.chatId, this.#command.by.accountId);
    const isFound =
      target?.chatId === chat.chatId && isVisible(visibleRanges(chat, periods), target.seq);
    if (target && isFound) return success(target);
    return failure("target_not_found", "The message it refers to is not in this chat.", {
      field: "rel.target",
    });
  }

  #rootOf({ rel }: Event): Event | undefined {
    return rel?.kind === REL.reaction ? this.#rowOf(rel.target)?.event : undefined;
  }

  #hasReacted({ target, key = "" }: Relation, accountId: Actor["accountId"]): boolean {
    for (const { event } of this.#rows.values()) {
      const { rel, payload } = event;
      const isSame = rel?.kind === REL.reaction && rel.target === target && rel.key === key;
      if (isSame && payload !== null) return true;
    }
    if (this.#rows.has(target)) return false;
    const stored = this.#state.liveReaction(target, accountId, key);
    return stored !== undefined && !this.#changed.has(stored.event.clientId);
  }

  /** S12: brings what the event does to its target into the rows that are stored with it. */
  #fold(event: Event, rel: Relation): void {
    const target = this.#rowOf(rel.target);
    const isOnReaction = event.rootSeq !== undefined;
    const folded =
      isOnReaction && target?.event.rel ? this.#rowOf(target.event.rel.target) : target;
    if (!target || !folded) throw new Error("A relation was accepted without its target.");
    if (isOnReaction) this.#change({ ...target.event, payload: null });
    const fold = foldEvent(folded.event.fold, event);
    this.#change({ ...folded.event, fold, payload: fold.erased ? null : folded.event.payload });
    if (fold.erased) this.#erase(folded.event, event);
  }

  #change(event: Event): void {
    const rows = this.#rows.has(event.clientId) ? this.#rows : this.#changed;
    rows.set(event.clientId, { event, change: this.#context.change });
  }

  /** S13: the log outside the database, and the numbers of whoever had not read it (S9). */
  #erase({ chatId, clientId, seq, senderId }: Event, redact: Event): void {
    const { clientId: id, senderId: by, senderDeviceId, at } = redact;
    const said = { clientId: id, senderId: by, senderDeviceId, at };
    this.#erasures.push({ chatId, clientId, seq, redact: said });
    // Where even the last member has read it, nobody counted it.
    const readByAll = (this.#chat?.readFloor?.min ?? 0) >= seq;
    if (!readByAll) this.publish.push({ kind: "recount", chatId, seq, senderId });
  }
}

/**
 * What is answered to a repeat: the event as it stands now. A relation keeps its payload, as in the
 * first answer; whoever left is told nothing of what happened to the message since (V30).
 */
function repeatOf(event: Event, sight: Sight): Event {
  if (event.fold === undefined || foldTargetOf(event) !== undefined) return event;
  if (isFoldSeen(event, sight)) return shownEvent(event, event.fold);
  const { fold: _fold, ...bare } = event;
  return bare;
}
