import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { LINK_SCHEME } from "../../packages/protocol/src/links.ts";
import { fromRoot } from "../support/paths.ts";

const Config = z.object({
  protocols: z.array(z.object({ schemes: z.array(z.string()) })),
  linux: z.object({ category: z.string(), executableName: z.string() }),
  nsis: z.object({ include: z.string() }),
});

test("packages hand links of the app's scheme to it: desktop entries, bundles and the installer's keys", async () => {
  const config = Config.parse(parse(await readFile(fromRoot("electron-builder.yml"), "utf8")));
  // The packer makes `x-scheme-handler/<scheme>` of it on Linux, and the bundle's URL types on macOS.
  expect(config.protocols.flatMap(({ schemes }) => schemes)).toEqual([LINK_SCHEME]);
  const installer = await readFile(fromRoot(config.nsis.include), "utf8");
  const key = ["Software", "Classes", LINK_SCHEME].join("\\");
  expect(installer).toContain(`WriteRegStr SHCTX "${key}\\shell\\open\\command"`);
  expect(installer).toContain(`DeleteRegKey SHCTX "${key}"`);
  expect(config.linux.category.split(";")).toContain("InstantMessaging");
});
