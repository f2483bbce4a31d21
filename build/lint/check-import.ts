import { matchesGlob } from "node:path";

import { GUARDS, LAYERS, TEST_FILES } from "./layers.ts";

/**
 * Says why a file may not import something, or undefined if it may.
 *
 * @param importer the importing file, by its path from the root
 * @param target what it imports, in the form resolveImport gives it
 */
export function importProblem(importer: string, target: string): string | undefined {
  if (matchesAny(importer, TEST_FILES)) return undefined;

  for (const guard of GUARDS) {
    const holds = guard.within === undefined || matchesGlob(importer, guard.within);
    if (holds && matchesAny(target, guard.targets) && !matchesAny(importer, guard.only)) {
      return `${target} may not be imported here: ${guard.because}`;
    }
  }

  const layer = LAYERS.find(({ files }) => matchesAny(importer, files));
  if (layer === undefined) return undefined;
  if (!matchesAny(target, layer.may)) {
    return `${layer.name} may not import ${target}: ${layer.because}`;
  }
  const isException = layer.apartExcept !== undefined && matchesGlob(target, layer.apartExcept);
  if (layer.apart !== undefined && !isException) {
    const from = folderBelow(layer.apart, importer);
    const to = folderBelow(layer.apart, target);
    if (from !== undefined && to !== undefined && from !== to) {
      return `${layer.name}: ${from} may not import ${target}: ${layer.because}`;
    }
  }
  return undefined;
}

/** The name of the folder directly below `parent` that `path` is in. */
function folderBelow(parent: string, path: string): string | undefined {
  if (!path.startsWith(`${parent}/`)) return undefined;
  const [name, ...rest] = path.slice(parent.length + 1).split("/");
  return rest.length > 0 ? name : undefined;
}

/** Whether a path matches one of the globs. */
export function matchesAny(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matchesGlob(path, glob));
}
