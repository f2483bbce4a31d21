import type { MenuItemConstructorOptions } from "electron";
import { texts } from "../texts.ts";

type Options = {
  platform: NodeJS.Platform;
  isDevelopment: boolean;
  open: () => void;
};

/** The menu of the application, as each platform expects it. */
export function menuTemplate(options: Options): MenuItemConstructorOptions[] {
  const isMac = options.platform === "darwin";
  const appMenu: MenuItemConstructorOptions = {
    label: texts.appName,
    submenu: [
      { role: "about" },
      { type: "separator" },
      { role: "services" },
      { type: "separator" },
      { role: "hide" },
      { role: "hideOthers" },
      { role: "unhide" },
      { type: "separator" },
      { role: "quit" },
    ],
  };
  const file: MenuItemConstructorOptions = {
    label: texts.file,
    submenu: [
      { label: texts.hide, role: "close" },
      ...(isMac
        ? []
        : [{ type: "separator" } as const, { label: texts.quit, role: "quit" } as const]),
    ],
  };
  // Without these roles the shortcuts for copy and paste do nothing on macOS.
  const edit: MenuItemConstructorOptions = {
    label: texts.edit,
    submenu: [
      { role: "undo" },
      { role: "redo" },
      { type: "separator" },
      { role: "cut" },
      { role: "copy" },
      { role: "paste" },
      { role: "pasteAndMatchStyle" },
      { role: "delete" },
      { role: "selectAll" },
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: texts.view,
    submenu: [
      { role: "resetZoom" },
      { role: "zoomIn" },
      { role: "zoomOut" },
      { type: "separator" },
      { role: "togglefullscreen" },
      ...(options.isDevelopment
        ? [
            { type: "separator" } as const,
            { role: "reload" } as const,
            { role: "toggleDevTools" } as const,
          ]
        : []),
    ],
  };
  const window: MenuItemConstructorOptions = {
    label: texts.window,
    role: "windowMenu",
    submenu: [
      { role: "minimize" },
      { role: "zoom" },
      { type: "separator" },
      { label: texts.open, click: options.open },
      ...(isMac ? [{ role: "front" } as const] : []),
    ],
  };
  const help: MenuItemConstructorOptions = {
    label: texts.help,
    role: "help",
    submenu: isMac ? [] : [{ role: "about" }],
  };
  return [...(isMac ? [appMenu] : []), file, edit, view, window, help];
}
