import type { AccountId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { StorageReads } from "../../storage/port.ts";

/** Finding people by what they are called. */
export class PeopleService {
  readonly #storage: StorageReads;

  constructor(storage: StorageReads) {
    this.#storage = storage;
  }

  /** Never the asker; whose handle begins with it comes first. */
  search(accountId: AccountId, query: string): Promise<Person[]> {
    return this.#storage.searchPeople(query, accountId, LIMITS.searchResults);
  }
}
