import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";

const TEST_TAG = "test";
const DETAIL_UNITS = 500;
/** A service worker that is not there within this time shows nothing. */
const READY_MS = 5_000;

const texts = {
  testTitle: "Parley can notify you",
  testBody: "This is what a new message looks like.",
};

/** S19: one notification per chat; a newer message replaces it. */
function tagOf(accountKey: AccountKey, chatId: ChatId): string {
  return `${accountKey}/${chatId}`;
}

async function registrationOf(worker: ServiceWorkerContainer): Promise<ServiceWorkerRegistration> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("No service worker is ready.")), READY_MS);
  try {
    return await Promise.race([worker.ready, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Shows one through the service worker, and asks the browser whether it is there. */
async function show(
  worker: ServiceWorkerContainer,
  title: string,
  options: NotificationOptions & { tag: string; renotify?: boolean },
): Promise<NotificationOutcome> {
  const atMs = Date.now();
  if (typeof Notification === "undefined") return { state: "unavailable", atMs };
  if (Notification.permission !== "granted") {
    return { state: "denied", atMs, detail: Notification.permission };
  }
  try {
    const registration = await registrationOf(worker);
    await registration.showNotification(title, options);
    const shown = await registration.getNotifications({ tag: options.tag });
    return { state: shown.length > 0 ? "shown" : "waiting", atMs };
  } catch (error) {
    const detail = String(error).slice(0, DETAIL_UNITS).toWellFormed();
    return { state: "failed", atMs, detail };
  }
}

/**
 * Shows what the host decided to show, through the service worker, which handles the clicks, and tells the
 * host what became of it.
 */
export function showNotifications(bridge: Bridge, worker: ServiceWorkerContainer): void {
  bridge.on("notification:show", ({ accountKey, chatId, clientId, title, body, silent }) => {
    const options = {
      body,
      tag: tagOf(accountKey, chatId),
      icon: "/icons/icon-192.png",
      data: { accountKey, chatId, clientId },
      // The browser refuses both at once.
      ...(silent === true ? { silent: true } : { renotify: true }),
    };
    const of = { accountKey, chatId, clientId };
    void show(worker, title, options).then((outcome) =>
      bridge.call("notification:told", { ...outcome, of }),
    );
  });
  bridge.on("notification:clear", ({ accountKey, chatId }) => {
    worker.ready
      .then((registration) => registration.getNotifications({ tag: tagOf(accountKey, chatId) }))
      .then((shown) => shown.forEach((notification) => notification.close()))
      .catch((error: unknown) => console.warn("A notification could not be withdrawn.", error));
  });
}

/** Shows a notification to try it out; resolves to what the browser did with it. */
export function testNotification(
  worker: ServiceWorkerContainer | undefined,
): Promise<NotificationOutcome> {
  if (!worker) return Promise.resolve({ state: "unavailable", atMs: Date.now() });
  const options = { body: texts.testBody, tag: TEST_TAG, icon: "/icons/icon-192.png" };
  return show(worker, texts.testTitle, options);
}
