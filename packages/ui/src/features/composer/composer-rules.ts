import { LIMITS } from "@parley/protocol/limits.ts";
import { utf8Bytes } from "@parley/protocol/text.ts";

/** E4: whether a text may be sent, and if not, why. */
export type TextCheck =
  | { kind: "ok" }
  | { kind: "empty" }
  | { kind: "too-long"; count: number; over: number }
  | { kind: "too-many-bytes"; sizeBytes: number };

/** What JSON and the salt add to a text in its payload (S2a), generously. */
const ENVELOPE_BYTES = 96;
/** A UTF-16 unit becomes at most six bytes of JSON, so shorter texts always fit. */
const ALWAYS_FITS_UNITS = Math.floor((LIMITS.payloadBytes - ENVELOPE_BYTES) / 6);

/** Checks a text before it is sent: not only blanks, at most LIMITS.textUnits and LIMITS.payloadBytes. */
export function checkText(text: string): TextCheck {
  if (text.trim() === "") return { kind: "empty" };
  if (text.length > LIMITS.textUnits) {
    return { kind: "too-long", count: text.length, over: text.length - LIMITS.textUnits };
  }
  if (text.length > ALWAYS_FITS_UNITS) {
    const sizeBytes = utf8Bytes(JSON.stringify(text.toWellFormed())) + ENVELOPE_BYTES;
    if (sizeBytes > LIMITS.payloadBytes) return { kind: "too-many-bytes", sizeBytes };
  }
  return { kind: "ok" };
}

/** From here on the composer says how many characters are left. */
const NEAR_UNITS = 1_000;

/** Characters left when the end is near, else null. */
export function unitsLeft(text: string): number | null {
  const left = LIMITS.textUnits - text.length;
  return left >= 0 && left <= NEAR_UNITS ? left : null;
}

/** What of a key press matters here. */
export type PressedKey = {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
};

/**
 * Whether a key sends, and never while an input method is composing.
 * @param enterSends whether Enter alone does; else it is Enter with Ctrl or Cmd
 */
export function isSendKey(event: PressedKey, keyCode: number, enterSends: boolean): boolean {
  // 229 is what some input methods report for the Enter that ends a composition.
  if (event.isComposing || keyCode === 229) return false;
  const { ctrlKey, metaKey } = event;
  if (event.key !== "Enter" || event.shiftKey || event.altKey) return false;
  return enterSends ? !ctrlKey && !metaKey : ctrlKey !== metaKey;
}

/** Whether a key asks for the last own message, to edit it: Up alone. */
export function isEditKey(event: PressedKey): boolean {
  const { isComposing, shiftKey, altKey, ctrlKey, metaKey } = event;
  return event.key === "ArrowUp" && !(isComposing || shiftKey || altKey || ctrlKey || metaKey);
}

/**
 * Whether a draft that the store tells replaces the text in the field. The first one does, unless
 * something was typed before it came. Later ones come from another window, or are the late echo of what
 * was typed here, of an earlier state of it even: they replace nothing that was typed since the last one
 * (only what is `untouched`), and in a field that one is in only by a text that surely comes from
 * elsewhere (`told`).
 */
export function takesDraft(at: {
  first: boolean;
  typed: boolean;
  focused: boolean;
  told: boolean;
  untouched: boolean;
}): boolean {
  if (at.first) return !at.typed;
  return at.untouched && (!at.focused || at.told);
}
