// What is in a packed app, and whether it should be.
import { extractFile, listPackage, statFile } from "@electron/asar";
import { join } from "node:path";
import { z } from "zod";

import { rootDir } from "../support/paths.ts";

/** A package larger than this has taken something along. */
export const MAX_ASAR_BYTES = 25 * 1024 * 1024;

/** What main, preload and renderer are started from. */
export const ENTRIES = [
  "package.json",
  "dist/main/index.cjs",
  "dist/preload/preload.cjs",
  "dist/renderer/index.html",
] as const;

const ALLOWED =
  /^(?:package\.json|dist\/(?:main|preload)\/[^/]+\.cjs|dist\/renderer\/.+|dist\/icons\/[^/]+\.png)$/;
const ALLOWED_IN_RENDERER = /\.(?:html|js|css|svg|png|webp|woff2|json)$/;
const CODE = /\.(?:cjs|js|css|html)$/;
const SOURCE_MAP = /\/[/*][#@] ?sourceMappingURL=/;

/** What the manifest of a packed app may say; dependencies and scripts are none of it. */
const MANIFEST_FIELDS =
  "name productName version description author license homepage main type private desktopName".split(
    " ",
  );
const Manifest = z.looseObject({ main: z.string(), name: z.string(), version: z.string() });

export interface PackedFile {
  /** With forward slashes on every platform. */
  path: string;
  sizeBytes: number;
  content: Buffer;
}

/** The folder of the checkout in the spellings that a bundle may hold. */
const BUILD_FOLDERS = [rootDir, rootDir.replaceAll("\\", "/"), rootDir.replaceAll("\\", "\\\\")];

/** Every file of an archive, with what is in it. */
export function readAsar(asarFile: string): PackedFile[] {
  const paths = listPackage(asarFile, { isPack: false }).map((path) => path.replace(/^[\\/]/, ""));
  return paths.flatMap((path) => {
    const entry = statFile(asarFile, path, false);
    if (!("size" in entry)) return [];
    const content = extractFile(asarFile, path);
    return [{ path: path.replaceAll("\\", "/"), sizeBytes: entry.size, content }];
  });
}

function findingsOfFile({ path, content }: PackedFile): string[] {
  const isRenderer = path.startsWith("dist/renderer/");
  if (!ALLOWED.test(path) || (isRenderer && !ALLOWED_IN_RENDERER.test(path))) {
    return [`${path} does not belong into the package`];
  }
  if (!CODE.test(path)) return [];
  const text = content.toString("utf8");
  return [
    ...(SOURCE_MAP.test(text) ? [`${path} names a source map`] : []),
    ...(BUILD_FOLDERS.some((folder) => text.includes(folder))
      ? [`${path} names a folder of the machine that built it`]
      : []),
  ];
}

function findingsOfManifest(text: string): string[] {
  const manifest = Manifest.safeParse(JSON.parse(text));
  if (!manifest.success) return ["package.json lacks name, version or main"];
  const extra = Object.keys(manifest.data).filter((field) => !MANIFEST_FIELDS.includes(field));
  return [
    ...(manifest.data.main === "dist/main/index.cjs" ? [] : ["package.json has another main"]),
    ...extra.map((field) => `package.json has the field ${field}`),
  ];
}

/** Everything about the packed files that is not as it should be, one line each. */
export function packageFindings(files: readonly PackedFile[]): string[] {
  const sizeBytes = files.reduce((total, file) => total + file.sizeBytes, 0);
  const manifest = files.find(({ path }) => path === "package.json");
  const missing = ENTRIES.filter((entry) => !files.some(({ path }) => path === entry));
  return [
    ...missing.map((entry) => `${entry} is missing`),
    ...files.flatMap(findingsOfFile),
    ...(manifest === undefined ? [] : findingsOfManifest(manifest.content.toString("utf8"))),
    ...(sizeBytes > MAX_ASAR_BYTES ? [`it has ${sizeBytes} bytes`] : []),
  ];
}

/** Throws with all findings unless the packed app holds what it needs and nothing else. */
export async function checkPackage(resourcesDir: string): Promise<void> {
  const findings = packageFindings(readAsar(join(resourcesDir, "app.asar")));
  if (findings.length > 0)
    throw new Error(`The package is not as it should be: ${findings.join("; ")}.`);
}
