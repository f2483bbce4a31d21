import { type BrowserWindow, clipboard, type ContextMenuParams, Menu } from "electron";
import { contextMenu } from "./context-menu.ts";

/** Shows what a click with the right button offers, where it was made. */
export function showContextMenu(window: BrowserWindow, click: ContextMenuParams): void {
  const { webContents } = window;
  const { x, y } = click;
  const template = contextMenu(click, {
    replace: (word) => webContents.replaceMisspelling(word),
    learn: (word) => void webContents.session.addWordToSpellCheckerDictionary(word),
    copyText: (text) => void clipboard.writeText(text),
    copyImage: () => webContents.copyImageAt(x, y),
    // The system asks where to.
    saveImage: (url) => webContents.downloadURL(url),
  });
  if (template.length > 0) Menu.buildFromTemplate(template).popup({ window });
}
