import { Accelerator } from "@parley/protocol/bridge/shell.ts";
import { t } from "../../i18n/i18n.ts";
import type { KeyPress } from "../../state/keys.ts";

const NAMED: Readonly<Record<string, string>> = {
  Space: "Space",
  ArrowUp: "Up",
  ArrowDown: "Down",
  ArrowLeft: "Left",
  ArrowRight: "Right",
  Home: "Home",
  End: "End",
  PageUp: "PageUp",
  PageDown: "PageDown",
  Insert: "Insert",
  Delete: "Delete",
};

function keyName({ key, code }: KeyPress): string | undefined {
  // By what is written on the key; with Alt or Shift the character is another one.
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase();
  const plain = /^(?:Key([A-Z])|Digit([0-9])|(F(?:[1-9]|1[0-9]|2[0-4])))$/.exec(code);
  return plain?.[1] ?? plain?.[2] ?? plain?.[3] ?? NAMED[code];
}

/**
 * The combination of a key press in the desktop's words (`Control+Shift+P`), or null for what cannot be one:
 * modifiers alone, characters without Ctrl, Alt or Super, and keys that have no name.
 * @param mac whether the key that the browser calls Meta is Command
 */
export function acceleratorOf(press: KeyPress, mac: boolean): string | null {
  const name = keyName(press);
  if (name === undefined || !(press.ctrlKey || press.altKey || press.metaKey)) return null;
  const parts = [
    ...(press.ctrlKey ? ["Control"] : []),
    ...(press.altKey ? ["Alt"] : []),
    ...(press.shiftKey ? ["Shift"] : []),
    ...(press.metaKey ? [mac ? "Command" : "Super"] : []),
    name,
  ];
  return Accelerator.safeParse(parts.join("+")).data ?? null;
}

const MAC_SIGNS: Readonly<Record<string, string>> = {
  Control: "\u2303",
  Alt: "\u2325",
  Option: "\u2325",
  Shift: "\u21e7",
  Command: "\u2318",
  CommandOrControl: "\u2318",
};

/** A combination as this platform writes it: `Ctrl Shift P`, `⇧⌘P`. */
export function acceleratorText(accelerator: string, mac: boolean): string {
  const parts = accelerator.split("+");
  if (mac) return parts.map((part) => MAC_SIGNS[part] ?? part).join("");
  return parts
    .map((part) => {
      if (part === "Control" || part === "CommandOrControl") return t("key.ctrl");
      if (part === "Alt") return t("key.alt");
      return part === "Shift" ? t("key.shift") : part;
    })
    .join(" ");
}
