import type { InstallSource } from "@parley/ui/app/deps.ts";

/** What browsers send that let a site be installed; not in the types of pages, for not all do. */
export type InstallEvent = Event & { prompt: () => Promise<unknown> };

function isInstallEvent(event: Event): event is InstallEvent {
  return "prompt" in event && typeof event.prompt === "function";
}

/**
 * Follows whether this app is installed or can be. The browser's own offer is kept for the settings
 * instead of being shown unasked.
 *
 * @param page where the browser tells of it
 * @param isApp whether this window is one of the installed app
 */
export function installSource(page: EventTarget, isApp: boolean): InstallSource {
  const listeners = new Set<() => void>();
  let isInstalled = isApp;
  let offer: InstallEvent | undefined;
  const changed = (): void => listeners.forEach((listener) => listener());
  page.addEventListener("beforeinstallprompt", (event) => {
    if (!isInstallEvent(event)) return;
    event.preventDefault();
    offer = event;
    changed();
  });
  page.addEventListener("appinstalled", () => {
    isInstalled = true;
    offer = undefined;
    changed();
  });
  return {
    get: () => {
      if (isInstalled) return "installed";
      return offer ? "offered" : "by-menu";
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    install: () => {
      // It asks once; whoever says no gets a new offer when the browser thinks fit.
      const asked = offer;
      offer = undefined;
      changed();
      asked?.prompt().catch((error: unknown) => console.warn("It was not installed.", error));
    },
  };
}

/** Of the browser this page runs in. */
export function browserInstall(): InstallSource {
  return installSource(window, window.matchMedia("(display-mode: standalone)").matches);
}
