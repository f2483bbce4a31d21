import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";

/** Files whose names carry a hash of their content: they never change. */
const HASHED_FOLDER = "assets";
const FOREVER = "public, max-age=31536000, immutable";
/** Kept, but asked for each time: index.html, the service worker, the manifest, icons. */
const ASK_FIRST = "no-cache";

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Parley</title></head>
  <body>
    <h1>Parley is running</h1>
    <p>The app for browsers has not been built here. Run <code>npm start</code> in the folder of the
    program, or name the folder of a built app with <code>--web-root</code>. Desktop apps can sign in
    at this address already.</p>
  </body>
</html>
`;

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Whatever the reason, there is no file to serve.
    return false;
  }
}

/** Whether the request is a person opening a page, rather than the page asking for one of its files. */
function wantsPage(request: FastifyRequest): boolean {
  const path = request.url.split("?")[0] ?? "/";
  const lastPart = path.slice(path.lastIndexOf("/") + 1);
  return (request.headers.accept ?? "*/*").includes("text/html") || !lastPart.includes(".");
}

export type WebShell = {
  /** Answers a GET that nothing else knew: the app for its own addresses; false if it is not for it. */
  servePage(request: FastifyRequest, reply: FastifyReply): Promise<boolean>;
};

/**
 * Serves the built web app from `webRoot`: hashed files for ever, the rest asked for anew each time,
 * the app's page for every address that is not a file. Hidden files and anything outside the folder
 * do not exist. The folder may come, go and change while the server runs.
 */
export async function addWebShell(app: FastifyInstance, webRoot: string): Promise<WebShell> {
  const root = resolve(webRoot);
  const hashed = join(root, HASHED_FOLDER) + sep;
  await app.register(fastifyStatic, {
    root,
    prefix: "/",
    index: false,
    dotfiles: "ignore",
    cacheControl: false,
    // The folder may not be there yet.
    suppressWarning: true,
    setHeaders: (reply, path) => {
      void reply.header("cache-control", path.startsWith(hashed) ? FOREVER : ASK_FIRST);
    },
  });

  async function servePage(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    if ((request.method !== "GET" && request.method !== "HEAD") || !wantsPage(request))
      return false;
    if (await isFile(join(root, "index.html"))) {
      await reply.sendFile("index.html");
      return true;
    }
    await reply
      .code(503)
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send(NOT_BUILT);
    return true;
  }
  app.get("/", async (request, reply) => {
    await servePage(request, reply);
    return reply;
  });
  return { servePage };
}
