/// <reference lib="webworker" />
import {
  addressOf,
  CAN_REPLY,
  type Click,
  type Notified,
  readAct,
  readAnswer,
  readNotified,
  type WindowAnswer,
  windowToOpen,
  type WorkerWord,
} from "./notified.ts";

/** A window that has not answered within this time is frozen. */
const ANSWER_MS = 2_000;

type Answered = WindowAnswer & { client: WindowClient };

function say(client: Client, word: WorkerWord, transfer: Transferable[] = []): void {
  client.postMessage(word, transfer);
}

async function ask(client: WindowClient, about: Notified): Promise<Answered | undefined> {
  const { port1, port2 } = new MessageChannel();
  const { promise, resolve } = Promise.withResolvers<Answered | undefined>();
  port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve({ ...readAnswer(data), client });
  const timer = setTimeout(() => resolve(undefined), ANSWER_MS);
  const { accountKey, chatId } = about;
  say(client, { kind: "ask", accountKey, chatId }, [port2]);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    port1.close();
  }
}

/** Windows of the app that answer, last used first. */
async function windowsThatAnswer(
  scope: ServiceWorkerGlobalScope,
  about: Notified,
): Promise<Answered[]> {
  const clients = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const answers = await Promise.all(clients.map((client) => ask(client, about)));
  return answers.filter((one) => one !== undefined);
}

/** Brings to the front; the browser refuses where no user has clicked, and nothing is lost then. */
async function focus(client: WindowClient): Promise<void> {
  try {
    await client.focus();
  } catch (error) {
    console.warn("A window could not be brought to the front.", error);
  }
}

/** Nothing to open at: the test notification. */
async function showApp(scope: ServiceWorkerGlobalScope): Promise<void> {
  const [client] = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (client) await focus(client);
  else await scope.clients.openWindow(addressOf(undefined));
}

/**
 * V54: hands a click to one window that lives, or to a new one. Only a window that has answered is told
 * to act, so that a frozen one does not do the same once more when it wakes.
 */
async function handOn(scope: ServiceWorkerGlobalScope, click: Click): Promise<void> {
  const windows = await windowsThatAnswer(scope, click);
  const isMereClick = click.what === undefined;
  const chosen = isMereClick ? windowToOpen(windows) : windows[0];
  if (!chosen) {
    await scope.clients.openWindow(addressOf(click));
    return;
  }
  say(chosen.client, { kind: "clicked", click });
  if (isMereClick) await focus(chosen.client);
}

/** Handles what the user does to notifications, and tells windows what these can do here. */
export function handleNotifications(scope: ServiceWorkerGlobalScope): void {
  scope.addEventListener("notificationclick", (event) => {
    const { notification, action } = event;
    notification.close();
    const notified = readNotified(notification.data);
    const what = readAct(action, "reply" in event ? event.reply : undefined);
    event.waitUntil(
      notified ? handOn(scope, { ...notified, ...(what && { what }) }) : showApp(scope),
    );
  });
  scope.addEventListener("message", ({ data, ports }) => {
    // Only a browser that takes replies has this.
    if (data === CAN_REPLY) ports[0]?.postMessage("reply" in NotificationEvent.prototype);
  });
}
