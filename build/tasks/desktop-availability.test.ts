import { expect, test } from "vitest";

import { decideDesktop } from "./desktop-availability.ts";
import type { DesktopSituation } from "./desktop-availability.ts";

const best: DesktopSituation = {
  isWanted: true,
  platform: "linux",
  isRoot: false,
  env: { DISPLAY: ":0" },
  hasDesktopApp: true,
  runtime: "present",
};

test("opens the desktop app where everything is there", () => {
  expect(decideDesktop(best)).toEqual({ open: true, mustFetchRuntime: false });
});

test("fetches the runtime where it is missing but can be had", () => {
  expect(decideDesktop({ ...best, runtime: "fetchable" })).toEqual({
    open: true,
    mustFetchRuntime: true,
  });
});

test.each([
  ["a Wayland display", { env: { WAYLAND_DISPLAY: "wayland-0" } }],
  ["macOS without display variables", { platform: "darwin", env: {} }],
  ["Windows without display variables", { platform: "win32", env: {} }],
] as const)("needs no X display on %s", (_name, change) => {
  expect(decideDesktop({ ...best, ...change })).toMatchObject({ open: true });
});

test("takes the runtime that ELECTRON_OVERRIDE_DIST_PATH points at, and fetches no other", () => {
  const env = { ...best.env, ELECTRON_OVERRIDE_DIST_PATH: "/opt/electron" };
  expect(decideDesktop({ ...best, env })).toEqual({ open: true, mustFetchRuntime: false });
  const decision = decideDesktop({ ...best, runtime: "fetchable", env });
  expect(decision).toMatchObject({ open: false });
  expect(decision.open ? "" : decision.reason).toContain("ELECTRON_OVERRIDE_DIST_PATH");
});

test("root is no hindrance where the sandbox does not mind", () => {
  expect(decideDesktop({ ...best, platform: "darwin", isRoot: true })).toMatchObject({
    open: true,
  });
});

test("a variable that says no is none", () => {
  const env = { ...best.env, PARLEY_NO_DESKTOP: "false" };
  expect(decideDesktop({ ...best, env })).toMatchObject({ open: true });
});

test.each([
  ["--no-desktop was given", { isWanted: false, hasDesktopApp: false }],
  ["PARLEY_NO_DESKTOP is set", { env: { DISPLAY: ":0", PARLEY_NO_DESKTOP: "1" } }],
  ["does not work for root", { isRoot: true }],
  ["the desktop app is not part of this checkout", { hasDesktopApp: false, env: {} }],
  ["there is no display", { env: { DISPLAY: "" } }],
  ["there is no display", { env: {}, runtime: "absent" }],
  ["could not be fetched", { runtime: "absent" }],
] as const)("says why not: %s", (reason, change) => {
  const decision = decideDesktop({ ...best, ...change });
  expect(decision).toMatchObject({ open: false });
  expect(decision.open ? "" : decision.reason).toContain(reason);
});
