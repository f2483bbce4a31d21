import { catalogueLocale, t } from "./i18n.ts";

/** Where the reader is: how times are written, and in which zone. Undefined means the system's own. */
export type Region = { locale?: string | undefined; timeZone?: string | undefined };

/** The system's region. Tests and the gallery name their own. */
export const SYSTEM_REGION: Region = {};

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(region: Region, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${region.locale ?? ""}|${region.timeZone ?? ""}|${JSON.stringify(options)}`;
  let known = formatters.get(key);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(region.locale, {
      ...options,
      ...(region.timeZone !== undefined && { timeZone: region.timeZone }),
    });
    formatters.set(key, known);
  }
  return known;
}

/** Time of day, e.g. 10:42 or 10:42 AM. */
export function timeOfDay(atMs: number, region: Region = SYSTEM_REGION): string {
  return formatter(region, { timeStyle: "short" }).format(atMs);
}

/** Time of day with seconds, for the delivery ledger. */
export function exactTime(atMs: number, region: Region = SYSTEM_REGION): string {
  return formatter(region, { timeStyle: "medium" }).format(atMs);
}

/** Day number in the reader's zone: equal for two times of the same calendar day. */
export function dayKey(atMs: number, region: Region = SYSTEM_REGION): string {
  return formatter(
    { locale: "en-CA", timeZone: region.timeZone },
    { year: "numeric", month: "2-digit", day: "2-digit" },
  ).format(atMs);
}

/** Whole calendar days from `atMs` to `nowMs` in the reader's zone; negative for the future. */
export function daysAgo(atMs: number, nowMs: number, region: Region = SYSTEM_REGION): number {
  const day = (ms: number): number => Date.parse(`${dayKey(ms, region)}T00:00:00Z`);
  return Math.round((day(nowMs) - day(atMs)) / 86_400_000);
}

/** For the chat list: today the time, then "Yesterday", the weekday within a week, else the date. */
export function listTime(atMs: number, nowMs: number, region: Region = SYSTEM_REGION): string {
  const days = daysAgo(atMs, nowMs, region);
  if (days <= 0) return timeOfDay(atMs, region);
  if (days === 1) return t("timeline.yesterday");
  if (days < 7) return formatter(region, { weekday: "short" }).format(atMs);
  return formatter(region, { year: "2-digit", month: "2-digit", day: "2-digit" }).format(atMs);
}

/** For day dividers: "Today", "Yesterday", the weekday within a week, else the full date. */
export function dayLabel(atMs: number, nowMs: number, region: Region = SYSTEM_REGION): string {
  const days = daysAgo(atMs, nowMs, region);
  if (days === 0) return t("timeline.today");
  if (days === 1) return t("timeline.yesterday");
  if (days > 1 && days < 7) return formatter(region, { weekday: "long" }).format(atMs);
  return formatter(region, {
    weekday: "short",
    day: "numeric",
    month: "long",
    ...(dayKey(atMs, region).slice(0, 4) !== dayKey(nowMs, region).slice(0, 4) && {
      year: "numeric",
    }),
  }).format(atMs);
}

/** A moment in running text: "10:42" today, "tomorrow 10:42", else day and time. */
export function moment(atMs: number, nowMs: number, region: Region = SYSTEM_REGION): string {
  const days = daysAgo(atMs, nowMs, region);
  const time = timeOfDay(atMs, region);
  if (days === 0) return time;
  if (days === -1) return t("time.tomorrow", { time });
  return `${dayLabel(atMs, nowMs, region)} ${time}`;
}

/** As `moment`, with seconds: for the delivery ledger. */
export function exactMoment(atMs: number, nowMs: number, region: Region = SYSTEM_REGION): string {
  if (daysAgo(atMs, nowMs, region) === 0) return exactTime(atMs, region);
  return `${dayLabel(atMs, nowMs, region)} ${exactTime(atMs, region)}`;
}

/** Full date and time, for titles shown on hover. */
export function fullMoment(atMs: number, region: Region = SYSTEM_REGION): string {
  return formatter(region, { dateStyle: "full", timeStyle: "medium" }).format(atMs);
}

/** Date and time as the reader's system writes them, in short. */
export function dateAndTime(atMs: number, region: Region = SYSTEM_REGION): string {
  return formatter(region, { dateStyle: "medium", timeStyle: "short" }).format(atMs);
}

/** The reader's time zone, by its name in the IANA database. */
export function zoneName(region: Region = SYSTEM_REGION): string {
  return formatter(region, {}).resolvedOptions().timeZone;
}

/** A machine-readable time for <time datetime>. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** A number in the reader's digits and separators. */
export function number(value: number, region: Region = SYSTEM_REGION): string {
  return new Intl.NumberFormat(region.locale).format(value);
}

/** A size in KB, for limits. */
export function kilobytes(sizeBytes: number, region: Region = SYSTEM_REGION): string {
  return new Intl.NumberFormat(region.locale, {
    style: "unit",
    unit: "kilobyte",
    maximumFractionDigits: 0,
  }).format(sizeBytes / 1024);
}

/** A size on the disk, in the unit in which it is easiest to read. */
export function storageSize(sizeBytes: number, region: Region = SYSTEM_REGION): string {
  const [unit, step, digits] =
    sizeBytes >= 1e9
      ? (["gigabyte", 1e9, 1] as const)
      : sizeBytes >= 1e6
        ? (["megabyte", 1e6, 1] as const)
        : (["kilobyte", 1e3, 0] as const);
  return new Intl.NumberFormat(region.locale, {
    style: "unit",
    unit,
    maximumFractionDigits: digits,
  }).format(sizeBytes / step);
}

/** Names joined as the catalogue's language does: "Mina, Jonas and Elif". */
export function joinNames(names: readonly string[]): string {
  return new Intl.ListFormat(catalogueLocale(), { type: "conjunction" }).format(names);
}
