import { NO_FAULTS } from "./model-device.ts";
import type { Step } from "./programs.ts";

/** Programs that once ended in a difference between devices and server, with the seed of their world. */
export const PINNED: readonly [number, Step[]][] = [
  // A device of somebody who was removed keeps what was deleted afterwards (V30).
  [
    0,
    [
      { do: "write", device: 2, chat: 0, times: 12, poison: false },
      { do: "write", device: 0, chat: 0, times: 12, poison: false },
      { do: "faults", device: 0, faults: NO_FAULTS },
      { do: "write", device: 0, chat: 0, times: 12, poison: false },
      { do: "remove", device: 0, chat: 0, account: 0 },
      { do: "relate", device: 2, chat: 0, kind: "redact", back: 2 },
    ],
  ],
];
