import type { KeyPress } from "../keys.ts";

/** A key press without any modifier, but for what is named. */
export function keyPress(part: Partial<KeyPress>): KeyPress {
  return {
    key: "",
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...part,
  };
}
