import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { fromRoot } from "../support/paths.ts";
import { encodeIcns, encodeIco, ICNS_SIZES_PX } from "./containers.ts";
import { encodePng } from "./png.ts";
import { OVERLAYS, TRAY_LOOKS, TRAY_STATES, trayAsPixels, trayName } from "./tray.ts";

const blank = (sizePx: number) => ({
  sizePx,
  png: encodePng(new Uint8Array(sizePx * sizePx * 4), sizePx),
});
/** The width that stands in a PNG's own header. */
const widthOf = (png: Buffer): number => png.readUInt32BE(16);

test("an .ico names each picture with its size and place", () => {
  const ico = encodeIco([16, 256].map(blank));
  const pictures = [0, 1].map((index) => {
    const at = 6 + 16 * index;
    const offset = ico.readUInt32LE(at + 12);
    const png = ico.subarray(offset, offset + ico.readUInt32LE(at + 8));
    return [ico.readUInt8(at), widthOf(png)];
  });
  expect(pictures).toEqual([
    [16, 16],
    [0, 256],
  ]);
});

test("an .icns is blocks to its very end, each with a picture of its size", () => {
  const icns = encodeIcns(ICNS_SIZES_PX.map(blank));
  expect(icns.toString("latin1", 0, 4)).toBe("icns");
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  const found: Record<string, number> = {};
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    found[icns.toString("latin1", at, at + 4)] = widthOf(icns.subarray(at + 8));
  }
  expect(found).toMatchObject({ ic07: 128, ic13: 256, ic08: 256, ic10: 1024, ic11: 32 });
  expect(() => encodeIcns([blank(32)])).toThrow("needs 64 pixels");
});

test("every icon that the packages and the tray need has been drawn", () => {
  const app = ["icon.ico", "icon.icns", "linux/512x512.png"].map((name) => `app/${name}`);
  const tray = TRAY_STATES.flatMap((state) =>
    TRAY_LOOKS.flatMap((look) =>
      ["", "@2x"].map((suffix) => `tray/${trayName(state, look)}${suffix}.png`),
    ),
  );
  const overlays = OVERLAYS.map((state) => `tray/overlay-${state}.png`);
  const missing = [...app, ...tray, ...overlays].filter(
    (name) => !existsSync(fromRoot("build/icons", name)),
  );
  expect(missing).toEqual([]);
  expect(widthOf(readFileSync(fromRoot("build/icons/app/linux/512x512.png")))).toBe(512);
});

test("no two states of the tray look the same, and a template has no colour", () => {
  for (const look of TRAY_LOOKS) {
    const drawn = TRAY_STATES.map((state) => Buffer.from(trayAsPixels(state, look, 16)));
    const different = new Set(drawn.map((pixels) => pixels.toString("hex")));
    expect(different.size).toBe(TRAY_STATES.length);
    if (look !== "template") continue;
    for (const pixels of drawn) {
      const coloured = pixels.filter((value, index) => index % 4 < 3 && value !== 0);
      expect(coloured).toHaveLength(0);
    }
  }
});
