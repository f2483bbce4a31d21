import { appLink, parseLink, webLink } from "@parley/protocol/links.ts";
import { ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryServer, type TestServer } from "../testing/temporary-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await temporaryServer({});
});
afterAll(() => server.close());

async function page(path: string): Promise<{ status: number; type: string; html: string }> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
  const type = answer.headers.get("content-type") ?? "";
  return { status: answer.status, type, html: await answer.text() };
}

const hrefs = (html: string): string[] =>
  [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = ""]) =>
    href.replaceAll("&amp;", "&"),
  );

describe("pages of links", () => {
  const origin = () => `http://127.0.0.1:${server.port}`;
  const chatId = newId(ChatId);

  test("V53: each kind of link offers the same link for the app, and the browser", async () => {
    const links = [
      { kind: "chat", server: origin(), chatId },
      { kind: "message", server: origin(), chatId, clientId: newId(ClientId) },
      { kind: "invite", server: origin(), code: "abcd-efgh" },
      { kind: "sign-in", server: origin(), handle: "zoë" },
    ] as const;
    for (const link of links) {
      const path = webLink(link).slice(origin().length);
      const { status, type, html } = await page(path);
      expect([status, type]).toEqual([200, "text/html; charset=utf-8"]);
      expect(hrefs(html)).toEqual([appLink(link), `/#${path}`]);
      expect(parseLink(hrefs(html)[0] ?? "")).toEqual(link);
    }
  });

  test("E2, V53: what is not exactly a link is told so, and nothing of it is repeated", async () => {
    for (const path of [
      "/open/",
      "/open/chat/nothing",
      `/open/chat/${chatId}/more`,
      `/open/chat/${chatId}?handle=me`,
      "/open/invite/%3Cscript%3Ealert(1)%3C/script%3E",
      '/open/sign-in?handle="><script>alert(1)</script>',
    ]) {
      const { status, html } = await page(path);
      expect([path, status]).toEqual([path, 404]);
      expect(html).toContain("not whole");
      expect(html).not.toContain("script");
      expect(hrefs(html)).toEqual([]);
    }
  });

  test("X3: a page says nothing of whether what it names exists", async () => {
    const [known, unknown] = [newId(ChatId), newId(ChatId)];
    const { html } = await page(`/open/chat/${known}`);
    expect((await page(`/open/chat/${unknown}`)).html.replaceAll(unknown, known)).toBe(html);
  });
});
