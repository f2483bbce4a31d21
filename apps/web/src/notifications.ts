import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";

/** S19: one notification per chat; a newer message replaces it. */
function tagOf(accountKey: AccountKey, chatId: ChatId): string {
  return `${accountKey}/${chatId}`;
}

/** Shows what the host decided to show, through the service worker, which handles the clicks. */
export function showNotifications(bridge: Bridge, worker: ServiceWorkerContainer): void {
  bridge.on("notification:show", ({ accountKey, chatId, clientId, title, body }) => {
    const options = {
      body,
      tag: tagOf(accountKey, chatId),
      renotify: true,
      icon: "/icons/icon-192.png",
      data: { accountKey, chatId, clientId },
    };
    worker.ready
      .then((registration) => registration.showNotification(title, options))
      .catch((error: unknown) => console.warn("A notification could not be shown.", error));
  });
  bridge.on("notification:clear", ({ accountKey, chatId }) => {
    worker.ready
      .then((registration) => registration.getNotifications({ tag: tagOf(accountKey, chatId) }))
      .then((shown) => shown.forEach((notification) => notification.close()))
      .catch((error: unknown) => console.warn("A notification could not be withdrawn.", error));
  });
}
