import fc from "fast-check";
import { expect, test } from "vitest";
import {
  AccountId,
  AccountKey,
  accountKeyOf,
  ClientId,
  newId,
  ServerId,
  splitAccountKey,
  uuidv7,
} from "./ids.ts";

test("S3: a UUIDv7 carries its time and sorts by it", () => {
  const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(
      time,
      time,
      fc.uint8Array({ minLength: 10, maxLength: 10 }),
      (one, other, random) => {
        const make = (nowMs: number) => uuidv7({ nowMs: () => nowMs, randomBytes: () => random });
        expect(ClientId.safeParse(make(one)).success).toBe(true);
        expect(Number.parseInt(make(one).replaceAll("-", "").slice(0, 12), 16)).toBe(one);
        if (one < other) expect(make(one) < make(other)).toBe(true);
      },
    ),
  );
});

test("S3: upper case, other versions and other text are no ids", () => {
  const good = newId(ClientId);
  for (const bad of [
    good.toUpperCase(),
    `${good.slice(0, 14)}4${good.slice(15)}`,
    "",
    `${good}0`,
    ` ${good}`,
  ]) {
    expect(ClientId.safeParse(bad).success).toBe(false);
  }
});

test("S19: an account key names server and account", () => {
  const serverId = newId(ServerId);
  const accountId = newId(AccountId);
  const key = accountKeyOf(serverId, accountId);
  expect(splitAccountKey(key)).toEqual({ serverId, accountId });
  for (const bad of [serverId, `${key}:x`, `x:${accountId}`, ""])
    expect(AccountKey.safeParse(bad).success).toBe(false);
});
