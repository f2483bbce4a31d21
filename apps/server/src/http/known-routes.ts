import type { FastifyInstance } from "fastify";

/** Answers which methods an address knows, so that a wrong method can be told from a wrong address. */
export type KnownRoutes = { methodsAt(path: string): string[] };

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((part, i) => (part.startsWith(":") ? path[i] !== "" : part === path[i]))
  );
}

/** Watches routes being added, but for those that take any address; call it before they are. */
export function watchRoutes(app: FastifyInstance): KnownRoutes {
  const routes: { parts: string[]; methods: string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    if (!url.includes("*")) routes.push({ parts: url.split("/"), methods: [method].flat() });
  });
  return {
    methodsAt: (path) => {
      const parts = path.split("/");
      return [
        ...new Set(routes.filter((r) => matches(r.parts, parts)).flatMap((r) => r.methods)),
      ].toSorted();
    },
  };
}
