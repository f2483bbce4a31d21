import type { MenuItemConstructorOptions } from "electron";
import { texts } from "../texts.ts";

type Options = {
  platform: NodeJS.Platform;
  isDevelopment: boolean;
  open: () => void;
  newWindow: () => void;
  zoom: (direction: "in" | "out" | "reset") => void;
  toggleOnTop: () => void;
  openLogs: () => void;
};

/** By which the tick at "always on top" is found again. */
export const ON_TOP_ITEM = "always-on-top";

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
      {
        label: texts.newWindow,
        accelerator: "CommandOrControl+Shift+N",
        click: options.newWindow,
      },
      { type: "separator" },
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
      // Not by role: the window keeps its zoom over restarts.
      {
        label: texts.zoomReset,
        accelerator: "CommandOrControl+0",
        click: () => options.zoom("reset"),
      },
      {
        label: texts.zoomIn,
        accelerator: "CommandOrControl+Plus",
        click: () => options.zoom("in"),
      },
      // The same key without Shift.
      {
        label: texts.zoomIn,
        accelerator: "CommandOrControl+=",
        visible: false,
        click: () => options.zoom("in"),
      },
      { label: texts.zoomOut, accelerator: "CommandOrControl+-", click: () => options.zoom("out") },
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
      {
        id: ON_TOP_ITEM,
        label: texts.alwaysOnTop,
        type: "checkbox",
        checked: false,
        click: options.toggleOnTop,
      },
      { type: "separator" },
      { label: texts.open, click: options.open },
      ...(isMac ? [{ role: "front" } as const] : []),
    ],
  };
  const help: MenuItemConstructorOptions = {
    label: texts.help,
    role: "help",
    submenu: [
      { label: texts.logs, click: options.openLogs },
      ...(isMac ? [] : [{ role: "about" } as const]),
    ],
  };
  return [...(isMac ? [appMenu] : []), file, edit, view, window, help];
}
