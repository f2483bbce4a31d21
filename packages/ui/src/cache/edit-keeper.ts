import { reviseEdit } from "@parley/client/sync/edits.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import type { SyncClock } from "@parley/client/sync/ports.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { Live } from "./live.ts";
import { createValue } from "./live-value.ts";
import { typedOn } from "./typed-steps.ts";
import type { EditStep, UnsavedEdits } from "./unsaved-edits.ts";

/** Typing is written to the journal this long after it began, then again; as drafts are. */
const SAVE_AFTER_MS = 250;
/** The journal could not take it. */
const RETRY_MS = 2_000;

/** The message that a chat's composer edits, and its text when that began. */
export type EditTarget = { clientId: ClientId; original: string };

/** A chat's edit as this window shows it; the same target stays the same object. */
type Shown = { target: EditTarget; text: string };

/**
 * The unfinished edits of an account (S21), in this window: what is shown at once, is kept by `unsaved`
 * within the key press, and by the journal soon after. Other windows' edits are taken over where
 * nothing was done here meanwhile. Nothing is read from the journal before `recover`.
 */
export function createEditKeeper(
  journal: JournalStore,
  unsaved: UnsavedEdits,
  clock: SyncClock,
  onFault: (cause: unknown) => void,
) {
  const targets = new Map<ChatId, ReturnType<typeof createValue<EditTarget | null>>>();
  const texts = new Map<ChatId, ReturnType<typeof createValue<string>>>();
  /** What the journal has not got yet, by chat, in order. */
  const waiting = new Map<ChatId, EditStep[]>();
  let cancelTimer: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isStopped = false;

  function targetOf(chatId: ChatId) {
    const known = targets.get(chatId) ?? createValue<EditTarget | null>(null);
    targets.set(chatId, known);
    return known;
  }

  function textOf(chatId: ChatId) {
    const known = texts.get(chatId) ?? createValue("");
    texts.set(chatId, known);
    return known;
  }

  function show(chatId: ChatId, next: Shown | null): void {
    // Whoever shows a target reads its text: that is there before, and goes after.
    if (next === null) targetOf(chatId).set(null);
    textOf(chatId).set(next?.text ?? "");
    if (next !== null) targetOf(chatId).set(next.target);
  }

  function keepUnsaved(chatId: ChatId): void {
    try {
      unsaved.put(chatId, waiting.get(chatId) ?? []);
    } catch (cause) {
      onFault(cause);
    }
  }

  /** What ends an edit is a step of its own. */
  function add(chatId: ChatId, step: EditStep): void {
    const steps = waiting.get(chatId) ?? [];
    const more =
      step === null
        ? [...steps, null]
        : typedOn(steps, step, (other) => other.target === step.target);
    waiting.set(chatId, more);
    keepUnsaved(chatId);
  }

  async function writeAll(): Promise<void> {
    for (const chatId of Array.from(waiting.keys())) {
      for (const step of waiting.get(chatId) ?? []) {
        await journal.changeEdit(chatId, (now, draft, revisions) =>
          reviseEdit(chatId, now, draft, revisions, step, clock.nowMs()),
        );
        // What was typed meanwhile took the step's place, and is written in the next round.
        const now = waiting.get(chatId) ?? [];
        const at = now.indexOf(step);
        const left = now.filter((_, index) => index !== at);
        if (left.length === 0) waiting.delete(chatId);
        else waiting.set(chatId, left);
        keepUnsaved(chatId);
      }
    }
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    writing = writing.then(work).catch(onFault);
    return writing;
  }

  function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    return inTurn(async () => {
      try {
        await writeAll();
      } catch (cause) {
        // The last key may have been pressed: what the journal could not take is tried again (V58).
        if (!isStopped) cancelTimer ??= clock.setTimer(() => void flush(), RETRY_MS);
        throw cause;
      }
    });
  }

  /** After own writes: nothing older than what this window did is taken for news. */
  async function readAll(): Promise<void> {
    const rows = new Map((await journal.edits()).map((row) => [row.chatId, row]));
    for (const chatId of new Set([...targets.keys(), ...rows.keys()])) {
      if (waiting.has(chatId)) continue;
      const row = rows.get(chatId);
      if (row === undefined) {
        show(chatId, null);
        continue;
      }
      const { target: clientId, original, text } = row;
      const known = targetOf(chatId).get();
      const same = known?.clientId === clientId && known.original === original;
      show(chatId, { target: same ? known : { clientId, original }, text });
    }
  }

  return {
    target: (chatId: ChatId): Live<EditTarget | null> => targetOf(chatId),
    text: (chatId: ChatId): Live<string> => textOf(chatId),
    /** An edit of that message is under way; one that is already goes on. */
    begin(chatId: ChatId, clientId: ClientId, original: string): void {
      if (targetOf(chatId).get()?.clientId === clientId) return;
      show(chatId, { target: { clientId, original }, text: original });
      add(chatId, { target: clientId, original, text: original });
      void flush();
    },
    /** Keeps what is typed in the edit of a message: after another one began there, still of that one. */
    type(chatId: ChatId, target: EditTarget, text: string): void {
      const { clientId, original } = target;
      const now = targetOf(chatId).get() ?? null;
      const isShown = now?.clientId === clientId;
      if (isShown) show(chatId, { target: now, text });
      add(chatId, { target: clientId, original, text });
      if (!isShown) {
        // Typed in the last moment of an edit that is over: kept, and what is under way goes on.
        const goesOn = now && { target: now.clientId, original: now.original };
        add(chatId, goesOn && { ...goesOn, text: textOf(chatId).get() ?? "" });
      }
      cancelTimer ??= clock.setTimer(() => void flush(), SAVE_AFTER_MS);
    },
    /** The edit is left; what it had typed becomes a revision. */
    end(chatId: ChatId): void {
      if (targetOf(chatId).get() === null) return;
      show(chatId, null);
      add(chatId, null);
      void flush();
    },
    /** The journal ended the edit itself, together with something else. */
    ended(chatId: ChatId, clientId: ClientId): void {
      if (targetOf(chatId).get()?.clientId === clientId) show(chatId, null);
      // Typed in the last moment: it is kept, but does not open the edit anew.
      if (waiting.get(chatId)?.at(-1)?.target === clientId) {
        add(chatId, null);
        void flush();
      }
    },
    flush,
    /** The journal is about to be closed: nothing is tried again. */
    stop(): void {
      isStopped = true;
      cancelTimer?.();
    },
    /** Another window wrote an edit. */
    changed: (): Promise<void> => inTurn(readAll),
    /** Takes over what an earlier page left, written or not; before any composer asks. */
    async recover(): Promise<void> {
      for (const [chatId, steps] of unsaved.all()) waiting.set(chatId, steps);
      await flush();
      await inTurn(readAll);
    },
  };
}

export type EditKeeper = ReturnType<typeof createEditKeeper>;
