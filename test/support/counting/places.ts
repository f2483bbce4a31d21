import type { Page } from "@playwright/test";

import { chatList } from "../person.ts";

/** S9: unread messages and mentions. */
export type Numbers = { unread: number; mentions: number };

/** What each place of a device shows, by the place's name. */
export type Shown = Record<string, string>;

/** A word in the title of every chat, so that a search lists them all, archived ones too. */
export const TITLE_WORD = "Talk";

const SOON = { timeout: 60_000 };

function numbersIn(text: string): Numbers {
  const numberBefore = (word: RegExp): number => Number(word.exec(text)?.[1] ?? 0);
  return {
    unread: numberBefore(/(\d+) unread/),
    mentions: numberBefore(/(\d+) mention/),
  };
}

function both({ unread, mentions }: Numbers): string {
  return `${unread} unread, ${mentions} mentions`;
}

/** `(3) Parley` as everywhere in titles. */
function titleOf({ unread }: Numbers): string {
  return unread > 0 ? `(${unread}) Parley` : "Parley";
}

/** The tray's icon and what its tool tip counts. */
export function shownInTray(tray: { toolTip: string; icon: string } | null): Shown {
  const state = /^tray-([a-z]+)-/.exec(tray?.icon ?? "")?.[1] ?? "none there";
  return { "tray icon": state, "tool tip": both(numbersIn(tray?.toolTip ?? "")) };
}

/** A row says it another way: `you were mentioned`, `you were mentioned 3 times`. */
function numbersOfRow(text: string): Numbers {
  const times = /you were mentioned(?: (\d+) times)?/.exec(text);
  return { ...numbersIn(text), mentions: times === null ? 0 : Number(times[1] ?? 1) };
}

/** The rows of the list, added up, and the page's title. */
export async function shownInPage(page: Page): Promise<Shown> {
  const search = chatList(page).getByRole("searchbox");
  if ((await search.inputValue(SOON)) !== TITLE_WORD) await search.fill(TITLE_WORD, SOON);
  const { title, rows } = await page.evaluate(() => ({
    title: document.title,
    rows: [...document.querySelectorAll("nav [role=option] .badge .vh")].map(
      (badge) => badge.textContent ?? "",
    ),
  }));
  const total: Numbers = { unread: 0, mentions: 0 };
  for (const { unread, mentions } of rows.map(numbersOfRow)) {
    total.unread += unread;
    total.mentions += mentions;
  }
  return { "page title": title, "sum of the list": both(total) };
}

/** What all places have to show for what the server counts. */
export function expected(counts: Numbers): Shown {
  const { unread, mentions } = counts;
  return {
    badge: String(unread),
    "window titles": titleOf(counts),
    "page title": titleOf(counts),
    "sum of the list": both(counts),
    "tray icon": mentions > 0 ? "mention" : unread > 0 ? "unread" : "none",
    "tool tip": both(counts),
  };
}

/** What does not agree, in words; empty if everything does. */
export function differences(counts: Numbers, shown: ReadonlyMap<string, Shown>): string[] {
  const wanted = expected(counts);
  return [...shown].flatMap(([device, places]) =>
    Object.entries(places).flatMap(([place, says]) =>
      says === wanted[place]
        ? []
        : [`${device}: ${place} says "${says}", server "${wanted[place]}"`],
    ),
  );
}
