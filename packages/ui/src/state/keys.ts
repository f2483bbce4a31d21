import { t } from "../i18n/i18n.ts";

/** Commands that keys reach from anywhere. */
export type ShortcutCommand =
  | { kind: "palette" }
  | { kind: "search" }
  | { kind: "new-chat" }
  | { kind: "settings" }
  | { kind: "sheet" }
  | { kind: "step-chat"; step: 1 | -1 }
  | { kind: "nth-chat"; index: number }
  | { kind: "split" }
  | { kind: "close-pane" }
  | { kind: "pop-out" }
  | { kind: "region"; step: 1 | -1 };

/** What of a key press decides. */
export type KeyPress = {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
};

function withMain(event: KeyPress): ShortcutCommand | null {
  const key = event.key.toLowerCase();
  if (event.shiftKey) return key === "f" ? { kind: "search" } : null;
  if (key === "k") return { kind: "palette" };
  if (key === ",") return { kind: "settings" };
  if (event.code === "Backslash" || key === "\\") return { kind: "split" };
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  return digit === undefined ? null : { kind: "nth-chat", index: Number(digit) - 1 };
}

function withAlt(event: KeyPress): ShortcutCommand | null {
  switch (event.code) {
    case "ArrowDown":
      return { kind: "step-chat", step: 1 };
    case "ArrowUp":
      return { kind: "step-chat", step: -1 };
    case "KeyN":
      return { kind: "new-chat" };
    case "KeyW":
      return { kind: "close-pane" };
    case "KeyO":
      return { kind: "pop-out" };
    default:
      return null;
  }
}

/**
 * The command of a key press, or null.
 * @param mac whether Cmd is the main key instead of Ctrl
 * @param writing whether the focus is in a text field: plain characters belong to it then
 */
export function shortcutOf(
  event: KeyPress,
  mac: boolean,
  writing: boolean,
): ShortcutCommand | null {
  const main = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (event.key === "F6") return { kind: "region", step: event.shiftKey ? -1 : 1 };
  if (main && !event.altKey) return withMain(event);
  if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) return withAlt(event);
  if (event.key === "?" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey)
    return { kind: "sheet" };
  return null;
}

/** What a single key does to the message that has the focus. */
export type MessageCommand = "reply" | "edit" | "remove";

const MESSAGE_LETTERS: Record<string, MessageCommand> = { r: "reply", e: "edit" };
const MESSAGE_CODES: Record<string, MessageCommand> = { KeyR: "reply", KeyE: "edit" };

/**
 * The command of a key press on a focused message, or null. Only single keys: with any modifier, or
 * while an input method composes, none. Where a script has no such letters their places count.
 */
export function messageCommandOf(
  event: KeyPress & { isComposing: boolean },
): MessageCommand | null {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event;
  if (ctrlKey || metaKey || altKey || shiftKey || isComposing) return null;
  if (key === "Delete" || key === "Backspace") return "remove";
  const isLatin = /^[a-z]$/i.test(key);
  return (isLatin ? MESSAGE_LETTERS[key.toLowerCase()] : MESSAGE_CODES[code]) ?? null;
}

/** How keys are written on this platform. */
export type KeyNames = {
  palette: string;
  search: string;
  newChat: string;
  split: string;
  beside: string;
  /** Enter with the main key. */
  mainEnter: string;
  closePane: string;
  popOut: string;
  settings: string;
  nth: string;
  next: string;
  previous: string;
  /** On a focused message. */
  message: Record<MessageCommand, readonly string[]>;
};

/** Names of the key combinations, as this platform writes them. */
export function keyNames(mac: boolean): KeyNames {
  const main = (key: string): string => (mac ? `\u2318${key}` : `${t("key.ctrl")} ${key}`);
  const alt = (key: string): string => (mac ? `\u2325${key}` : `${t("key.alt")} ${key}`);
  return {
    palette: main("K"),
    search: mac ? "\u21e7\u2318F" : `${t("key.ctrl")} ${t("key.shift")} F`,
    newChat: alt("N"),
    split: main("\\"),
    beside: main(t("key.enter")),
    mainEnter: main(t("key.enter")),
    closePane: alt("W"),
    popOut: alt("O"),
    settings: main(","),
    nth: main("1\u20269"),
    next: alt(t("key.down")),
    previous: alt(t("key.up")),
    message: { reply: ["R"], edit: ["E"], remove: [t("key.delete"), t("key.backspace")] },
  };
}
