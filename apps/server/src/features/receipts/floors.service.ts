import type { ChatId } from "@parley/protocol/ids.ts";
import type { CommittedCommand, Storage } from "../../storage/port.ts";
import type { TellFloors } from "./floors.commands.ts";

/** V43: the larger a group, the more its lowest marks cost to find and to tell. */
const PER_MEMBER_MS = 5;
const LONGEST_MS = 5_000;

/**
 * S8, V43: the lowest marks of large groups, told some time after a mark moved, however many moved
 * meanwhile. What is stored until then is lower than what is so: marks only grow.
 */
export class FloorsService {
  readonly #storage: Storage;
  readonly #report: (error: unknown) => void;
  readonly #timers = new Map<ChatId, NodeJS.Timeout>();
  readonly #stopListening: () => void;
  #isStopped = false;

  constructor(storage: Storage, report: (error: unknown) => void) {
    this.#storage = storage;
    this.#report = report;
    this.#stopListening = storage.onCommitted((committed) => this.#committed(committed));
  }

  /** An earlier process may have ended between a mark and its telling. */
  async catchUp(): Promise<void> {
    for (const { chatId, memberCount } of await this.#storage.largeGroups()) {
      this.#due(chatId, memberCount);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopListening();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #committed({ publications }: CommittedCommand): void {
    for (const publication of publications) {
      if (publication.kind === "floors-due") this.#due(publication.chatId, publication.memberCount);
    }
  }

  #due(chatId: ChatId, memberCount: number): void {
    if (this.#isStopped || this.#timers.has(chatId)) return;
    const waitMs = Math.min(LONGEST_MS, memberCount * PER_MEMBER_MS);
    const timer = setTimeout(() => {
      this.#timers.delete(chatId);
      this.#tell(chatId, memberCount).catch(this.#report);
    }, waitMs);
    timer.unref();
    this.#timers.set(chatId, timer);
  }

  async #tell(chatId: ChatId, memberCount: number): Promise<void> {
    const command: TellFloors = { kind: "receipt.floors", chatId };
    const [told] = await this.#storage.transact([command]);
    // A full queue or disk may pass, and no other mark may ever move there. #due ends with the server,
    // which tells it at its next start.
    if (told?.ok === false) this.#due(chatId, memberCount);
  }
}
