/// <reference lib="webworker" />

/*
 * Opens the app without a network, and handles clicks on notifications. It keeps the files of one
 * build and answers with those alone, so that page and worker always fit together; it never touches
 * the API. A newer one waits until a window asks it to take over (`activate`), then all windows reload.
 */
import { handleNotifications } from "./notification-clicks.ts";

declare const self: ServiceWorkerGlobalScope;

const CACHE_PREFIX = "parley-shell-";
const CACHE = `${CACHE_PREFIX}${PARLEY_BUILD}`;
const KEPT: ReadonlySet<string> = new Set(PARLEY_PRECACHE);
/** LINK_PATH; its module would bring the whole schema library into this file. */
const LINKS = "/open/";

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

/** V53: the page of a link is the server's. Without a network the link leads to the app in this browser. */
async function answerLink(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    const { pathname, search } = new URL(request.url);
    return Response.redirect(`/#${pathname}${search}`);
  }
}

/** The kept file that answers a request; undefined where the network is to answer. */
function keptPath(request: Request): string | undefined {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return undefined;
  if (url.pathname.startsWith("/api/") || url.pathname.startsWith(LINKS)) return undefined;
  // Every other address is the one page of the app.
  if (request.mode === "navigate") return "/";
  return KEPT.has(url.pathname) ? url.pathname : undefined;
}

async function answer(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = keptPath(request);
  if (path !== undefined) event.respondWith(answer(request, path));
  else if (request.mode === "navigate" && new URL(request.url).pathname.startsWith(LINKS)) {
    event.respondWith(answerLink(request));
  }
});
self.addEventListener("message", (event) => {
  if (event.data === "activate") void self.skipWaiting();
});
handleNotifications(self);
