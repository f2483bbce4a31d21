import type { StepName } from "@parley/client/sync/steps.ts";
import { openAccount } from "../../cache/open-account.ts";
import type { AppDeps } from "../deps.ts";
import { mountApp as mount } from "../mount.tsx";

/*
 * Stands in the place of mount.tsx in the app that the tests of crashes build: the very same app, which
 * stops for good at the step that a test has named.
 */

declare global {
  interface Window {
    /** Where to stop, and whether that has happened. */
    parleySteps?: { stopAt: StepName | null; isThere: boolean };
  }
}

const steps = { stopAt: null, isThere: false } as NonNullable<Window["parleySteps"]>;
window.parleySteps = steps;

/** Mounts the app as its shell does. */
export function mountApp(root: HTMLElement, deps: AppDeps): () => void {
  return mount(root, {
    ...deps,
    openSession: (bridge, account) =>
      openAccount(bridge, account, {
        steps: (step) => {
          if (steps.isThere || steps.stopAt !== step) return undefined;
          steps.isThere = true;
          return new Promise<never>(() => undefined);
        },
      }),
  });
}
