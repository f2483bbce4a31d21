import { z } from "zod";
import { ChatId, ClientId } from "./ids.ts";
import { Handle } from "./person.ts";

/** The scheme that the system hands to the desktop app. */
export const LINK_SCHEME = "parley";
/** Below this path of a server the same links are pages that offer to open the app. */
export const LINK_PATH = "/open";
/** Longest link that is looked at, in UTF-16 units. */
const MAX_LINK_UNITS = 2_048;

/** An origin as `URL` writes it. X1: plain http only for this machine. */
const ServerOrigin = z
  .string()
  .max(300)
  .refine((text) => originOf(text) === text, { error: "must be the origin of a server" });
const InviteCode = z.string().regex(/^[A-Za-z0-9_-]{4,64}$/);
/** As it is stored: a link that would have to be trimmed is none. */
const LinkedHandle = z.string().refine((text) => Handle.safeParse(text).data === text);
/** `.` and `..` as parts of a path, which `URL` resolves unasked. */
const CLIMBING = /\/(?:\.|%2e){1,2}(?:[/?#]|$)/i;

/** What a link asks the app to open. It only ever shows something: nothing is sent or joined by a click. */
export const DeepLink = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("chat"), server: ServerOrigin, chatId: ChatId }),
  z.object({
    kind: z.literal("message"),
    server: ServerOrigin,
    chatId: ChatId,
    clientId: ClientId,
  }),
  z.object({ kind: z.literal("invite"), server: ServerOrigin, code: InviteCode }),
  z.object({ kind: z.literal("sign-in"), server: ServerOrigin, handle: LinkedHandle.optional() }),
]);
export type DeepLink = z.infer<typeof DeepLink>;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hostname === "") return undefined;
  const isSafe =
    url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  return isSafe ? url.origin : undefined;
}

function asLink(server: string | null, parts: readonly string[], handle: string | null): unknown {
  const [kind, first, second] = parts;
  const length = parts.length;
  if (kind === "chat" && length === 2) return { kind, server, chatId: first };
  if (kind === "message" && length === 3) return { kind, server, chatId: first, clientId: second };
  if (kind === "invite" && length === 2) return { kind, server, code: first };
  if (kind === "sign-in" && length === 1) {
    return { kind, server, ...(handle !== null && { handle }) };
  }
  return undefined;
}

/**
 * Reads a link, of the scheme (`parley://chat/<id>?server=https://...`) or of a server
 * (`https://.../open/chat/<id>`). Undefined for everything else: what is doubled, encoded otherwise,
 * too long or unknown is refused, not repaired.
 */
export function parseLink(text: string): DeepLink | undefined {
  if (text.length > MAX_LINK_UNITS || CLIMBING.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.hash !== "" || url.username !== "" || url.password !== "") return undefined;
  const isOurs = url.protocol === `${LINK_SCHEME}:`;
  const names = [...url.searchParams.keys()];
  const allowed = isOurs ? ["server", "handle"] : ["handle"];
  if (new Set(names).size !== names.length || names.some((name) => !allowed.includes(name))) {
    return undefined;
  }
  const handle = url.searchParams.get("handle");
  const path = url.pathname.replace(/\/$/, "");
  if (isOurs && url.port !== "") return undefined;
  if (!isOurs && !path.startsWith(`${LINK_PATH}/`)) return undefined;
  const parts = isOurs
    ? [url.host, ...path.split("/").slice(1)]
    : path.slice(LINK_PATH.length + 1).split("/");
  const server = isOurs ? url.searchParams.get("server") : url.origin;
  const link = asLink(server, parts, handle);
  const isSignIn = parts[0] === "sign-in";
  if (link === undefined || (handle !== null && !isSignIn)) return undefined;
  const parsed = DeepLink.safeParse(link);
  return parsed.success ? parsed.data : undefined;
}

function pathOf(link: DeepLink): string {
  switch (link.kind) {
    case "chat":
      return `chat/${link.chatId}`;
    case "message":
      return `message/${link.chatId}/${link.clientId}`;
    case "invite":
      return `invite/${link.code}`;
    case "sign-in":
      return "sign-in";
  }
}

/** The link for the app itself. */
export function appLink(link: DeepLink): string {
  const query = new URLSearchParams({ server: link.server });
  if (link.kind === "sign-in" && link.handle !== undefined) query.set("handle", link.handle);
  return `${LINK_SCHEME}://${pathOf(link)}?${query.toString()}`;
}

/** The same link as a page of its server. */
export function webLink(link: DeepLink): string {
  const handle = link.kind === "sign-in" ? link.handle : undefined;
  const query = handle === undefined ? "" : `?${new URLSearchParams({ handle }).toString()}`;
  return `${link.server}${LINK_PATH}/${pathOf(link)}${query}`;
}

/** Whether an account at this address is on the server that a link names. */
export function isOnServer(serverUrl: string, server: DeepLink["server"]): boolean {
  return URL.canParse(serverUrl) && new URL(serverUrl).origin === server;
}
