import { expect, test } from "vitest";

import { playStorm } from "./storm.ts";

// The long forms are `npm run soak`.

test(
  "S4, S5, S11, S12: through a bad network and with kill -9, every message is everywhere once, in order and as edited",
  { timeout: 400_000 },
  async () => {
    const { faults } = await playStorm({
      seed: 20_261,
      clients: 6,
      messages: 300,
      kills: 2,
      weatherEvery: 10,
      relateEvery: 2,
      restartEvery: 100,
      withinMs: 180_000,
      settleMs: 180_000,
    });
    expect(faults).toEqual([]);
  },
);

test(
  "S4: killed with -9 again and again amid load, the server keeps all that it acknowledged",
  { timeout: 400_000 },
  async () => {
    const { faults } = await playStorm({
      seed: 20_262,
      clients: 4,
      messages: 250,
      kills: 4,
      weatherEvery: 0,
      relateEvery: 3,
      restartEvery: 0,
      withinMs: 180_000,
      settleMs: 180_000,
    });
    expect(faults).toEqual([]);
  },
);
