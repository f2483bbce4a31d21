import type { MenuItemConstructorOptions } from "electron";
import { expect, test } from "vitest";
import { menuTemplate } from "./menu-template.ts";

const nothing = () => undefined;
const acts = {
  open: nothing,
  newWindow: nothing,
  zoom: nothing,
  toggleOnTop: nothing,
  openLogs: nothing,
};

function itemsOf(template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : []),
  ]);
}
const rolesOf = (platform: NodeJS.Platform, isDevelopment = false) =>
  itemsOf(menuTemplate({ platform, isDevelopment, ...acts })).flatMap(({ role }) =>
    role === undefined ? [] : [role],
  );

test.each(["linux", "win32", "darwin"] as const)("copy and paste work on %s", (platform) => {
  expect(rolesOf(platform)).toEqual(
    expect.arrayContaining(["undo", "redo", "cut", "copy", "paste", "selectAll", "quit", "close"]),
  );
});

test("macOS has the menu of the app first", () => {
  const [first] = menuTemplate({ platform: "darwin", isDevelopment: false, ...acts });
  expect(first?.label).toBe("Parley");
  expect(rolesOf("darwin")).toEqual(expect.arrayContaining(["services", "hideOthers", "front"]));
  expect(rolesOf("linux")).not.toContain("services");
});

test("reload and the developers' tools are there in development only", () => {
  expect(rolesOf("linux")).not.toEqual(expect.arrayContaining(["reload"]));
  expect(rolesOf("linux")).not.toContain("toggleDevTools");
  expect(rolesOf("linux", true)).toEqual(expect.arrayContaining(["reload", "toggleDevTools"]));
});

test("windows, zoom, always on top and the log folder are there, zoom by its usual keys", () => {
  const items = itemsOf(menuTemplate({ platform: "linux", isDevelopment: false, ...acts }));
  const keys = items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
  expect(keys).toEqual(
    expect.arrayContaining([
      "CommandOrControl+Shift+N",
      "CommandOrControl+0",
      "CommandOrControl+Plus",
      "CommandOrControl+=",
      "CommandOrControl+-",
    ]),
  );
  expect(items.map(({ label }) => label)).toEqual(
    expect.arrayContaining(["New window", "Always on top", "Open log folder"]),
  );
});
