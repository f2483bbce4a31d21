import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appHandler } from "./app-handler.ts";
import { APP_HEADERS, APP_ORIGIN, appPathOf, CONTENT_SECURITY_POLICY, isAppUrl } from "./policy.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-scheme-"));
  await mkdir(join(folder, "pages/assets"), { recursive: true });
  await writeFile(join(folder, "secret.html"), "secret");
  await writeFile(join(folder, "pages/index.html"), "<!doctype html>");
  await writeFile(join(folder, "pages/assets/main-a1_B.js"), "1;");
  await writeFile(join(folder, "pages/assets/notes.txt"), "not of the app");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const get = (url: string, method = "GET") => appHandler(join(folder, "pages"))({ method, url });

describe("the app's scheme", () => {
  test("answers its pages with their type and every header of the policy", async () => {
    for (const [path, type] of [
      ["", "text/html; charset=utf-8"],
      ["/index.html?server=x#y", "text/html; charset=utf-8"],
      ["/assets/main-a1_B.js", "text/javascript; charset=utf-8"],
    ]) {
      const answer = await get(APP_ORIGIN + path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe(type);
      for (const [name, value] of Object.entries(APP_HEADERS)) {
        expect(answer.headers.get(name)).toBe(value);
      }
    }
    expect(await (await get(`${APP_ORIGIN}/assets/main-a1_B.js`)).text()).toBe("1;");
    expect(await (await get(`${APP_ORIGIN}/assets/main-a1_B.js`, "HEAD")).text()).toBe("");
  });

  test("lets a page speak to no network and run no code but its files", () => {
    expect(CONTENT_SECURITY_POLICY).toContain("connect-src 'none'");
    expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|https?:|\*/);
  });

  test.each([
    "app://parley/../secret.html",
    "app://parley/%2e%2e/secret.html",
    "app://parley/..%2fsecret.html",
    "app://parley/assets/..%5c..%5csecret.html",
    "app://parley/%00index.html",
    "app://parley//index.html",
    "app://parley/.hidden.html",
    "app://evil/index.html",
    "app://parley:1/index.html",
    "app://user@parley/index.html",
    "https://parley/index.html",
    "file:///etc/passwd",
    "not an address",
  ])("never leaves its folder: %s", async (url) => {
    const answer = await get(url);
    expect([400, 404]).toContain(answer.status);
    expect(await answer.text()).toBe("");
    expect(answer.headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
  });

  test("knows neither other kinds of files nor other methods", async () => {
    expect((await get(`${APP_ORIGIN}/assets/notes.txt`)).status).toBe(404);
    expect((await get(`${APP_ORIGIN}/assets`)).status).toBe(404);
    expect((await get(`${APP_ORIGIN}/nothing.html`)).status).toBe(404);
    expect((await get(`${APP_ORIGIN}/index.html`, "POST")).status).toBe(405);
  });

  test("whatever the path, what is opened lies below the root", () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom("..", ".", "%2e%2e", "\\", "/", "a", "%"));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const path = appPathOf(`${APP_ORIGIN}/${pieces.join("/")}`);
        for (const segment of path ?? []) expect(segment).toMatch(/^[\w-][\w.-]*$/);
      }),
    );
  });

  test("only addresses of its own origin are the app's", () => {
    expect(isAppUrl(`${APP_ORIGIN}/index.html`)).toBe(true);
    for (const url of ["app://parley.evil/", "app://evil/parley", "https://parley/", "", "app:"]) {
      expect(isAppUrl(url)).toBe(false);
    }
  });
});
