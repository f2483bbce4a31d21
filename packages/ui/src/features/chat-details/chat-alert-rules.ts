import type { MessageKey } from "../../i18n/i18n.ts";

/** The system that shows notifications here; a browser shows them its own way. */
export type SoundSystem = "linux" | "macos" | "windows" | "other" | "browser";

/** Sounds by the names that a system knows them by; the texts are ours where the names are for programs. */
const LINUX = {
  "message-new-instant": "alerts.sound.message",
  bell: "alerts.sound.bell",
  complete: "alerts.sound.complete",
  "dialog-information": "alerts.sound.information",
  "window-attention": "alerts.sound.attention",
} as const satisfies Record<string, MessageKey>;
const MACOS = ["Basso", "Blow", "Bottle", "Frog", "Funk", "Glass", "Hero", "Morse", "Ping", "Pop"];

/** A sound: its name, and what it is called; a text of ours, or the name itself. */
export type SoundChoice = { name: string; text: (typeof LINUX)[keyof typeof LINUX] | null };

/**
 * V51: what can be chosen besides the usual sound and none. Only Linux and macOS take a sound by its name.
 * One that was chosen on a device of another kind stays to be seen, and to be kept.
 */
export function soundChoices(system: SoundSystem, chosen: string | null): SoundChoice[] {
  const known: SoundChoice[] =
    system === "linux"
      ? Object.entries(LINUX).map(([name, text]) => ({ name, text }))
      : system === "macos"
        ? MACOS.map((name) => ({ name, text: null }))
        : [];
  const isKnown = chosen === null || chosen === "none" || known.some(({ name }) => name === chosen);
  return isKnown ? known : [...known, { name: chosen, text: null }];
}
