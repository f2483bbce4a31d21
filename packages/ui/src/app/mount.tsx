import "@fontsource-variable/inter/wght.css";
import "../styles/tokens.css";
import "../styles/base.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { watchAssignments } from "@parley/client/sync/assignments.ts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { openAccount } from "../cache/open-account.ts";
import { pageAttention, toldAttention } from "../state/attention.ts";
import { createLiveHub } from "../state/live-store.ts";
import { applyLook, createLookStore, followLook } from "../state/look-store.ts";
import { browserMemory } from "../state/remembered.ts";
import { App } from "./App.tsx";
import type { AppDeps, OpenSession } from "./deps.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { readSolo } from "./solo.ts";

const openReal: OpenSession = (bridge, account) => openAccount(bridge, account);

/**
 * Draws the app into an element and runs it on a bridge. The look is applied before the first frame.
 * Returns the function that takes it down again.
 */
export function mountApp(root: HTMLElement, deps: AppDeps): () => void {
  const memory = deps.memory ?? browserMemory();
  const look = createLookStore(memory);
  const stopLook = applyLook(look, document.documentElement, (query) => window.matchMedia(query));
  const stopFollowing = followLook(look, memory, window);
  // Both listen before the app says hello: the host speaks right after it.
  watchAssignments(deps.bridge);
  const hub = createLiveHub(deps.bridge);
  const attention =
    deps.platform.shell === "desktop" ? toldAttention(deps.bridge) : pageAttention();
  root.classList.add("app-root");
  const react = createRoot(root);
  react.render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <Tooltip.Provider delay={500}>
          <ErrorBoundary>
            <App
              {...deps}
              solo={deps.solo ?? readSolo(location.search)}
              openSession={deps.openSession ?? openReal}
              memory={memory}
              hub={hub}
              look={look}
              attention={attention}
            />
          </ErrorBoundary>
        </Tooltip.Provider>
      </CSPProvider>
    </StrictMode>,
  );
  return () => {
    react.unmount();
    hub.stop();
    stopLook();
    stopFollowing();
  };
}
