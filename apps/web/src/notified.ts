/*
 * What the service worker and the windows say to each other about notifications that the user clicked.
 * Hand-written checks, for the service worker is one small file.
 */

/** The message that a notification is about. */
export type Notified = { accountKey: string; chatId: string; clientId: string };

/** What a button of a notification does. */
export type NotifiedAct =
  | { act: "mark-read" }
  | { act: "mute-hour" }
  | { act: "reply"; text: string };

/** What the user did to a notification; a mere click has no `what`. */
export type Click = Notified & { what?: NotifiedAct };

/** Service worker to window. `ask` comes with a port for the WindowAnswer. */
export type WorkerWord =
  | { kind: "ask"; accountKey: string; chatId: string }
  | { kind: "clicked"; click: Click };

/** How well a window fits. One that does not answer is frozen or no window of the app. */
export type WindowAnswer = {
  /** The chat is open in it. */
  shows: boolean;
  /** It is for one chat only. */
  solo: boolean;
  focused: boolean;
};

/** Window to service worker: can it take replies? Comes with a port for the yes or no. */
export const CAN_REPLY = "can-reply";

/** Longest reply that is taken, in UTF-16 units; NotificationAct has the same. */
export const REPLY_UNITS = 10_000;

/** Leads a new window to what was clicked; behind the hash, so that no server hears of it. */
const ADDRESS = "#/notified/";

function fieldOf(data: unknown, key: string): unknown {
  return typeof data === "object" && data !== null ? Reflect.get(data, key) : undefined;
}

/** Reads the message that a notification is about; undefined where it is about none. */
export function readNotified(data: unknown): Notified | undefined {
  const accountKey = fieldOf(data, "accountKey");
  const chatId = fieldOf(data, "chatId");
  const clientId = fieldOf(data, "clientId");
  if (typeof accountKey !== "string" || typeof chatId !== "string") return undefined;
  return typeof clientId === "string" ? { accountKey, chatId, clientId } : undefined;
}

/** What the button of this name does; a reply without a text, or an unknown button, is a mere click. */
export function readAct(action: unknown, reply: unknown): NotifiedAct | undefined {
  if (action === "mark-read" || action === "mute-hour") return { act: action };
  const text = typeof reply === "string" ? reply.trim().slice(0, REPLY_UNITS).toWellFormed() : "";
  return text === "" ? undefined : { act: "reply", text };
}

function readClick(data: unknown): Click | undefined {
  const notified = readNotified(data);
  const what = fieldOf(data, "what");
  const act = readAct(fieldOf(what, "act"), fieldOf(what, "text"));
  return notified && { ...notified, ...(act && { what: act }) };
}

/** Reads what the service worker said; undefined for everything else. */
export function readWord(data: unknown): WorkerWord | undefined {
  const kind = fieldOf(data, "kind");
  if (kind === "clicked") {
    const click = readClick(fieldOf(data, "click"));
    return click && { kind, click };
  }
  const accountKey = fieldOf(data, "accountKey");
  const chatId = fieldOf(data, "chatId");
  if (kind !== "ask" || typeof accountKey !== "string" || typeof chatId !== "string") {
    return undefined;
  }
  return { kind, accountKey, chatId };
}

/** Reads how well a window fits. */
export function readAnswer(data: unknown): WindowAnswer {
  return {
    shows: fieldOf(data, "shows") === true,
    solo: fieldOf(data, "solo") === true,
    focused: fieldOf(data, "focused") === true,
  };
}

/** The address of a new window that does what was clicked. */
export function addressOf(click: Click | undefined): string {
  return click === undefined ? "/" : `/${ADDRESS}${encodeURIComponent(JSON.stringify(click))}`;
}

/** What the window of this hash was opened for. */
export function readAddress(hash: string): Click | undefined {
  if (!hash.startsWith(ADDRESS)) return undefined;
  try {
    return readClick(JSON.parse(decodeURIComponent(hash.slice(ADDRESS.length))));
  } catch {
    // Not written by the service worker; the app opens as always.
    return undefined;
  }
}

/** Whether the hash is one of ours, readable or not. */
export function isNotifiedAddress(hash: string): boolean {
  return hash.startsWith(ADDRESS);
}

/**
 * The window in which a chat is to be opened: one that shows it, else one that is not for another chat
 * alone; of these one that has the focus, else the first. Undefined where a new one is needed.
 */
export function windowToOpen<One extends WindowAnswer>(windows: readonly One[]): One | undefined {
  const showing = windows.filter((one) => one.shows);
  const fitting = showing.length > 0 ? showing : windows.filter((one) => !one.solo);
  return fitting.find((one) => one.focused) ?? fitting[0];
}
