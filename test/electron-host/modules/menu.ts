import { HostEmitter } from "../host-emitter.ts";
import { registry } from "../registry.ts";
import { facade, original } from "../strict.ts";
import { BrowserWindow } from "./browser-window.ts";

export type ItemOptions = {
  label?: string;
  sublabel?: string;
  role?: string;
  type?: "normal" | "separator" | "submenu" | "checkbox" | "radio";
  enabled?: boolean;
  visible?: boolean;
  checked?: boolean;
  id?: string;
  accelerator?: string;
  registerAccelerator?: boolean;
  icon?: unknown;
  toolTip?: string;
  submenu?: Menu | ItemOptions[];
  click?: (item: MenuItem, window: BrowserWindow | undefined, event: object) => void;
};

/** One line of a menu. */
export class MenuItem {
  readonly id: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  readonly submenu: Menu | undefined;
  readonly toolTip: string;
  label: string;
  sublabel: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  click: () => void;

  constructor(options: ItemOptions) {
    const { submenu, click } = options;
    this.id = options.id ?? "";
    this.role = options.role;
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : submenu;
    this.type = options.type ?? (submenu ? "submenu" : "normal");
    this.label = options.label ?? options.role ?? "";
    this.sublabel = options.sublabel ?? "";
    this.toolTip = options.toolTip ?? "";
    this.accelerator = options.accelerator;
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.click = () => {
      if (!this.enabled) return;
      if (this.type === "checkbox") this.checked = !this.checked;
      if (this.type === "radio") this.checked = true;
      const window = BrowserWindow.getFocusedWindow() ?? undefined;
      if (click) click(facade(this, "MenuItem"), window, {});
      else if (this.role !== undefined) runRole(this.role.toLowerCase(), window);
    };
  }
}

/** A menu, of the application, of the tray, or shown on a window. */
export class Menu extends HostEmitter {
  items: MenuItem[] = [];

  constructor() {
    super("Menu");
  }

  static buildFromTemplate(template: (ItemOptions | MenuItem)[]): Menu {
    const menu = new Menu();
    for (const entry of template) {
      menu.append(entry instanceof MenuItem ? entry : facade(new MenuItem(entry), "MenuItem"));
    }
    return facade(menu, "Menu");
  }

  static setApplicationMenu(menu: Menu | null): void {
    registry.applicationMenu = menu && original(menu);
  }

  static getApplicationMenu(): Menu | null {
    return registry.applicationMenu && facade(registry.applicationMenu, "Menu");
  }

  append(item: MenuItem): void {
    this.items.push(item);
  }

  insert(position: number, item: MenuItem): void {
    this.items.splice(position, 0, item);
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  popup(_options?: object): void {
    registry.contextMenu = original(this);
    this.emit("menu-will-show");
  }

  closePopup(): void {
    this.emit("menu-will-close");
  }
}

let quit: () => void = () => undefined;

/** The role "quit" ends the app. */
export function onQuitRole(act: () => void): void {
  quit = act;
}

/** The roles that mean something without a screen; the others are the system's affair. */
function runRole(role: string, window: BrowserWindow | undefined): void {
  if (role === "quit") quit();
  else if (role === "close") window?.close();
  else if (role === "minimize") window?.minimize();
  else if (role === "reload") window?.reload();
  else if (role === "togglefullscreen") window?.setFullScreen(!window.isFullScreen());
}
