import { Menu, Tray } from "electron";
import { texts } from "../texts.ts";

type Options = { iconPath: string; open: () => void; quit: () => void };

/** The icon in the tray: opens the app and ends it, and says how much is unread. */
export class AppTray {
  readonly #tray: Tray;

  constructor({ iconPath, open, quit }: Options) {
    this.#tray = new Tray(iconPath);
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: texts.open, click: open },
        { type: "separator" },
        { label: texts.quit, click: quit },
      ]),
    );
    this.#tray.on("click", open);
    this.setUnread(0);
  }

  setUnread(unread: number): void {
    this.#tray.setToolTip(texts.unread(unread));
  }
}
