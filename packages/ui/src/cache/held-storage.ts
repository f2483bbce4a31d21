import { Dexie } from "dexie";

/**
 * Another window holds a database open and does not let go of it: one that is frozen hears nothing. What
 * was asked for goes on once that window wakes or closes; until then nobody can use the database.
 */
export class StorageHeldError extends Error {
  override readonly name = "StorageHeldError";
}

/** So long others have to let go of a database that is to be deleted. */
const LET_GO_MS = 5_000;
/** An open takes no longer, also on a slow disk, unless somebody is in its way who does not say so. */
const OPEN_MS = 15_000;

/** Deletions that somebody else holds up; a second one would only queue up behind the first. */
const underWay = new Map<string, Promise<void>>();

/** Rejects with a StorageHeldError when `work` takes longer. */
async function within<T>(work: Promise<T>, patienceMs: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new StorageHeldError(what)), patienceMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function deletion(name: string): { done: Promise<void>; held: Promise<void> } {
  const { promise: held, resolve } = Promise.withResolvers<void>();
  const db = new Dexie(name);
  db.on("blocked", () => resolve());
  return { done: db.delete(), held };
}

/**
 * Deletes a database. Takes as long as it needs, unless another window holds it: then it rejects with a
 * StorageHeldError after `patienceMs`, and the deletion waits on for that window.
 */
export async function deleteDatabase(name: string, patienceMs = LET_GO_MS): Promise<void> {
  const waiting = underWay.get(name);
  const what = `Another window holds ${name}.`;
  if (waiting) return within(waiting, patienceMs, what);
  const { done, held } = deletion(name);
  const ended = done.finally(() => underWay.delete(name));
  underWay.set(name, ended);
  await Promise.race([ended, held]);
  await within(ended, patienceMs, what);
}

/**
 * Opens a database. Rejects with a StorageHeldError where that takes longer than `patienceMs`: an older
 * build in another window holds it, or it is being deleted and somebody holds that up.
 */
export async function openWithin(db: Dexie, patienceMs = OPEN_MS): Promise<void> {
  try {
    await within(Promise.resolve(db.open()), patienceMs, `${db.name} cannot be opened.`);
  } catch (cause) {
    db.close();
    throw cause;
  }
}
