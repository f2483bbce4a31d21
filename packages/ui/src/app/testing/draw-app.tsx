import { configure, render } from "@testing-library/react";
import { vi } from "vitest";
import { fakeSession } from "../../../gallery/fake-session.ts";
import { everything } from "../../../gallery/sample.ts";
import { pageAttention } from "../../state/attention.ts";
import { createLiveHub } from "../../state/live-store.ts";
import { createLookStore } from "../../state/look-store.ts";
import { forgetfulMemory } from "../../state/remembered.ts";
import { App, type AppProps } from "../App.tsx";
import { fetchLaterParts } from "../lazy-parts.ts";
import { fakeBridge, type FakeAnswers } from "./fake-bridge.ts";

// Here each part is compiled when it is first asked for, which on a busy machine takes its time.
configure({ asyncUtilTimeout: 30_000 });
await fetchLaterParts();

/** happy-dom lays nothing out: every element gets a size, so that the virtual lists draw their rows. */
function layOut(): void {
  const element = HTMLElement.prototype;
  vi.spyOn(element, "clientHeight", "get").mockReturnValue(900);
  vi.spyOn(element, "clientWidth", "get").mockReturnValue(1_280);
  Object.defineProperty(element, "offsetParent", { configurable: true, get: () => document.body });
  vi.stubGlobal(
    "ResizeObserver",
    class implements ResizeObserver {
      readonly #tell: ResizeObserverCallback;
      constructor(tell: ResizeObserverCallback) {
        this.#tell = tell;
      }
      observe(target: Element): void {
        const scrolls = target.matches(".chat-rows, .timeline-log");
        const contentRect = DOMRect.fromRect({ width: 1_000, height: scrolls ? 900 : 40 });
        const size = [{ blockSize: contentRect.height, inlineSize: contentRect.width }];
        const entry = {
          target,
          contentRect,
          borderBoxSize: size,
          contentBoxSize: size,
          devicePixelContentBoxSize: size,
        };
        queueMicrotask(() => this.#tell([entry], this));
      }
      unobserve(): void {}
      disconnect(): void {}
    },
  );
}

/** Draws the app on a made-up host and a made-up account. */
export function drawApp(answers: FakeAnswers, more: Partial<AppProps> = {}) {
  const { bridge, emit, calls } = fakeBridge(answers);
  const memory = forgetfulMemory();
  const session = fakeSession({ chats: everything });
  layOut();
  const drawn = render(
    <App
      bridge={bridge}
      platform={{ shell: "web", os: "linux", build: "t" }}
      defaultServerUrl="https://chat.example.org"
      openSession={() => Promise.resolve(session)}
      memory={memory}
      hub={createLiveHub(bridge)}
      look={createLookStore(memory)}
      attention={pageAttention()}
      region={{ locale: "en-GB", timeZone: "UTC" }}
      {...more}
    />,
  );
  return { ...drawn, emit, calls, session };
}
