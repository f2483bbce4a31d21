import { appLink, type DeepLink, LINK_PATH, parseLink } from "@parley/protocol/links.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** What the pages say. One page, so the words stand here and in one language. */
const TEXTS = {
  title: {
    chat: "A chat in Parley",
    message: "A message in Parley",
    invite: "You are invited to Parley",
    "sign-in": "Sign in to Parley",
  },
  explain: {
    chat: "Only people who are in this chat can read it.",
    message: "Only people who are in this chat can read it.",
    invite: "Create your account on this server.",
    "sign-in": "Your account is on this server.",
  },
  openApp: "Open in the Parley app",
  openBrowser: "Continue in the browser",
  noLink: "This link is not whole",
  askAgain: "Ask whoever sent it to send it again.",
  tooMany: "Too many links at once",
  wait: "Wait a minute, then open the link again.",
} as const satisfies Record<string, string | Record<DeepLink["kind"], string>>;

const STYLE_PATH = `${LINK_PATH}/page.css`;

/** In the colours of the app. The policy allows no inline styles (security-headers.ts). */
const STYLE = `
:root { color-scheme: light dark; --back: #f4f2ee; --card: #fff; --ink: #1d1b18; --soft: #5d5850;
  --accent: #0b6b63; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --back: #151614; --card: #1d1f1d; --ink: #eceae5;
  --soft: #b3afa6; --accent: #58c7b4; --on-accent: #06231f; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; width: min(420px, 100vw - 32px); padding: 32px; border-radius: 12px;
  background: var(--card); text-align: center; }
h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.3; }
p { margin: 0 0 24px; color: var(--soft); }
a { display: block; padding: 12px; border-radius: 8px; color: var(--ink); }
a.first { background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
`;

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function pageOf(title: string, explain: string, actions: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="${STYLE_PATH}">
  </head>
  <body>
    <main>
      <h1>${escaped(title)}</h1>
      <p>${escaped(explain)}</p>
      ${actions}
    </main>
  </body>
</html>
`;
}

function linkPage(link: DeepLink, pathAndQuery: string): string {
  const app = `<a class="first" href="${escaped(appLink(link))}">${escaped(TEXTS.openApp)}</a>`;
  const browser = `<a href="${escaped(`/#${pathAndQuery}`)}">${escaped(TEXTS.openBrowser)}</a>`;
  return pageOf(TEXTS.title[link.kind], TEXTS.explain[link.kind], app + browser);
}

/** The address as the person typed it; behind a proxy, as the proxy passes it on. */
function addressOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${request.url}`;
}

/**
 * The pages at LINK_PATH: the https form of a deep link, which offers to open the app and the
 * browser. They tell nothing that is not in the link itself: whether a chat, a message or an invite
 * exists is asked by the app, signed in. What is not exactly a link of ours does not exist.
 * `waitMs` answers how long whoever asks has to wait for a page (V60), 0 for not at all.
 */
export function linkPages(
  app: FastifyInstance,
  waitMs: (request: FastifyRequest) => Promise<number>,
): void {
  app.get(STYLE_PATH, async (_request, reply) =>
    reply.header("cache-control", "no-cache").type("text/css; charset=utf-8").send(STYLE),
  );
  app.get(`${LINK_PATH}/*`, async (request, reply) => {
    void reply.header("cache-control", "no-store").type("text/html; charset=utf-8");
    const wait = await waitMs(request);
    if (wait > 0) {
      void reply.code(429).header("retry-after", Math.ceil(wait / 1000));
      return reply.send(pageOf(TEXTS.tooMany, TEXTS.wait, ""));
    }
    const link = parseLink(addressOf(request));
    const page = link ? linkPage(link, request.url) : pageOf(TEXTS.noLink, TEXTS.askAgain, "");
    return reply.code(link ? 200 : 404).send(page);
  });
}
