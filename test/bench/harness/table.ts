/** A row of a table: what it is about, then one cell for each column. */
export type Row = readonly string[];

/**
 * A number as people read it: three digits that matter, thousands apart, never an exponent.
 * Not a number and infinite (a ratio with nothing below the line) read as a dash.
 */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return new Intl.NumberFormat("en", { maximumFractionDigits: Math.min(digits, 6) }).format(value);
}

/** Lays rows out in columns: the first to the left, the others to the right. `head` stands above a line. */
export function formatTable(head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: Row) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...rows.map(line)].join("\n");
}
