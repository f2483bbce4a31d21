import { foldForSearch } from "../../state/names.ts";

export type PaletteSection = "chats" | "people" | "commands";

/** Something the palette can go to or do. */
export type PaletteEntry = {
  key: string;
  section: PaletteSection;
  title: string;
  /** Searched too, and shown small: a handle, for example. */
  note?: string;
  keys?: string;
  run: (beside: boolean) => void;
};

const ORDER: Record<PaletteSection, number> = { chats: 0, people: 1, commands: 2 };
/** Rows of one section that are shown while nothing is typed. */
const FIRST_ROWS: Record<PaletteSection, number> = { chats: 6, people: 0, commands: 12 };
const MOST_ROWS = 8;

/** How well an entry fits: 0 the title begins with it, 1 a word does, 2 it is inside, null not at all. */
function fit(entry: PaletteEntry, folded: string): number | null {
  const title = foldForSearch(entry.title);
  if (title.startsWith(folded)) return 0;
  const all = `${title} ${foldForSearch(entry.note ?? "")}`;
  if (all.split(/[\s@]+/u).some((word) => word.startsWith(folded))) return 1;
  return all.includes(folded) ? 2 : null;
}

/** The entries to show for a query, best first within their section. Pure. */
export function findEntries(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const folded = foldForSearch(query.trim());
  const taken: Record<PaletteSection, number> = { chats: 0, people: 0, commands: 0 };
  const most =
    folded === "" ? FIRST_ROWS : { chats: MOST_ROWS, people: MOST_ROWS, commands: MOST_ROWS };
  return entries
    .map((entry, index) => ({ entry, index, fit: folded === "" ? 0 : fit(entry, folded) }))
    .filter(
      (each): each is { entry: PaletteEntry; index: number; fit: number } => each.fit !== null,
    )
    .sort(
      (a, b) =>
        ORDER[a.entry.section] - ORDER[b.entry.section] || a.fit - b.fit || a.index - b.index,
    )
    .map((each) => each.entry)
    .filter((entry) => {
      taken[entry.section] += 1;
      return taken[entry.section] <= most[entry.section];
    });
}
