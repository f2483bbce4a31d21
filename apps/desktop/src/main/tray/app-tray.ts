import { join } from "node:path";
import { Menu, type MenuItemConstructorOptions, Tray } from "electron";
import type { Look } from "./look.ts";

/** The icon in the tray. Says only what changed: some desktops redraw it, or close its menu, each time. */
export class AppTray {
  readonly #tray: Tray;
  readonly #folder: string;
  #said = "";
  #icon: string;

  /** @param folder where the icons lie */
  constructor(folder: string, look: Look["tray"], open: () => void) {
    this.#folder = folder;
    this.#icon = look.icon;
    this.#tray = new Tray(join(folder, look.icon));
    this.#tray.on("click", open);
  }

  /** @param key what the menu was made from: labels alone do not tell chats of one name apart */
  update(look: Look["tray"], menu: MenuItemConstructorOptions[], key: string): void {
    if (look.icon !== this.#icon) {
      this.#icon = look.icon;
      this.#tray.setImage(join(this.#folder, look.icon));
    }
    const said = JSON.stringify([look.toolTip, menu, key]);
    if (said === this.#said) return;
    this.#said = said;
    this.#tray.setToolTip(look.toolTip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(menu));
  }

  destroy(): void {
    this.#tray.destroy();
  }
}
