import type { KeyboardEvent } from "react";
import type { VirtualizerHandle } from "virtua";

const STEPS: Record<string, 1 | -1> = { ArrowUp: -1, ArrowDown: 1 };

/**
 * Arrow keys move the focus from message to message; from the list itself Up goes to the last one in
 * view. Returns whether the key was used.
 */
export function moveMessageFocus(
  event: KeyboardEvent<HTMLElement>,
  lastVisible: number,
  list: VirtualizerHandle | null,
): boolean {
  const step = STEPS[event.key];
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return false;
  const log = event.currentTarget;
  const messages = [...log.querySelectorAll<HTMLElement>("article")];
  const active = document.activeElement?.closest("article") ?? null;
  const at = messages.findIndex((message) => message === active);
  if (at >= 0) {
    const next = messages[at + step];
    if (next === undefined) return false;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  if (event.target !== log || list === null || step !== -1) return false;
  const bottom = log.getBoundingClientRect().bottom;
  const last = messages.findLast((message) => message.getBoundingClientRect().bottom <= bottom + 1);
  last?.focus({ preventScroll: true });
  return last !== undefined && lastVisible >= 0;
}

/** The key of the message that itself has the focus: not a button in it, nor what one writes in. */
export function focusedMessage(event: KeyboardEvent<HTMLElement>): string | null {
  const { target } = event;
  return target instanceof HTMLElement && target.matches("article[data-key]")
    ? (target.dataset["key"] ?? null)
    : null;
}
