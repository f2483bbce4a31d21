import type { TextSpan } from "@parley/protocol/content.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import {
  type Mentionable,
  mentionOptions,
  mentionQuery,
  mentionSpans,
  withMention,
} from "./mention-rules.ts";

export type Mentions = {
  options: readonly Mentionable[];
  active: number;
  /** The caret moved or the text changed. */
  onCaret: (caret: number) => void;
  /** Whether the key belonged to the list. */
  onKey: (event: KeyboardEvent) => boolean;
  pick: (person: Mentionable) => void;
  close: () => void;
  spansOf: (text: string) => TextSpan[];
};

/**
 * The list of names that opens behind an @. `people` is null where nobody can be mentioned; `onAsk` is
 * told when the list is wanted and may fetch people that are not known yet.
 */
export function useMentions(
  field: RefObject<HTMLTextAreaElement | null>,
  text: string,
  people: readonly Mentionable[] | null,
  change: (text: string) => void,
  onAsk: () => void,
): Mentions {
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  // The @ at which the list was sent away.
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const picked = useRef(new Map<string, AccountId>());
  const wantedCaret = useRef<number | null>(null);

  const asked = people === null || caret === null ? null : mentionQuery(text, caret);
  const query = asked?.at === closedAt ? null : asked;
  const options = query === null || people === null ? [] : mentionOptions(people, query.query);
  const wanted = query !== null;

  useEffect(() => {
    if (wanted) onAsk();
  }, [wanted, onAsk]);

  // The caret is put behind the name once the field has the text with it.
  useEffect(() => {
    if (wantedCaret.current === null) return;
    field.current?.setSelectionRange(wantedCaret.current, wantedCaret.current);
    wantedCaret.current = null;
  }, [text, field]);

  function pick(person: Mentionable): void {
    if (query === null) return;
    const next = withMention(text, query, person.name);
    picked.current.set(person.name, person.accountId);
    wantedCaret.current = next.caret;
    setCaret(next.caret);
    setActive(0);
    change(next.text);
    field.current?.focus();
  }

  function onKey(event: KeyboardEvent): boolean {
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (options.length === 0 || event.nativeEvent.isComposing || !plain) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setActive((active + step + options.length) % options.length);
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
      const person = options[Math.min(active, options.length - 1)];
      if (event.shiftKey || person === undefined) return false;
      pick(person);
    } else if (event.key === "Escape") {
      setClosedAt(query?.at ?? null);
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  return {
    options,
    active: Math.min(active, Math.max(0, options.length - 1)),
    onCaret(next) {
      setCaret(next);
      if (mentionQuery(text, next)?.at !== asked?.at) setActive(0);
      if (closedAt !== null && mentionQuery(text, next)?.at !== closedAt) setClosedAt(null);
    },
    onKey,
    pick,
    close: () => setCaret(null),
    spansOf: (whole) => (people === null ? [] : mentionSpans(whole, people, picked.current)),
  };
}
