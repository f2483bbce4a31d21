import { describe } from "vitest";
import { FakeClock } from "./fake-clock.ts";
import { hostStoreSuite } from "./host-store-suite.ts";
import { MemoryHostStore } from "./memory-ports.ts";
import { Wire } from "./socket-pair.ts";
import { socketPortSuite } from "./socket-port-suite.ts";

describe("socket port, in memory", () => {
  socketPortSuite((script) => {
    const clock = new FakeClock();
    const wire = new Wire(clock, script);
    return Promise.resolve({
      port: wire,
      serverUrl: "https://chat.example.org",
      until: async (isDone) => {
        for (let i = 0; i < 1_000 && !isDone(); i++) await clock.advance(10);
      },
      goDown: () => {
        wire.isUp = false;
        return Promise.resolve();
      },
      stop: () => Promise.resolve(),
    });
  });
});

describe("host store, in memory", () => {
  hostStoreSuite(() => {
    const store = new MemoryHostStore();
    return { store, reopen: () => store };
  });
});
