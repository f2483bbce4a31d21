import { describe, expect, test } from "vitest";
import { LIMITS } from "@parley/protocol/limits.ts";
import { createPasswordHasher } from "./password.ts";
import { inviteHash, newInviteCode } from "./invite-code.ts";
import { SignInThrottle } from "./sign-in-throttle.ts";

const no = () => Promise.resolve(false);
const yes = () => Promise.resolve(true);

describe("the pause after failures", () => {
  test("V12: guesses made at once count one by one", async () => {
    const throttle = new SignInThrottle(() => 0);
    let looked = 0;
    const guess = () => {
      looked += 1;
      return no();
    };
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => throttle.attempt("ann", guess)),
    );
    expect(looked).toBe(LIMITS.signInTries);
    expect(tries.filter(({ kind }) => kind === "paused")).toHaveLength(20 - LIMITS.signInTries);
  });

  test("V12: right passwords at once all pass", async () => {
    const throttle = new SignInThrottle(() => 0);
    const tries = await Promise.all(Array.from({ length: 20 }, () => throttle.attempt("ann", yes)));
    expect(tries.every(({ kind }) => kind === "right")).toBe(true);
  });

  test("V12: after the pause, and after a right password, all tries are there again", async () => {
    let now = 0;
    const throttle = new SignInThrottle(() => now);
    for (let i = 0; i < LIMITS.signInTries; i++) await throttle.attempt("ann", no);
    expect(await throttle.attempt("ann", yes)).toEqual({ kind: "paused", retryAfterMs: 60_000 });
    now += 59_999;
    expect((await throttle.attempt("ann", yes)).kind).toBe("paused");
    now += 1;
    expect(await throttle.attempt("ann", no)).toEqual({ kind: "wrong", triesLeft: 4 });
    expect((await throttle.attempt("ann", yes)).kind).toBe("right");
    expect(await throttle.attempt("ann", no)).toEqual({ kind: "wrong", triesLeft: 4 });
  });

  test("V12: where the clock is put back the pause lasts a minute from then, not an hour more", async () => {
    let now = 3_600_000;
    const throttle = new SignInThrottle(() => now);
    for (let i = 0; i < LIMITS.signInTries; i++) await throttle.attempt("ann", no);
    now = 0;
    expect(await throttle.attempt("ann", yes)).toEqual({ kind: "paused", retryAfterMs: 60_000 });
    now += 59_999;
    expect((await throttle.attempt("ann", yes)).kind).toBe("paused");
    now += 1;
    expect((await throttle.attempt("ann", yes)).kind).toBe("right");
  });

  test("another handle is not touched, and a failing check fails its own caller only", async () => {
    const throttle = new SignInThrottle(() => 0);
    for (let i = 0; i < LIMITS.signInTries; i++) await throttle.attempt("ann", no);
    expect((await throttle.attempt("bob", yes)).kind).toBe("right");
    const broken = throttle.attempt("bob", () => Promise.reject(new Error("disk")));
    const next = throttle.attempt("bob", yes);
    await expect(broken).rejects.toThrow("disk");
    expect((await next).kind).toBe("right");
  });
});

describe("passwords", () => {
  test("argon2id with OWASP's parameters; more than may wait are turned away", async () => {
    const hasher = createPasswordHasher({ atOnce: 1, waiting: 1 });
    const hashed = await hasher.hash("one password");
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const [first, second, third] = await Promise.all([
      hasher.verify(hashed, "one password"),
      hasher.verify(hashed, "another"),
      hasher.verify(hashed, "one password"),
    ]);
    expect([first, second, third]).toEqual([true, false, undefined]);
  });

  test("V12: without an account the answer is no, after the same kind of work", async () => {
    const hasher = createPasswordHasher();
    const hashed = await hasher.hash("one password");
    await hasher.verify(undefined, "warms up");
    const cpuOf = async (against: string | undefined) => {
      const before = process.cpuUsage();
      for (let i = 0; i < 8; i++) expect(await hasher.verify(against, "a guess")).toBe(false);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const ratio = (await cpuOf(undefined)) / (await cpuOf(hashed));
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });
});

describe("invite codes", () => {
  test("are long, differ, and are found however they are typed", () => {
    const code = newInviteCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/);
    expect(newInviteCode()).not.toBe(code);
    expect(inviteHash(` ${code.toLowerCase().replaceAll("-", " ")} `)).toBe(inviteHash(code));
    expect(inviteHash("O0IL1")).toBe(inviteHash("00111"));
    expect(inviteHash("00112")).not.toBe(inviteHash("00111"));
  });
});
