import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What Electron's type definitions say a type has. */
export type TypeSurface = { members: Set<string>; events: Set<string>; statics: Set<string> };

const file = createRequire(import.meta.url)
  .resolve("electron/package.json")
  .replace(/package\.json$/, "electron.d.ts");

/**
 * Reads a class or interface of electron.d.ts, with those it extends. The file is generated: a
 * declaration starts at two spaces, its members at four, and it ends with a brace at two.
 */
export function typeSurface(name: string, text = readFileSync(file, "utf8")): TypeSurface {
  const start = new RegExp(`^  (?:class|interface) ${name}(?: extends ([\\w.]+))? \\{$`, "m");
  const found = start.exec(text);
  if (!found) throw new Error(`electron.d.ts has no ${name}`);
  const from = found.index + found[0].length;
  const body = text.slice(from, text.indexOf("\n  }\n", from));
  const parent = found[1] ?? "";
  const inherited =
    parent === "" || /EventEmitter/.test(parent)
      ? { members: [], events: [], statics: [] }
      : typeSurface(parent, text);
  const surface: TypeSurface = {
    members: new Set(inherited.members),
    events: new Set(inherited.events),
    statics: new Set(inherited.statics),
  };
  for (const line of body.split("\n")) {
    const event = /^    on\(event: '([^']+)'/.exec(line)?.[1];
    if (event !== undefined) surface.events.add(event);
    const [, isStatic, member] =
      /^    (static )?(?:readonly |get |set )?(\w+)(?:\?)?(?:<[^>]*>)?[(:]/.exec(line) ?? [];
    if (member === undefined) continue;
    (isStatic === undefined ? surface.members : surface.statics).add(member);
  }
  return surface;
}

/** The names that the module `electron` has in the main process. */
export function moduleNames(text = readFileSync(file, "utf8")): Set<string> {
  const names = ["Main", "Common"].flatMap((space) => {
    const from = text.indexOf(`  namespace ${space} {`);
    const body = text.slice(from, text.indexOf("\n  }\n", from));
    return [...body.matchAll(/^    (?:const|class) (\w+)/gm)].map(([, name = ""]) => name);
  });
  return new Set(names);
}
