import fc from "fast-check";
import { expect, test } from "vitest";
import { autostartEntry, isSwitchedOff, startCommand } from "../login/autostart.ts";
import { spellcheckOf } from "./spellcheck.ts";

test("spelling is checked in all chosen languages that there is a dictionary for, or not at all", () => {
  const available = ["de", "en-US", "fr"];
  const on = (spellcheck: string[], platform: NodeJS.Platform = "linux") =>
    spellcheckOf({ spellcheck }, { available, platform });
  expect(on(["de", "en-US", "xx", "de"])).toEqual({ isEnabled: true, languages: ["de", "en-US"] });
  expect(on([])).toEqual({ isEnabled: false, languages: [] });
  expect(on(["xx"])).toEqual({ isEnabled: false, languages: [] });
  expect(on(["de"], "darwin")).toEqual({ isEnabled: true, languages: undefined });
});

/** As the Desktop Entry Specification has Exec read: first the file's escapes, then quotes. */
function readExec(entry: string): string[] {
  const line = /^Exec=(.*)$/m.exec(entry)?.[1] ?? "";
  const unescaped = line.replaceAll(/\\(.)/g, (_all, next: string) => (next === "s" ? " " : next));
  return [...unescaped.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, quoted = ""]) =>
    quoted.replaceAll(/\\(.)/g, "$1").replaceAll("%%", "%"),
  );
}

test("whatever the path of the app, the system starts just that", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (program) => {
      const entry = autostartEntry("Parley", { program, args: ["--hidden"] });
      // oxlint-disable-next-line no-control-regex -- such a path cannot be named there
      if (/[\u0000-\u001f\u007f]/.test(program)) expect(entry).toBeUndefined();
      else expect(readExec(entry ?? "")).toEqual([program, "--hidden"]);
    }),
  );
});

test("an entry that a desktop's own settings switched off starts nothing", () => {
  const entry = autostartEntry("Parley", { program: "/opt/parley", args: [] }) ?? "";
  expect(isSwitchedOff(entry)).toBe(false);
  expect(isSwitchedOff(entry.replace("enabled=true", "enabled=false"))).toBe(true);
  expect(isSwitchedOff(`${entry}Hidden=true\n`)).toBe(true);
});

test("an AppImage is started by its own file", () => {
  const env = { APPIMAGE: "/home/a/Parley.AppImage" };
  const mounted = { execPath: "/tmp/.mount/parley", appPath: undefined, env };
  expect(startCommand(mounted).program).toBe("/home/a/Parley.AppImage");
  const installed = { execPath: "/opt/parley", appPath: undefined, env: {} };
  expect(startCommand(installed)).toEqual({ program: "/opt/parley", args: ["--hidden"] });
  const checkout = { execPath: "/opt/electron", appPath: "/home/a/parley/apps/desktop", env: {} };
  expect(startCommand(checkout)).toEqual({
    program: "/opt/electron",
    args: ["/home/a/parley/apps/desktop", "--hidden"],
  });
});
