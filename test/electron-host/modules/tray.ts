import { existsSync } from "node:fs";

import { HostEmitter } from "../host-emitter.ts";
import { registry } from "../registry.ts";
import { original } from "../strict.ts";
import type { Menu } from "./menu.ts";

/** The icon beside the clock. Whether anything shows it, it cannot know: neither can Electron's. */
export class Tray extends HostEmitter {
  #menu: Menu | null = null;
  #image: unknown;
  #toolTip = "";
  #title = "";
  #destroyed = false;

  constructor(image: unknown) {
    super("Tray");
    if (image === undefined || image === null) throw new Error("Failed to load image");
    this.#image = image;
    registry.trays.push(this);
  }

  setContextMenu(menu: Menu | null): void {
    this.#menu = menu && original(menu);
  }

  setToolTip(toolTip: string): void {
    this.#toolTip = toolTip;
  }

  setImage(image: unknown): void {
    if (typeof image === "string" && !existsSync(image)) throw new Error("Failed to load image");
    this.#image = image;
  }

  setPressedImage(_image: unknown): void {
    // Pictures are looked at where they are drawn, not here.
  }

  setTitle(title: string): void {
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  setIgnoreDoubleClickEvents(_ignore: boolean): void {
    // A test clicks as often as it means to.
  }

  popUpContextMenu(): void {
    this.#menu?.popup();
  }

  destroy(): void {
    this.#destroyed = true;
    registry.trays = registry.trays.filter((tray) => tray !== this);
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  static looks(tray: Tray): { toolTip: string; title: string; menu: Menu | null; image: unknown } {
    return { toolTip: tray.#toolTip, title: tray.#title, menu: tray.#menu, image: tray.#image };
  }
}
