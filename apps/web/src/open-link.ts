import { type DeepLink, LINK_PATH, parseLink } from "@parley/protocol/links.ts";

/** Takes the link out of the window's address: `#/open/...`, to which the server's pages of links lead. */
function takeLink(): DeepLink | undefined {
  if (!location.hash.startsWith(`#${LINK_PATH}/`)) return undefined;
  const link = parseLink(`${location.origin}${location.hash.slice(1)}`);
  history.replaceState(null, "", location.pathname + location.search);
  return link;
}

/**
 * Tells which link the user opened: the one that this window was opened with, and those opened in it
 * later. What comes before anybody listens is kept.
 */
export function openLinks(): (listener: (link: DeepLink) => void) => () => void {
  const listeners = new Set<(link: DeepLink) => void>();
  let waiting = takeLink();
  addEventListener("hashchange", () => {
    const link = takeLink();
    if (!link) return;
    if (listeners.size === 0) waiting = link;
    for (const listener of listeners) listener(link);
  });
  return (listener) => {
    listeners.add(listener);
    if (waiting) listener(waiting);
    waiting = undefined;
    return () => listeners.delete(listener);
  };
}
