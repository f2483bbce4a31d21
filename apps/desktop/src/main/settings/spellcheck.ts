import type { ShellSettings } from "@parley/protocol/bridge/shell.ts";

export type Spellcheck = { isEnabled: boolean; languages: string[] | undefined };

/**
 * How spelling is checked: in all chosen languages that there is a dictionary for. macOS chooses by
 * itself among those of the system: there any choice means "on", and `languages` is undefined.
 */
export function spellcheckOf(
  { spellcheck }: Pick<ShellSettings, "spellcheck">,
  { available, platform }: { available: readonly string[]; platform: NodeJS.Platform },
): Spellcheck {
  if (platform === "darwin") return { isEnabled: spellcheck.length > 0, languages: undefined };
  const languages = [...new Set(spellcheck)].filter((language) => available.includes(language));
  return { isEnabled: languages.length > 0, languages };
}
