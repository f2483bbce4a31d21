import type { AccountReport } from "@parley/protocol/bridge/contract.ts";
import { texts } from "../texts.ts";

/** What tray, badge, taskbar and title are made of. S9: one count for all of them. */
export type Facts = {
  total: Pick<AccountReport, "unread" | "mentions">;
  /** Of the signed-in accounts: whether none, or only some, have a connection. */
  connection: "online" | "offline" | "signed-out";
  /** No alerts until somebody says otherwise. */
  doNotDisturb: boolean;
  /** No alerts until then, ms since 1970. */
  mutedUntilMs: number | null;
  nowMs: number;
  platform: NodeJS.Platform;
  /** Whether the bar that holds the tray is dark. */
  isDark: boolean;
};

export type TrayState = "none" | "unread" | "mention" | "offline" | "muted";

export type Look = {
  tray: { state: TrayState; icon: string; toolTip: string };
  badge: number;
  title: string;
  /** Windows: laid over the icon in the taskbar, and how it is read out. */
  overlay: { icon: string; description: string } | null;
};

/**
 * Whether taskbar or dock ask for attention: not, since a message alerted, or since one alerted and was
 * counted. What alerts and what counts come each by itself, and the count may well be the later one.
 */
export type Flash = "off" | "alerted" | "counted";

/** Goes on until a window has the focus, or until what was counted since has all been read. */
export function flashAfter(now: Flash, unread: number, isFocused: boolean): Flash {
  if (now === "off" || isFocused) return "off";
  if (unread > 0) return "counted";
  return now === "counted" ? "off" : "alerted";
}

/** Whether the user has turned alerts off on this device, for a time or until further notice. */
export function isMuted(facts: Facts): boolean {
  return mutedText(facts) !== "";
}

/** Why there are no alerts: `Do not disturb`, or until when they are paused; empty if there are. */
export function mutedText({ doNotDisturb, mutedUntilMs, nowMs }: Facts): string {
  if (doNotDisturb) return texts.doNotDisturb;
  const isPaused = mutedUntilMs !== null && nowMs < mutedUntilMs;
  return isPaused ? texts.mutedUntil(clockTime(mutedUntilMs, nowMs)) : "";
}

/** The first that holds: what makes the numbers old, what keeps alerts back, what asks for somebody. */
export function trayState(facts: Facts): TrayState {
  if (facts.connection === "offline") return "offline";
  if (isMuted(facts)) return "muted";
  if (facts.total.mentions > 0) return "mention";
  return facts.total.unread > 0 ? "unread" : "none";
}

/** Hour and minute as people here write them, with the day of the week if it is not today. */
export function clockTime(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return new Intl.DateTimeFormat(undefined, {
    ...(!isToday && { weekday: "short" }),
    hour: "numeric",
    minute: "2-digit",
  }).format(atMs);
}

/** What is to be read: `3 unread messages, 1 mention`; empty if nothing is. */
export function countText({ unread, mentions }: Facts["total"]): string {
  if (unread === 0) return "";
  const said = [texts.unread(unread), ...(mentions > 0 ? [texts.mentions(mentions)] : [])];
  return said.join(", ");
}

function toolTipOf(facts: Facts): string {
  const said = [
    countText(facts.total),
    facts.connection === "offline" ? texts.offline : "",
    mutedText(facts),
  ].filter((part) => part !== "");
  return [texts.appName, ...said].join("\n");
}

/** File name of a tray icon: macOS colours its own; elsewhere there is one for dark and one for light bars. */
function iconOf(state: TrayState, { platform, isDark }: Facts): string {
  if (platform === "darwin") return `tray-${state}-Template.png`;
  // Linux does not tell how its bar looks; most are dark whatever the windows are.
  return `tray-${state}-${platform === "linux" || isDark ? "dark" : "light"}.png`;
}

/** All that shows from outside how much is to be read, from the same facts. */
export function lookOf(facts: Facts): Look {
  const { total } = facts;
  const state = trayState(facts);
  const kind = total.mentions > 0 ? "mention" : "unread";
  return {
    tray: { state, icon: iconOf(state, facts), toolTip: toolTipOf(facts) },
    badge: total.unread,
    title: total.unread > 0 ? texts.titleUnread(total.unread) : texts.appName,
    overlay:
      total.unread > 0 ? { icon: `overlay-${kind}.png`, description: countText(total) } : null,
  };
}
