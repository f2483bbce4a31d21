const ADDRESS = "#/start/";

/** What a shortcut of the installed app opens a window for; the manifest lists them. */
export type Start = "new-chat" | "settings";

/** Reads it from a window's hash; undefined for everything else. */
export function readStart(hash: string): Start | undefined {
  const name = hash.startsWith(ADDRESS) ? hash.slice(ADDRESS.length) : "";
  return name === "new-chat" || name === "settings" ? name : undefined;
}

/** Takes it out of this window's address, so that a reload asks for nothing; answered once. */
export function startOfWindow(): () => Start | undefined {
  let start = readStart(location.hash);
  if (start !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return () => {
    const taken = start;
    start = undefined;
    return taken;
  };
}
