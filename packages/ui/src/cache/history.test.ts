import type { CacheStore } from "@parley/client/sync/cache-store.ts";
import type { HostLink } from "@parley/client/sync/host-link.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { createHistory } from "./history.ts";

const chatId = newId(ChatId);
const broken = { read: () => Promise.reject(new Error("closed")) } as unknown as CacheStore;
const readable = {
  read: () => Promise.resolve([]),
} as unknown as CacheStore;

test("V58: a store that cannot be read fails what was asked for, so that it can be asked for again", async () => {
  const link = { request: () => Promise.resolve(failure("offline", "x")) } as unknown as HostLink;
  const history = createHistory(broken, link, () => Promise.resolve(true));
  expect(await history.loadOlder(chatId, 200)).toMatchObject({ error: { code: "internal" } });
  expect(await history.loadAround(chatId, 200)).toMatchObject({ error: { code: "internal" } });
});

test("V58: an answer that cannot be handed to the writer fails, and the page can be fetched anew", async () => {
  let requests = 0;
  const link = {
    request: () => {
      requests += 1;
      return Promise.resolve(success({ members: [] }));
    },
  } as unknown as HostLink;
  const history = createHistory(readable, link, () => Promise.reject(new Error("closed")));
  const gap = { from: 1, to: 20 };
  for (const times of [1, 2]) {
    expect(await history.fillGap(chatId, gap, "newer")).toMatchObject({ ok: false });
    expect(requests).toBe(times);
  }
  expect(await history.loadMembers(chatId)).toMatchObject({ ok: false });
});
