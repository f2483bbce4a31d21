import { isRetryable, type Result } from "@parley/protocol/errors.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import type { RequestData, RequestInput } from "@parley/protocol/socket/requests.ts";
import type { Directory } from "./directory.ts";

/** S12: asks the server for a page of a chat. */
export type AskHistory = (
  body: RequestInput<"chat:history">,
) => Promise<Result<RequestData<"chat:history">>>;

type Deps = { directory: Directory; history: AskHistory; learn: (event: Event) => void };

/**
 * V61: what became of messages whose notifications are on the screen. A hello lists only the newest message
 * of each chat; the others are asked for.
 */
export class ShownChecks {
  readonly #deps: Deps;
  /** Chats of whose shown message it is not known what became of it. */
  readonly #toAsk = new Set<ChatId>();
  #isAsking = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A chat of which something may have been missed. */
  doubt(chatId: ChatId): void {
    if (this.#deps.directory.chat(chatId)?.shown) this.#toAsk.add(chatId);
  }

  /** What cannot be asked now is asked the next time. */
  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (const chatId of this.#toAsk) if (!(await this.#askAbout(chatId))) return;
    } finally {
      this.#isAsking = false;
    }
  }

  async #askAbout(chatId: ChatId): Promise<boolean> {
    const { directory, history, learn } = this.#deps;
    const shown = directory.chat(chatId)?.shown;
    if (shown) {
      const answer = await history({ chatId, before: shown.seq + 1, limit: 1 });
      if (!answer.ok && isRetryable(answer.error.code)) return false;
      for (const event of answer.ok ? answer.value.events : []) learn(event);
    }
    this.#toAsk.delete(chatId);
    return true;
  }
}
