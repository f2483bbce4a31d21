import { Notification } from "electron";
import type { NotificationEvents, NotificationPort } from "./electron-notifier.ts";

function listen(notification: Notification, events: NotificationEvents): void {
  notification.on("show", () => events.shown());
  notification.on("failed", (_event, error) => events.failed(error));
  notification.on("click", () => events.clicked());
  notification.on("action", ({ actionIndex }) => events.button(actionIndex));
  notification.on("reply", ({ reply }) => events.replied(reply));
  notification.on("close", ({ reason }) => events.closed(reason === "userCanceled"));
}

/** Windows names the notice in a text of pairs, like the query of an address. */
function idOf(activation: string): string | undefined {
  return new URLSearchParams(activation).get("tag") ?? undefined;
}

/**
 * Notifications by Electron: macOS and Windows only. On Linux it would call a library that waits for the
 * notification server and stops the whole process while that hangs.
 */
export function electronNotifications(platform: NodeJS.Platform): NotificationPort {
  return {
    isSupported: () => Notification.isSupported(),
    create: (content, events) => {
      const notification = new Notification(content);
      listen(notification, events);
      return {
        show: () => notification.show(),
        close: () => notification.close(),
      };
    },
    attach: async (ids, events) => {
      if (platform === "win32") {
        Notification.handleActivation(({ type, arguments: text, actionIndex = -1, reply = "" }) => {
          const id = idOf(text);
          if (id === undefined || !ids.includes(id)) return;
          const on = events(id);
          if (type === "reply") on.replied(reply);
          else if (type === "action") on.button(actionIndex);
          else on.clicked();
        });
      }
      if (platform !== "darwin") return;
      for (const notification of await Notification.getHistory()) {
        if (ids.includes(notification.id)) listen(notification, events(notification.id));
      }
    },
    remove: (id) => {
      if (platform === "darwin") Notification.remove(id);
    },
  };
}
