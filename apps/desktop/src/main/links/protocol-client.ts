import { app } from "electron";
import { LINK_SCHEME } from "@parley/protocol/links.ts";

/** Has the system hand links of ours to this app. Only an installed one: another start is not repeatable. */
export function beDefaultForLinks(): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
}
