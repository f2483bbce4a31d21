import { z } from "zod";

/** How the app looks and takes keys on this device. */
export const Preferences = z.object({
  theme: z.enum(["system", "light", "dark"]).catch("system"),
  contrast: z.enum(["system", "normal", "more"]).catch("system"),
  /** Percent of the usual text size. */
  textPercent: z.number().int().min(80).max(150).catch(100),
  density: z.enum(["comfortable", "compact"]).catch("comfortable"),
  /** Whether Enter sends a message; if not, it makes a new line, and sends with Ctrl or Cmd. */
  enterSends: z.boolean().catch(true),
  /** Whether sending asks first where the focus has just moved by itself. */
  asksAfterMove: z.boolean().catch(true),
});
export type Preferences = z.infer<typeof Preferences>;

export const DEFAULT_PREFERENCES: Preferences = {
  theme: "system",
  contrast: "system",
  textPercent: 100,
  density: "comfortable",
  enterSends: true,
  asksAfterMove: true,
};

export const TEXT_PERCENT = { min: 80, max: 150, step: 5 } as const;

/** What the system asks for. */
export type SystemLook = { dark: boolean; moreContrast: boolean };

/** What is drawn, after preference and system. */
export type Look = {
  theme: "light" | "dark";
  contrast: "normal" | "more";
  density: Preferences["density"];
  textScale: number;
};

/** Decides what is drawn: the user's choice, else the system's. */
export function lookOf(preferences: Preferences, system: SystemLook): Look {
  const { theme, contrast, textPercent, density } = preferences;
  return {
    theme: theme === "system" ? (system.dark ? "dark" : "light") : theme,
    contrast: contrast === "system" ? (system.moreContrast ? "more" : "normal") : contrast,
    density,
    textScale: textPercent / 100,
  };
}
