import { reloadForBuild } from "./reload.ts";
import { whenSafe } from "./when-safe.ts";

/** How often a window that stays open asks for a newer build. */
const LOOK_EVERY_MS = 30 * 60_000;
/** The old build still works: there is time. */
const UPDATE_WITHIN_MS = 120_000;

/** Lets a newer build take over when that disturbs nobody. */
function activateWhenSafe(registration: ServiceWorkerRegistration): void {
  const { waiting } = registration;
  if (waiting) whenSafe(() => waiting.postMessage("activate"), UPDATE_WITHIN_MS);
}

/** Watches a service worker that is being installed until it waits to take over. */
function watch(registration: ServiceWorkerRegistration): void {
  const { installing } = registration;
  installing?.addEventListener("statechange", () => {
    if (installing.state === "installed" && navigator.serviceWorker.controller) {
      activateWhenSafe(registration);
    }
  });
}

/** The service worker could not be fetched: the network was away for a moment, say. */
const AGAIN_MS = 60_000;

/** Without it nothing is kept for use without a network and nothing notified: it is tried until it is there. */
async function register(worker: ServiceWorkerContainer): Promise<void> {
  try {
    const registration = await worker.register("/service-worker.js", {
      scope: "/",
      updateViaCache: "none",
    });
    activateWhenSafe(registration);
    watch(registration);
    registration.addEventListener("updatefound", () => watch(registration));
    setInterval(() => {
      registration.update().catch(() => {
        // No network; the next look may find one.
      });
    }, LOOK_EVERY_MS);
  } catch (error) {
    console.warn("The app could not be kept for use without a network.", error);
    setTimeout(() => void register(worker), AGAIN_MS);
  }
}

/**
 * Keeps the app for use without a network, and brings newer builds: the newer service worker takes
 * over when nobody is disturbed, then every window of the old one reloads.
 */
export function keepAppUpToDate(worker: ServiceWorkerContainer): Promise<void> {
  let hadController = worker.controller !== null;
  worker.addEventListener("controllerchange", () => {
    // The first one ever is the same build that was just loaded.
    if (hadController) whenSafe(() => reloadForBuild(), UPDATE_WITHIN_MS);
    hadController = true;
  });
  return register(worker);
}
