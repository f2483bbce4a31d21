import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { RequestData } from "@parley/protocol/socket/requests.ts";
import type { StorageReads } from "../../storage/port.ts";
import { isVisible, newestPeriod, visibleRanges } from "../../storage/visible.ts";
import { chatNotFound } from "../../stream/chat-access.ts";

type Ledger = RequestData<"chat:ledger">;

/** S8: when an own message reached whom, from the moves that are still kept. */
export class LedgerService {
  readonly #storage: StorageReads;

  constructor(storage: StorageReads) {
    this.#storage = storage;
  }

  /**
   * The current members but the sender who were in the chat at that seq. Only the sender may ask
   * (`not_allowed`); a seq that names no visible event is `target_not_found`.
   */
  async ledger(accountId: AccountId, chatId: ChatId, seq: number): Promise<Result<Ledger>> {
    const [access] = await this.#storage.access(accountId, [chatId]);
    if (!access) return chatNotFound();
    const isSeen = isVisible(visibleRanges(access.chat, access.periods), seq);
    const [row] = isSeen
      ? await this.#storage.events(
          chatId,
          { from: seq, to: seq },
          { order: "oldest", limit: 1, maxBytes: 1 },
        )
      : [];
    if (!row) return failure("target_not_found", "There is no such message.", { field: "seq" });
    if (row.event.senderId !== accountId) {
      return failure("not_allowed", "Only its sender sees where a message has got to.");
    }
    if (newestPeriod(access.periods).leftSeq !== null) {
      return failure("not_a_member", "You are no longer in this chat.");
    }
    return success({ members: await this.#members(accountId, chatId, seq) });
  }

  async #members(accountId: AccountId, chatId: ChatId, seq: number): Promise<Ledger["members"]> {
    const members = (await this.#storage.members(chatId)).filter(
      (member) => member.accountId !== accountId && member.joinedSeq <= seq,
    );
    const ids = members.map((member) => member.accountId);
    const moves = await this.#storage.firstMoves(chatId, ids, seq);
    const times = new Map(moves.map((move) => [`${move.kind} ${move.accountId}`, move.at]));
    const lastSeen = await this.#storage.lastSeen(ids);
    const blockers = await this.#storage.blockersOf(accountId, ids);
    return members.map((member) => {
      const { accountId: id } = member;
      const readAt = times.get(`read ${id}`) ?? null;
      return {
        accountId: id,
        delivered: member.deliveredSeq >= seq,
        read: member.readSeq >= seq,
        deliveredAt: earliest(times.get(`delivered ${id}`) ?? null, readAt),
        readAt,
        // V33: when somebody was there is no business of those whom they have blocked.
        lastSeenAt: blockers.has(id) ? null : (lastSeen.get(id) ?? null),
      };
    });
  }
}

/** What was read was delivered, and may be told by the reading alone. */
function earliest(deliveredAt: number | null, readAt: number | null): number | null {
  if (deliveredAt === null || readAt === null) return deliveredAt ?? readAt;
  return Math.min(deliveredAt, readAt);
}
