import { resolve } from "node:path";

import { defineConfig } from "vite";

/** The preload in one file: in the sandbox it can require nothing but Electron. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    lib: {
      entry: resolve(import.meta.dirname, "src/preload/preload.ts"),
      formats: ["cjs"],
      fileName: () => "preload.cjs",
    },
    outDir: resolve(import.meta.dirname, "dist/preload"),
    emptyOutDir: true,
    target: "chrome146",
    sourcemap: false,
    minify: false,
    rolldownOptions: { external: ["electron"], output: { codeSplitting: false } },
  },
});
