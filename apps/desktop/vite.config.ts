import { resolve } from "node:path";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * The schema library compiles its checks by `new Function`, which the content security policy
 * forbids and reports. Said at the top of every chunk, so that it stands before the library's own code.
 */
const NO_CODE_FROM_STRINGS = "globalThis.__zod_globalConfig ??= { jitless: true };";

/** The pages of the desktop: packages/ui on the preload's bridge. */
export default defineConfig({
  root: resolve(import.meta.dirname, "src/renderer"),
  // Of the page's own address, whatever scheme serves it.
  base: "./",
  plugins: [react()],
  define: { PARLEY_BUILD: JSON.stringify(process.env["PARLEY_BUILD"] ?? "dev") },
  build: {
    outDir: resolve(import.meta.dirname, "dist/renderer"),
    emptyOutDir: true,
    target: "chrome146",
    sourcemap: false,
    chunkSizeWarningLimit: 1_000,
    // The content security policy allows no data: addresses for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["index.html", "rescue.html"].map((page) =>
        resolve(import.meta.dirname, "src/renderer", page),
      ),
      output: {
        banner: NO_CODE_FROM_STRINGS,
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
