import type { BrowserContext, Page, Request as PageRequest, Route } from "@playwright/test";

import { Protocol } from "../modules/protocol.ts";
import { WebRequest } from "../modules/web-request.ts";
import type { Session } from "../modules/session.ts";
import { original } from "../strict.ts";
import { toAppUrl, toBrowserHeader, toBrowserUrl } from "./scheme-origin.ts";

/** Whether a frame of a page may go to this address. */
export type MayNavigate = (page: Page, url: string, isMainFrame: boolean) => boolean;

const NULL_BODY_STATUSES = new Set([101, 204, 205, 304]);

/** Sends every request of every page through the app: its hooks, and its handlers of own schemes. */
export async function answerRequests(
  context: BrowserContext,
  session: Session,
  mayNavigate: MayNavigate,
): Promise<void> {
  await context.route("**/*", async (route) => {
    try {
      await answer(route, session, mayNavigate);
    } catch (error) {
      // A page that closed meanwhile takes its requests along.
      if (!/closed|crashed/i.test(String(error))) throw error;
    }
  });
}

async function answer(route: Route, session: Session, mayNavigate: MayNavigate): Promise<void> {
  const request = route.request();
  const url = toAppUrl(request.url());
  const page = pageOf(request);
  if (page && request.isNavigationRequest()) {
    const isMainFrame = request.frame() === page.mainFrame();
    if (!mayNavigate(page, url, isMainFrame)) return route.abort("aborted");
  }
  const webRequest = original(session.webRequest);
  const details = { url, method: request.method(), resourceType: request.resourceType() };
  if (await WebRequest.isBlocked(webRequest, details)) return route.abort("blockedbyclient");
  const protocol = original(session.protocol);
  const handler = Protocol.handlerOf(protocol, url);
  if (!handler) {
    // An address that the stand-in made up for a scheme that nobody serves.
    if (url !== request.url()) return route.abort("failed");
    return route.continue();
  }
  const body = request.postDataBuffer();
  const response = await handler(
    new Request(url, {
      method: request.method(),
      headers: await request.allHeaders().then(withoutPseudo),
      ...(body && { body: new Uint8Array(body) }),
    }),
  );
  if (response.type === "error") return route.abort("failed");
  const given: Record<string, string> = {};
  for (const [name, value] of response.headers) given[name] = value;
  const received = await WebRequest.headers(webRequest, details, given);
  const schemes = Protocol.schemes(protocol);
  const headers = Object.entries(received).map(([name, value]) => [
    name,
    name === "location" ? toBrowserUrl(value, schemes) : toBrowserHeader(value, schemes),
  ]);
  const hasBody = !NULL_BODY_STATUSES.has(response.status);
  return route.fulfill({
    status: response.status,
    headers: Object.fromEntries(headers) as Record<string, string>,
    ...(hasBody && { body: Buffer.from(await response.arrayBuffer()) }),
  });
}

function pageOf(request: PageRequest): Page | undefined {
  try {
    return request.frame().page();
  } catch {
    // A page that has only just been opened, or a worker.
    return undefined;
  }
}

function withoutPseudo(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
}
