import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Vitest keeps one core free by default; on the smallest machines that halves the speed. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    include: ["{packages,apps,build,test}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "**/dist/**", "test/e2e/**", "test/results/**"],
    setupFiles: ["test/support/property-seed.ts"],
    maxWorkers,
    // Generous, because machines differ by a factor of ten; bounded, so that a hang is a failure.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    // Vitest's own patience is one second.
    expect: { poll: { timeout: 30_000 } },
    // A leak between tests is a bug of the test: start each from untouched mocks and globals.
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
  },
});
