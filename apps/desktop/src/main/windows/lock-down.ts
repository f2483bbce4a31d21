import { type Session, session, shell, type WebContents } from "electron";
import type { Log } from "@parley/client/connection/ports.ts";
import { isAppUrl } from "../app-scheme/policy.ts";
import { externalLink } from "./external-links.ts";

/** What a page of the app may ask the system for: to copy. Everything else has its way through main. */
const PERMISSIONS = new Set(["clipboard-sanitized-write"]);

function isOfApp(contents: WebContents | null): boolean {
  return contents !== null && isAppUrl(contents.getURL());
}

/** Denies all pages of a session every permission but the few that the app's own pages need. */
export function denyPermissions(target: Session): void {
  target.setPermissionCheckHandler(
    (contents, permission) => isOfApp(contents) && PERMISSIONS.has(permission),
  );
  target.setPermissionRequestHandler((contents, permission, answer) =>
    answer(isOfApp(contents) && PERMISSIONS.has(permission)),
  );
  target.setDevicePermissionHandler(() => false);
}

/** Hands an address to the system. False if no program took it. */
export async function openProgram(address: string, log: Log): Promise<boolean> {
  try {
    await shell.openExternal(address);
    return true;
  } catch (error) {
    log.warn("The system could not open a link.", { error: String(error) });
    return false;
  }
}

/** Hands a link to the system after a look at it. */
export function openExternally(url: string, log: Log): void {
  const link = externalLink(url);
  if (link === undefined) {
    log.warn("An address was not opened: it is no link to a page or mail address.");
    return;
  }
  void openProgram(link, log);
}

/**
 * Keeps a page where it is: it navigates nowhere, opens no window, holds no other page. Links lead to
 * the system's browser. Set on every contents that is ever made, before it loads anything.
 */
export function lockDown(contents: WebContents, log: Log): void {
  contents.setWindowOpenHandler(({ url }) => {
    openExternally(url, log);
    return { action: "deny" };
  });
  contents.on("will-navigate", (event) => {
    // The page reloading itself; whatever else is asked for opens outside or not at all.
    if (event.isMainFrame && isAppUrl(event.url)) return;
    event.preventDefault();
    openExternally(event.url, log);
  });
  contents.on("will-frame-navigate", (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
}

/** The session that all pages of the app share. */
export function appSession(): Session {
  return session.defaultSession;
}
