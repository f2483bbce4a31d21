import { app, BrowserWindow, Menu } from "electron";
import type { AppWindows } from "../windows/app-windows.ts";
import { menuTemplate, ON_TOP_ITEM } from "./menu-template.ts";

type Parts = { windows: AppWindows; openLogs: () => Promise<void> };

/** The menu of the application. Its items act on the window in front. */
export function applicationMenu({ windows, openLogs }: Parts): Menu {
  const inFront = () => windows.focused ?? windows.main;
  const menu: Menu = Menu.buildFromTemplate(
    menuTemplate({
      platform: process.platform,
      isDevelopment: !app.isPackaged,
      open: () => windows.show(),
      newWindow: () => void windows.open(),
      zoom: (direction) => inFront()?.zoom(direction),
      toggleOnTop: () => {
        const window = inFront();
        window?.configure({ alwaysOnTop: !window.state.alwaysOnTop });
        tick();
      },
      openLogs: () => void openLogs(),
    }),
  );
  const tick = (): void => {
    const item = menu.getMenuItemById(ON_TOP_ITEM);
    if (item) item.checked = inFront()?.state.alwaysOnTop ?? false;
  };
  // The tick is that of the window in front.
  app.on("browser-window-focus", () => {
    if (BrowserWindow.getFocusedWindow()) tick();
  });
  return menu;
}
