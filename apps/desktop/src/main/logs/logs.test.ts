import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { CrashReports } from "../crash/crash-reports.ts";
import { redact } from "./redact.ts";
import { RotatingLog } from "./rotating-log.ts";

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "parley-logs-"));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const one of folders.splice(0)) rmSync(one, { recursive: true });
});

/** What is thrown at a text that is no JSON: it quotes the text. */
function jsonError(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    return String(error);
  }
}

const TOKEN = "qJ8-".repeat(12);

test.each([
  [`authorization: Bearer ${TOKEN}`],
  [`{"refreshToken":"${TOKEN}","x":1}`],
  [`{"password":"hunter2 hunter2"}`, "hunter2"],
  ["password=hunter2&x=1", "hunter2"],
  [`https://ada:hunter2@chat.example.org/a?token=${TOKEN}#x`, "hunter2"],
  ["parley://invite/abc?server=https://x.example", "x.example"],
  ["mail to ada@example.org failed", "ada@example.org"],
  [jsonError("dear diary, tonight"), "dear"],
  [jsonError('{"a": dear'), "dear"],
  ["call +49 170 1234567 now", "1234567"],
  ["call +15551234567", "5551234567"],
  ["call 0049 (30) 901-820", "901"],
  ["call 030 901820", "901820"],
  ["/home/ada/.config/parley/host.json", "ada"],
  [`{"payload":"{\\"text\\":\\"dear diary\\"}"}`, "dear diary"],
  [`eyJhbGciOi.${TOKEN}.abc`, "eyJ"],
])("%s is not readable in a log", (text, secret = TOKEN) => {
  expect(redact(text, "/home/ada")).not.toContain(secret);
});

test("what helps to understand stays", () => {
  const text = "The page was lost. reason: crashed, exit code 5, at https://chat.example.org/api/x";
  expect(redact(text, "/home/ada")).toBe(text);
  const numbers =
    "when: 2026-11-22T19:13:17.004Z, 1763838797004 of 0.9.1-00, +2 ms, 127.0.0.1:8080";
  expect(redact(numbers)).toBe(numbers);
  fc.assert(
    fc.property(fc.string(), (any) => {
      const once = redact(any);
      expect(redact(once).length).toBeLessThanOrEqual(Math.max(once.length, 20) * 2);
    }),
  );
});

test.each(["a.", "a:", "a+", "x://", "eyJaaaa-", "Unexpected ", 'token="', "(0 1-"])(
  "a long text of %j is read in moments: main waits for it",
  (part) => {
    const before = process.cpuUsage();
    redact(part.repeat(30_000 / part.length));
    const { user } = process.cpuUsage(before);
    // Where every place of it is looked at from every other, it takes several seconds.
    expect(user / 1_000_000).toBeLessThan(3);
  },
);

test("a log rotates, keeps a few files, and is the user's own", async () => {
  const at = join(folder(), "logs");
  const log = new RotatingLog({
    folder: at,
    homeDir: "/home/ada",
    clock: new FakeClock(),
    maxBytes: 2_000,
    maxFiles: 3,
  });
  for (let nth = 0; nth < 120; nth++) {
    log.warn(`line ${nth}`, { token: TOKEN, path: "/home/ada/x", filler: "z ".repeat(40) });
    if (nth % 5 === 0) await log.settled();
  }
  await log.settled();
  const files = readdirSync(at).toSorted();
  expect(files).toEqual(["parley.1.log", "parley.2.log", "parley.3.log", "parley.log"]);
  const texts = files.map((file) => readFileSync(join(at, file), "utf8"));
  for (const text of texts) {
    expect(text.length).toBeLessThan(2_500);
    expect(text).not.toContain(TOKEN);
    expect(text).not.toContain("/home/ada");
  }
  expect(texts.join("")).toContain("line 119");
  if (process.platform !== "win32") {
    expect(statSync(join(at, "parley.log")).mode & 0o077).toBe(0);
    expect(statSync(at).mode & 0o077).toBe(0);
  }
});

test("a disk that cannot be written is no reason to fail or to wait", async () => {
  const log = new RotatingLog({ folder: "/dev/null/x", homeDir: "", clock: new FakeClock() });
  for (let nth = 0; nth < 5_000; nth++) log.warn("x");
  await expect(log.settled()).resolves.toBeUndefined();
});

test("reports of a machine that has lost the time are listed, the oldest last", async () => {
  let nowMs = 4_000;
  const reports = new CrashReports({
    folder: join(folder(), "crashes"),
    homeDir: "/home/ada",
    clock: { nowMs: () => nowMs },
    log: { warn: () => undefined },
    about: [],
  });
  reports.add("page", "first");
  nowMs = 1_790_000_000_000;
  reports.add("main", "second");
  expect(await reports.list()).toMatchObject([
    { what: "main", atMs: nowMs },
    { what: "page", atMs: 4_000 },
  ]);
});

test("crash reports stay on the device: listed, read, deleted, and never too many", async () => {
  const clock = new FakeClock();
  const { log } = { log: { warn: () => undefined } };
  const reports = new CrashReports({
    folder: join(folder(), "crashes"),
    homeDir: "/home/ada",
    clock,
    log,
    about: ["build: 1"],
  });
  expect(await reports.list()).toEqual([]);
  for (let nth = 0; nth < 25; nth++) {
    reports.add("page", `nth ${nth} at /home/ada/x with ${TOKEN}`);
    await clock.advance(1_000);
  }
  await expect.poll(async () => (await reports.list()).length).toBe(20);
  const [newest] = await reports.list();
  const text = (await reports.read(newest?.id ?? "")) ?? "";
  expect(text).toContain("nth 24 at ~/x");
  expect(text).toContain("build: 1");
  expect(text).not.toContain(TOKEN);
  await reports.remove(newest?.id ?? "");
  expect((await reports.list())[0]?.id).not.toBe(newest?.id);
  for (const id of ["../secrets", "..", "", "1-page-zz", "/etc/passwd"]) {
    expect(await reports.read(id)).toBeUndefined();
    await reports.remove(id);
  }
});
