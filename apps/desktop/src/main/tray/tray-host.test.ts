import { expect, test } from "vitest";
import { hasTrayHost, type RunProgram, runProgram } from "./tray-host.ts";

const answering =
  (answers: Record<string, string>): RunProgram =>
  (file) => {
    const answer = answers[file];
    return answer === undefined
      ? Promise.reject(new Error("not installed"))
      : Promise.resolve(answer);
  };

test("Windows and macOS always show tray icons; nobody is asked", async () => {
  const nobody: RunProgram = () => Promise.reject(new Error("was asked"));
  expect(await hasTrayHost("win32", nobody)).toBe(true);
  expect(await hasTrayHost("darwin", nobody)).toBe(true);
});

test.each([
  [{ gdbus: "(true,)\n" }, true],
  [{ gdbus: "(false,)\n" }, false],
  [{ busctl: "b true\n" }, true],
  [{ busctl: "b false\n" }, false],
  [{ "dbus-send": "method return time=1 sender=org.freedesktop.DBus\n   boolean true\n" }, true],
  [{}, false],
])("elsewhere whoever knows the session bus is asked: %j", async (answers, expected) => {
  expect(await hasTrayHost("linux", answering(answers))).toBe(expected);
});

test("a program that does not answer is given up", async () => {
  const startedAt = performance.now();
  await expect(
    runProgram(process.execPath, ["-e", "setInterval(() => {}, 1000)"]),
  ).rejects.toThrow();
  expect(performance.now() - startedAt).toBeLessThan(8_000);
});
