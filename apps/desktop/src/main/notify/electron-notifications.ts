import { Notification } from "electron";
import type { NotificationPort } from "./native-notifications.ts";

/** Notifications by Electron. */
export const electronNotifications: NotificationPort = {
  isSupported: () => Notification.isSupported(),
  create: ({ title, body }, clicked) => {
    const notification = new Notification({ title, body });
    notification.on("click", clicked);
    return {
      show: () => notification.show(),
      close: () => notification.close(),
    };
  },
};
