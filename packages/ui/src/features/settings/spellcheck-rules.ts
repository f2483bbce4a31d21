/** A language in the words of the app's own; the tag where it has no name. */
export function languageName(tag: string, locale: string): string {
  return new Intl.DisplayNames([locale], { type: "language", fallback: "code" }).of(tag) ?? tag;
}

/** The dictionaries to begin with: the first language of the user's that there is one for. */
export function usualLanguage(
  dictionaries: readonly string[],
  preferred: readonly string[],
): string[] {
  for (const tag of preferred) {
    const short = tag.split("-")[0];
    const found =
      dictionaries.find((each) => each === tag) ??
      dictionaries.find((each) => each.split("-")[0] === short);
    if (found !== undefined) return [found];
  }
  const first = dictionaries.find((each) => each === "en-US") ?? dictionaries[0];
  return first === undefined ? [] : [first];
}
