import { builtinModules } from "node:module";
import { resolve } from "node:path";

import { defineConfig } from "vite";

/** The main process in one file: the packed app needs no node_modules. */
export default defineConfig({
  root: import.meta.dirname,
  define: { PARLEY_BUILD: JSON.stringify(process.env["PARLEY_BUILD"] ?? "dev") },
  ssr: { noExternal: true },
  build: {
    ssr: resolve(import.meta.dirname, "src/main/index.ts"),
    outDir: resolve(import.meta.dirname, "dist/main"),
    emptyOutDir: true,
    target: "node24",
    sourcemap: false,
    minify: false,
    rolldownOptions: {
      external: ["electron", /^node:/, ...builtinModules],
      output: { format: "cjs", entryFileNames: "index.cjs", codeSplitting: false },
    },
  },
});
