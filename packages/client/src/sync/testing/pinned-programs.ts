import { NO_FAULTS } from "./model-device.ts";
import type { Step } from "./programs.ts";

/** Programs that once ended in a difference between devices and server, with the seed of their world. */
export const PINNED: readonly [number, Step[]][] = [
  // A place that did not fit waited for its next try by a clock that was then put back by a day.
  [
    3,
    [
      { do: "open", device: 0 },
      { do: "write", device: 1, chat: 0, times: 1, poison: false },
      { do: "faults", device: 3, faults: { ...NO_FAULTS, loseAnswer: 0.3 } },
      {
        do: "faults",
        device: 1,
        faults: { ...NO_FAULTS, slowAnswer: 0.8, losePush: 0.1, delayPush: 0.1, damage: 0.3 },
      },
      { do: "write", device: 3, chat: 0, times: 3, poison: false },
      { do: "late-page", device: 3, by: 1, chat: 0, kinds: ["reply"] },
      { do: "clock", byMs: -86_400_000 },
      { do: "wait", turns: 0, ms: 0 },
      { do: "value", device: 0, chat: 0, kind: "mute", to: "on" },
      { do: "write", device: 0, chat: 0, times: 12, poison: false },
    ],
  ],
  // A draft of another device that the journal could not take was in the cache, and never taken.
  [
    0,
    [
      { do: "disk", device: 2, disk: { full: 0.3, broken: 0 } },
      { do: "type", device: 3, chat: 0, text: "a", blur: true },
      { do: "value", device: 0, chat: 0, kind: "mute", to: "on" },
      { do: "write", device: 0, chat: 0, times: 12, poison: false },
      { do: "relate", device: 0, chat: 0, kind: "reply", back: 0 },
      { do: "offline", device: 0 },
      { do: "value", device: 0, chat: 0, kind: "mute", to: "on" },
    ],
  ],
  // A catch-up whose disk failed under it was never tried again.
  [
    0,
    [
      { do: "away", device: 1, by: 0, chat: 0, times: 4, kinds: ["reply"] },
      { do: "disk", device: 0, disk: { full: 0, broken: 0.1 } },
      { do: "late-page", device: 0, by: 1, chat: 0, kinds: ["reply"] },
      { do: "send-draft", device: 0, chat: 0 },
      { do: "type", device: 0, chat: 0, text: "", blur: false },
      { do: "offline", device: 1 },
      { do: "faults", device: 0, faults: { ...NO_FAULTS, losePush: 0.1 } },
      { do: "remove", device: 2, chat: 0, account: 0 },
    ],
  ],
  // The cache is deleted and another window opens it anew before the writer looks: nobody has claimed it.
  [
    0,
    [
      { do: "write", device: 0, chat: 0, times: 1, poison: false },
      { do: "drop", device: 1 },
      { do: "open", device: 1 },
      { do: "older", device: 0, chat: 0 },
      { do: "crash", device: 0, after: 0 },
      { do: "read", device: 0, chat: 0 },
      { do: "wait", turns: 0, ms: 0 },
      { do: "crash", device: 0, after: 0 },
    ],
  ],
  // Whoever left keeps the text of an edit of a message that was deleted afterwards (V30).
  [
    0,
    [
      { do: "write", device: 1, chat: 0, times: 2, poison: false },
      { do: "write", device: 0, chat: 0, times: 2, poison: false },
      { do: "write", device: 2, chat: 0, times: 1, poison: false },
      { do: "relate", device: 0, chat: 0, kind: "reply", back: 0 },
      { do: "older", device: 0, chat: 0 },
      { do: "relate", device: 2, chat: 0, kind: "edit", back: 3 },
      { do: "offline", device: 0 },
      { do: "leave", device: 2, chat: 0 },
      { do: "write", device: 0, chat: 0, times: 1, poison: false },
      { do: "relate", device: 0, chat: 0, kind: "redact", back: 5 },
      { do: "read", device: 0, chat: 0 },
    ],
  ],
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
