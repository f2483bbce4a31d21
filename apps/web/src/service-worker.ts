/// <reference lib="webworker" />

/*
 * Opens the app without a network, and handles clicks on notifications. It keeps the files of one
 * build and answers with those alone, so that page and worker always fit together; it never touches
 * the API. A newer one waits until a window asks it to take over (`activate`), then all windows reload.
 */
export {};

declare const self: ServiceWorkerGlobalScope;

const CACHE_PREFIX = "parley-shell-";
const CACHE = `${CACHE_PREFIX}${PARLEY_BUILD}`;
const KEPT: ReadonlySet<string> = new Set(PARLEY_PRECACHE);

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Asked of the server, not of the browser's cache: all files have to be of this build.
  await cache.addAll(PARLEY_PRECACHE.map((path) => new Request(path, { cache: "no-cache" })));
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The kept file that answers a request; undefined where the network is to answer. */
function keptPath(request: Request): string | undefined {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return undefined;
  if (url.pathname.startsWith("/api/")) return undefined;
  // Every address of the app is the one page.
  if (request.mode === "navigate") return "/";
  return KEPT.has(url.pathname) ? url.pathname : undefined;
}

async function answer(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

type Target = { accountKey: string; chatId: string; clientId: string };

function targetOf(data: unknown): Target | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  if (!("accountKey" in data) || !("chatId" in data) || !("clientId" in data)) return undefined;
  const { accountKey, chatId, clientId } = data;
  return { accountKey: String(accountKey), chatId: String(chatId), clientId: String(clientId) };
}

/** Brings a window of the app to the front, or opens one, at the message that was notified. */
async function openAt(target: Target | undefined): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const best = windows.find((one) => one.visibilityState === "visible") ?? windows[0];
  if (!best) {
    const query = target === undefined ? "" : `?open=${encodeURIComponent(JSON.stringify(target))}`;
    await self.clients.openWindow(`/${query}`);
    return;
  }
  if (target !== undefined) best.postMessage({ kind: "open-chat", ...target });
  await best.focus();
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const path = keptPath(event.request);
  if (path !== undefined) event.respondWith(answer(event.request, path));
});
self.addEventListener("message", (event) => {
  if (event.data === "activate") void self.skipWaiting();
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openAt(targetOf(event.notification.data)));
});
