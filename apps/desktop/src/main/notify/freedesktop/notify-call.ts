import { pathToFileURL } from "node:url";
import { soundOf } from "../sounds.ts";
import type { NoticeButton, Picture, SystemNotice } from "../system-notifier.ts";

/** Key of the action that a click on the notification itself is. */
export const DEFAULT_ACTION = "default";
/** Key of the action that opens a field for a reply, where the server has one. */
export const REPLY_ACTION = "inline-reply";

/** Names by which a notification server says what it can do. */
export type Capabilities = ReadonlySet<string>;

/** A hint of the Desktop Notifications Specification, with the D-Bus type that its value has. */
export type Hint = readonly [name: string, signature: string, value: unknown];

/** The arguments of Notify, in its order; hints still without their wrapping. */
export type NotifyArguments = {
  appName: string;
  replacesId: number;
  appIcon: string;
  summary: string;
  body: string;
  /** Keys and labels in turn. */
  actions: string[];
  hints: Hint[];
  expireTimeoutMs: number;
};

export type Identity = {
  appName: string;
  /** Name of the .desktop file, without its ending. */
  desktopEntry: string;
  /** Name of an icon of the theme, or the address of a file, `file:///...`. */
  icon: string;
};

/** The server decides how long it shows. */
const EXPIRE_AS_USUAL = -1;
const USUAL_SOUND = "message-new-instant";
const NORMAL = 1;
const CRITICAL = 2;
const BITS = 8;
const CHANNELS = 4;

/** All controls but the tab and the line feed, and the two that are no characters at all. */
// oxlint-disable-next-line no-control-regex -- these are just what must not be in it
const CONTROLS = /[\0-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g;

/**
 * A string of D-Bus holds neither NUL nor halves of characters: a bus ends the connection over one. Other
 * controls show as nothing, but readers of markup give the whole text up over them.
 */
export function busText(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(CONTROLS, "").toWellFormed();
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text that a server which reads markup shows as it was written. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

function pictureHint(picture: Picture): Hint {
  if (picture.kind === "file") return ["image-path", "s", pathToFileURL(picture.path).href];
  const { widthPx, heightPx, rgba } = picture;
  const rowBytes = widthPx * CHANNELS;
  const image = [widthPx, heightPx, rowBytes, true, BITS, CHANNELS, Buffer.from(rgba)];
  return ["image-data", "(iiibiiay)", image];
}

function actionsOf(notice: SystemNotice, can: Capabilities): string[] {
  if (!can.has("actions")) return [];
  const reply: NoticeButton[] =
    notice.reply && can.has(REPLY_ACTION) ? [{ id: REPLY_ACTION, label: notice.reply.label }] : [];
  const open = { id: DEFAULT_ACTION, label: notice.openLabel };
  return [open, ...reply, ...notice.buttons].flatMap(({ id, label }) => [id, busText(label)]);
}

function hintsOf(notice: SystemNotice, can: Capabilities, identity: Identity): Hint[] {
  const hints: Hint[] = [
    ["desktop-entry", "s", identity.desktopEntry],
    ["urgency", "y", notice.urgent ? CRITICAL : NORMAL],
    ["category", "s", "im.received"],
  ];
  if (can.has("sound")) {
    if (notice.silent) hints.push(["suppress-sound", "b", true]);
    else hints.push(["sound-name", "s", soundOf(notice.sound, "linux") ?? USUAL_SOUND]);
  }
  if (notice.picture) hints.push(pictureHint(notice.picture));
  if (notice.reply && can.has(REPLY_ACTION)) {
    hints.push(["x-kde-reply-placeholder-text", "s", busText(notice.reply.placeholder)]);
    hints.push(["x-kde-reply-submit-button-text", "s", busText(notice.reply.label)]);
  }
  return hints;
}

/**
 * A notice as the arguments of Notify, for a server with these capabilities. Only what the server said
 * it can do is asked of it; where it reads markup, the body is escaped.
 */
export function notifyArguments(
  notice: SystemNotice,
  to: { can: Capabilities; identity: Identity; replacesId: number },
): NotifyArguments {
  const { can, identity, replacesId } = to;
  const title = busText(notice.title);
  const body = busText(notice.body);
  // A server that shows no body still gets to say what happened.
  const summary = can.has("body") || body === "" ? title : `${title}: ${body}`;
  const marked = can.has("body-markup") ? escapeMarkup(body) : body;
  return {
    appName: identity.appName,
    replacesId,
    appIcon: identity.icon,
    summary,
    body: can.has("body") ? marked : "",
    actions: actionsOf(notice, can),
    hints: hintsOf(notice, can, identity),
    expireTimeoutMs: EXPIRE_AS_USUAL,
  };
}
