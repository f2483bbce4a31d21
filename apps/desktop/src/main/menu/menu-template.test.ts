import type { MenuItemConstructorOptions } from "electron";
import { expect, test } from "vitest";
import { menuTemplate } from "./menu-template.ts";

function itemsOf(template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : []),
  ]);
}
const rolesOf = (platform: NodeJS.Platform, isDevelopment = false) =>
  itemsOf(menuTemplate({ platform, isDevelopment, open: () => undefined })).flatMap(({ role }) =>
    role === undefined ? [] : [role],
  );

test.each(["linux", "win32", "darwin"] as const)("copy and paste work on %s", (platform) => {
  expect(rolesOf(platform)).toEqual(
    expect.arrayContaining(["undo", "redo", "cut", "copy", "paste", "selectAll", "quit", "close"]),
  );
});

test("macOS has the menu of the app first", () => {
  const [first] = menuTemplate({ platform: "darwin", isDevelopment: false, open: () => undefined });
  expect(first?.label).toBe("Parley");
  expect(rolesOf("darwin")).toEqual(expect.arrayContaining(["services", "hideOthers", "front"]));
  expect(rolesOf("linux")).not.toContain("services");
});

test("reload and the developers' tools are there in development only", () => {
  expect(rolesOf("linux")).not.toEqual(expect.arrayContaining(["reload"]));
  expect(rolesOf("linux")).not.toContain("toggleDevTools");
  expect(rolesOf("linux", true)).toEqual(expect.arrayContaining(["reload", "toggleDevTools"]));
});
