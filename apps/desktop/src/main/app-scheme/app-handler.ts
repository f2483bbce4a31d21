import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { APP_HEADERS, appPathOf, mimeTypeOf } from "./policy.ts";

/** What the handler looks at of a request. */
export type AppRequest = { readonly method: string; readonly url: string };

function refusal(status: number): Response {
  return new Response(null, { status, headers: APP_HEADERS });
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["ENOENT", "EISDIR"].includes(String(error.code))
  );
}

/**
 * Answers the app's own scheme from the files below `root`, and from nowhere else. Never throws: what
 * does not exist is 404, what is not an address of the app 400, another method than GET and HEAD 405.
 */
export function appHandler(root: string): (request: AppRequest) => Promise<Response> {
  return async ({ method, url }) => {
    if (method !== "GET" && method !== "HEAD") return refusal(405);
    const path = appPathOf(url);
    if (!path) return refusal(400);
    const type = mimeTypeOf(path.at(-1) ?? "");
    if (type === undefined) return refusal(404);
    try {
      const content = await readFile(join(root, ...path));
      const headers = { ...APP_HEADERS, "content-type": type };
      return new Response(method === "HEAD" ? null : content, { status: 200, headers });
    } catch (error) {
      return refusal(isMissing(error) ? 404 : 500);
    }
  };
}
