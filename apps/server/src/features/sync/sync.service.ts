import type { Change } from "@parley/protocol/chat.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { RangePart, RequestBody, RequestData } from "@parley/protocol/socket/requests.ts";
import type { ListingCursor, Storage } from "../../storage/port.ts";
import { chatStateOf } from "../../storage/chat-state.ts";
import { visibleHead } from "../../storage/visible.ts";
import { chatNotFound } from "../../stream/chat-access.ts";
import { type ListingPlace, parseCursor, writeCursor } from "./hello-cursor.ts";
import { eventsAfter, pageBefore } from "./ranges.ts";

/** V32: the order in which a hello lists what changed. */
const LISTS: readonly ListingPlace["list"][] = ["chats", "people", "values"];

export type HelloPage = { changes: Change[]; next: ListingPlace | null };

/** S6, S6b, S7: what an account missed. */
export class SyncService {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * S6: one page of what changed after `since`: chats, then people, then values, each by (change, id);
   * V55: for a new device all chats by id, and of the people only whom no chat names.
   * The watermark is read before the page, after the connection was subscribed. S6c: another epoch, or
   * a `since` that this one has not reached, is `epoch_changed`.
   */
  async hello(
    accountId: AccountId,
    body: RequestBody<"sync:hello">,
  ): Promise<Result<RequestData<"sync:hello">>> {
    const { dataEpoch } = this.#storage.identity;
    const newest = await this.#storage.watermark();
    const isOther = body.dataEpoch !== null && body.dataEpoch !== dataEpoch;
    if (isOther || body.since > newest) {
      return failure("epoch_changed", "The server's data began anew.");
    }
    const cursor = body.after === undefined ? undefined : parseCursor(body.after);
    if (body.after !== undefined && !cursor) {
      return failure("invalid_request", "after: must be a cursor of this server", {
        field: "after",
      });
    }
    // Later pages repeat the watermark of the first: what changed meanwhile is not accounted for.
    const watermark = Math.min(cursor?.watermark ?? newest, newest);
    const { changes, next: place } = await this.page(accountId, body.since, cursor?.place);
    const next = place === null ? null : writeCursor({ watermark, place });
    return success({ dataEpoch, watermark, changes, next });
  }

  /** One page of the listing; `next` is where the following one continues. */
  async page(
    accountId: AccountId,
    since: number,
    after: ListingPlace | undefined,
    limit: number = LIMITS.helloItems,
  ): Promise<HelloPage> {
    const changes: Change[] = [];
    let from: ListingPlace | undefined = after;
    for (const list of LISTS.slice(LISTS.indexOf(after?.list ?? "chats"))) {
      const room = limit - changes.length;
      const part = await this.#part(list, accountId, since, from ?? null, room);
      changes.push(...part.changes);
      if (part.last) return { changes, next: { list, ...part.last } };
      from = undefined;
    }
    return { changes, next: null };
  }

  /** As much of one list as there is room for; `last` is set where it may go on. */
  async #part(
    list: ListingPlace["list"],
    accountId: AccountId,
    since: number,
    from: ListingCursor | null,
    room: number,
  ): Promise<{ changes: Change[]; last: ListingCursor | undefined }> {
    if (list === "chats") {
      const rows = await this.#storage.changedChats(accountId, since, from, room);
      const full = rows.length === room ? rows.at(-1) : undefined;
      const last = full && { change: full.change, id: full.chatId };
      return { changes: await this.#chatChanges(accountId, rows), last };
    }
    if (list === "people") {
      const rows = await this.#storage.changedPeople(accountId, since, from, room);
      const full = rows.length === room ? rows.at(-1) : undefined;
      const changes = rows.map(({ person, change }) => ({
        kind: "person" as const,
        change,
        person,
      }));
      return { changes, last: full && { change: full.change, id: full.person.accountId } };
    }
    const cut = { limit: room, maxBytes: LIMITS.pageBytes };
    const { rows, complete } = await this.#storage.changedValues(accountId, since, from, cut);
    const changes = rows.map(({ key, value, change }) => ({
      kind: "value" as const,
      change,
      key,
      value,
    }));
    const last = complete ? undefined : rows.at(-1);
    return { changes, last: last && { change: last.change, id: last.key } };
  }

  async #chatChanges(
    accountId: AccountId,
    rows: readonly { chatId: ChatId; change: number }[],
  ): Promise<Change[]> {
    const ids = rows.map((row) => row.chatId);
    const views = await this.#storage.chatViews(accountId, ids);
    const byId = new Map(views.map((view) => [view.chat.chatId, view]));
    return rows.flatMap(({ chatId, change }): Change[] => {
      const view = byId.get(chatId);
      if (!view) return [];
      return [{ kind: "chat", change, chat: chatStateOf(view), people: [...view.people] }];
    });
  }

  /** S6a: several chats at once, within one budget. */
  async pull(
    accountId: AccountId,
    body: RequestBody<"sync:pull">,
  ): Promise<Result<RequestData<"sync:pull">>> {
    const ids = body.chats.map((chat) => chat.chatId);
    const accesses = await this.#storage.access(accountId, ids);
    const byId = new Map(accesses.map((access) => [access.chat.chatId, access]));
    const budget = {
      events: LIMITS.pullEvents,
      bytes: LIMITS.pageBytes,
      movedBytes: LIMITS.pageBytes,
    };
    const parts: RangePart[] = [];
    let more = false;
    for (const [index, { chatId, after, held }] of body.chats.entries()) {
      const access = byId.get(chatId);
      if (!access) return refusedAt(index, chatNotFound());
      if (after > visibleHead(access.chat, access.periods)) {
        return refusedAt(index, failure("epoch_changed", "The cursor lies past the newest event."));
      }
      const hasRoom = budget.events > 0 && budget.bytes > 0;
      const found = hasRoom
        ? await eventsAfter(this.#storage, access, { after, held }, budget)
        : undefined;
      if (found) parts.push(found.part);
      more ||= found?.complete !== true;
    }
    return success({ parts, more });
  }

  /** A history page; S7: what may not be seen in it is named. */
  async history(
    accountId: AccountId,
    { chatId, before, limit }: RequestBody<"chat:history">,
  ): Promise<Result<RangePart>> {
    const [access] = await this.#storage.access(accountId, [chatId]);
    if (!access) return chatNotFound();
    const budget = { events: limit, bytes: LIMITS.pageBytes, movedBytes: 0 };
    return success(await pageBefore(this.#storage, access, before, budget));
  }

  /** S6c, S13: which of these are known to have been erased before the server was restored. */
  async erased(clientIds: readonly ClientId[]): Promise<Result<RequestData<"sync:erased">>> {
    return success({ clientIds: await this.#storage.erasedElsewhere(clientIds) });
  }
}

function refusedAt(index: number, refusal: ReturnType<typeof failure>) {
  return failure(refusal.error.code, refusal.error.message, { field: `chats.${index}` });
}
