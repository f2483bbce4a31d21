/**
 * A name or query as it is compared: compatibility forms, case and diacritics folded away, so that
 * "zoe" finds "Zoë". Letters that only look alike stay different.
 */
export function searchTextOf(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .normalize("NFKC")
    .replace(/\s+/gu, " ")
    .trim();
}
