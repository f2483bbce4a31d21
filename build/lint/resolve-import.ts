import { isBuiltin } from "node:module";
import { posix } from "node:path";

const WORKSPACE_FOLDERS: Readonly<Record<string, string>> = {
  protocol: "packages/protocol/src",
  client: "packages/client/src",
  ui: "packages/ui/src",
  server: "apps/server/src",
  web: "apps/web/src",
  desktop: "apps/desktop/src",
};

/**
 * Brings an import to the form the tables in layers.ts are written in.
 *
 * @param importer the importing file, by its path from the root, with forward slashes
 * @param specifier what stands between the quotes
 */
export function resolveImport(importer: string, specifier: string): string {
  const path = specifier.replace(/\?.*$/, "");
  if (path.startsWith(".")) return posix.join(posix.dirname(importer), path);

  const segments = path.split("/");
  if (isBuiltin(path)) return `node:${(segments[0] ?? "").replace(/^node:/, "")}`;

  const [scope = "", name = ""] = segments;
  const folder = scope === "@parley" ? WORKSPACE_FOLDERS[name] : undefined;
  if (folder !== undefined) {
    const inside = segments.slice(2).join("/");
    // The server is imported by its path in the package, the others by their path below src.
    return posix.join(folder, inside.replace(/^src\//, ""));
  }
  return `npm:${scope.startsWith("@") ? `${scope}/${name}` : scope}`;
}
