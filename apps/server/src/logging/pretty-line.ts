/** Fields that the pretty line shows in front or not at all. */
const SHOWN_APART = new Set(["level", "time", "msg", "err"]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Turns one line of the JSON log into one that a person at a terminal reads easily. */
export function prettyLine(line: string): string {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (!isObject(entry)) return line;
  const time = typeof entry["time"] === "string" ? entry["time"].slice(11, 19) : "";
  const level = String(entry["level"]).toUpperCase().padEnd(5);
  const fields = Object.entries(entry)
    .filter(([name]) => !SHOWN_APART.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const error = isObject(entry["err"]) ? `\n  ${String(entry["err"]["stack"])}` : "";
  return `${[time, level, typeof entry["msg"] === "string" ? entry["msg"] : "", ...fields].join(" ").trim()}${error}\n`;
}
