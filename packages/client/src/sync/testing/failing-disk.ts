import type { CacheStore } from "../cache-store.ts";
import type { JournalStore } from "../journal-store.ts";

/** What the disk under a device's databases refuses; each a chance in [0, 1). */
export type Disk = {
  /** It is full: a write changes nothing and says so. */
  full: number;
  /** The databases are closed or damaged: nothing works, not even opening them again. */
  broken: number;
  /** The database that this is so for; without it for both. */
  of?: "cache" | "journal" | undefined;
};

export const SOUND_DISK: Disk = { full: 0, broken: 0 };

/** What only reads, so that a full disk does not matter. */
const READS = new Set<keyof CacheStore | keyof JournalStore>([
  "read",
  "reopen",
  "entries",
  "entry",
  "aside",
  "draft",
  "draftRevisions",
  "drafts",
  "waitingPuts",
  "readMarks",
  "setting",
]);

type Chance = () => boolean;
type Weak = { full: Chance; broken: Chance };

/** Every call of `store` fails as `answer` says, if it says anything. */
function failing<Store extends object>(store: Store, answer: (name: string) => unknown): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function" || name === "close") return member;
      return (...args: unknown[]): unknown => {
        const failed = answer(String(name));
        return failed === undefined ? Reflect.apply(member, target, args) : failed;
      };
    },
  });
}

function chances(of: "cache" | "journal", disk: () => Disk, random: () => number): Weak {
  // Chance is only asked where it could say yes: pinned programs go on meaning the same.
  const says = (chance: number): boolean =>
    chance > 0 && (disk().of ?? of) === of && random() < chance;
  return { full: () => says(disk().full), broken: () => says(disk().broken) };
}

function isRead(name: string): boolean {
  return [...READS].some((read) => read === name);
}

/** A cache on a disk that fails now and then, as the port says it: writes answer, the rest throws. */
export function cacheOn(disk: () => Disk, random: () => number, store: CacheStore): CacheStore {
  const { full, broken } = chances("cache", disk, random);
  return failing(store, (name) => {
    const cause = new Error(`The disk failed under ${name}.`);
    if (isRead(name)) return broken() ? Promise.reject(cause) : undefined;
    if (broken()) return Promise.resolve({ ok: false, fault: "lost", cause });
    return full() ? Promise.resolve({ ok: false, fault: "full", cause }) : undefined;
  });
}

/** A journal on such a disk: what it does not take, it throws. */
export function journalOn(
  disk: () => Disk,
  random: () => number,
  store: JournalStore,
): JournalStore {
  const { full, broken } = chances("journal", disk, random);
  return failing(store, (name) => {
    const fails = broken() || (!isRead(name) && full());
    return fails ? Promise.reject(new Error(`The disk failed under ${name}.`)) : undefined;
  });
}
