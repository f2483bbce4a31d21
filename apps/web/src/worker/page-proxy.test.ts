import { expect, test } from "vitest";
import { PageProxy } from "./page-proxy.ts";

const attach = { line: "attach", windowId: "w" };
const hello = { kind: "call", id: 1, name: "host:hello", body: { windowId: "w" } };
const view = (id: number, accountKey: string) => ({
  kind: "call",
  id,
  name: "view:set",
  body: { accountKey, id },
});
const search = { kind: "call", id: 9, name: "server:request", body: {} };

test("what a page says before there is a host reaches the first one, in order", () => {
  const host: unknown[] = [];
  const proxy = new PageProxy(() => undefined);
  for (const frame of [attach, hello, search]) proxy.fromPage(frame);
  proxy.connect((data) => host.push(data));
  expect(host).toEqual([attach, hello, search]);
});

test("S20: a new host hears who the page is and what it shows now, and lost calls fail retryably", () => {
  const page: unknown[] = [];
  const proxy = new PageProxy((data) => page.push(data));
  proxy.connect(() => undefined);
  for (const frame of [attach, hello, view(2, "a"), view(3, "b"), view(4, "a"), search]) {
    proxy.fromPage(frame);
  }
  for (const id of [1, 2, 3, 4]) proxy.fromHost({ kind: "answer", id, data: {} });
  const next: unknown[] = [];
  proxy.connect((data) => next.push(data));
  expect(next).toEqual([attach, hello, view(4, "a"), view(3, "b")]);
  expect(page.slice(4)).toMatchObject([{ kind: "failure", id: 9, error: { code: "offline" } }]);
});

test("V49: a hello that the old host never answered is answered by the next one, and does not fail", () => {
  const page: unknown[] = [];
  const proxy = new PageProxy((data) => page.push(data));
  proxy.connect(() => undefined);
  for (const frame of [attach, hello, view(2, "a"), view(3, "a"), search]) proxy.fromPage(frame);
  proxy.connect(() => undefined);
  // What is said again is answered under the same name; a view that another one has replaced is not.
  expect(page).toMatchObject([
    { kind: "failure", id: 2 },
    { kind: "failure", id: 9 },
  ]);
  const answer = { kind: "answer", id: 1, data: {} };
  proxy.fromHost(answer);
  expect(page.at(-1)).toEqual(answer);
  proxy.connect(() => undefined);
  expect(page.slice(3)).toEqual([]);
});
