import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { resolve } from "node:path";

import react from "@vitejs/plugin-react";
import { build, defineConfig, type Plugin, type Rolldown } from "vite";

/** Stands for the id of the build wherever it has to be known; it is only known at the very end. */
const BUILD_MARK = "@@PARLEY_BUILD@@";
/** S20: the worker's address never changes, so that windows of all builds meet in one worker. */
const WORKER_FILE = "session-worker.js";
const SERVICE_WORKER_FILE = "service-worker.js";
/** Files that carry the id. No other may: their names would have to change with it. */
const MARKED_FILES = ["index.html", WORKER_FILE];
/**
 * The schema library compiles its checks by `new Function`, which the content security policy
 * forbids and reports. Said at the top of every chunk, so that it stands before the library's own code.
 */
const NO_CODE_FROM_STRINGS = "globalThis.__zod_globalConfig ??= { jitless: true };";

const root = import.meta.dirname;

type Output = Rolldown.OutputAsset | Rolldown.OutputChunk;

function contentOf(file: Output): string | Uint8Array {
  return file.type === "chunk" ? file.code : file.source;
}

function mark(file: Output, buildId: string): void {
  if (file.type === "chunk") file.code = file.code.replaceAll(BUILD_MARK, buildId);
  else file.source = String(file.source).replaceAll(BUILD_MARK, buildId);
}

async function publicFiles(): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of glob("**/*", { cwd: resolve(root, "public"), withFileTypes: true })) {
    if (entry.isFile()) files.push(`${entry.parentPath}/${entry.name}`);
  }
  return files.toSorted();
}

/**
 * Names the build by its content, and adds the service worker, which has to know the names of all
 * other files to keep them for use without a network.
 */
function shell(): Plugin {
  let buildId = "";
  let precache: string[] = [];
  let isServing = false;
  return {
    name: "parley-shell",
    configResolved: (config) => {
      isServing = config.command === "serve";
    },
    transformIndexHtml: (html) => (isServing ? html.replaceAll(BUILD_MARK, "dev") : html),
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const hash = createHash("sha256");
        const files = Object.values(bundle).toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1));
        for (const file of files) {
          hash.update(`\n${file.fileName}\n`).update(contentOf(file));
          const isMarked = MARKED_FILES.includes(file.fileName);
          if (!isMarked && file.type === "chunk" && file.code.includes(BUILD_MARK)) {
            this.error(`${file.fileName} must not carry the id of the build`);
          }
        }
        const statics = await publicFiles();
        for (const path of [...statics, resolve(root, "src/service-worker.ts")]) {
          hash.update(await readFile(path));
        }
        buildId = hash.digest("hex").slice(0, 16);
        for (const file of files) if (MARKED_FILES.includes(file.fileName)) mark(file, buildId);
        precache = [
          ...files.map((file) => `/${file.fileName === "index.html" ? "" : file.fileName}`),
          ...statics.map((path) => path.slice(resolve(root, "public").length)),
        ];
      },
    },
    writeBundle: async ({ dir }) => {
      await build({
        root,
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        define: {
          PARLEY_BUILD: JSON.stringify(buildId),
          PARLEY_PRECACHE: JSON.stringify(precache),
        },
        build: {
          ...(dir !== undefined && { outDir: dir }),
          emptyOutDir: false,
          modulePreload: false,
          rolldownOptions: {
            input: resolve(root, "src/service-worker.ts"),
            // One classic script: not every browser takes modules for service workers.
            output: { format: "iife", entryFileNames: SERVICE_WORKER_FILE },
          },
        },
      });
    },
  };
}

export default defineConfig({
  root,
  plugins: [react(), shell()],
  define: { PARLEY_BUILD: JSON.stringify(BUILD_MARK) },
  server: {
    host: "127.0.0.1",
    strictPort: true,
    proxy: {
      // The server of the same machine, as `npm run dev` starts it.
      "/api": { target: process.env["PARLEY_DEV_SERVER"] ?? "http://127.0.0.1:7447", ws: true },
    },
  },
  build: {
    target: "es2022",
    // Older targets have `:dir()` rewritten to a list of languages, which says nothing of a text's
    // own direction.
    cssTarget: ["chrome120", "firefox115", "safari16.4"],
    sourcemap: false,
    // The whole app in one file: after the first visit it comes from this device.
    chunkSizeWarningLimit: 1_000,
    // The content security policy allows no data: addresses for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        main: resolve(root, "index.html"),
        "session-worker": resolve(root, "src/worker/session-worker.ts"),
      },
      output: {
        banner: NO_CODE_FROM_STRINGS,
        entryFileNames: (chunk) =>
          chunk.name === "session-worker" ? WORKER_FILE : "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
