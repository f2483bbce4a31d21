// Draws the icons of the web app into apps/web/public/icons, and those of the desktop app into
// build/icons: app/ for the packages, tray/ for the tray. Run it after a change of the mark:
//   node build/icons/generate.ts
import { mkdir, writeFile } from "node:fs/promises";

import { fromRoot } from "../support/paths.ts";
import { encodeIcns, encodeIco, ICNS_SIZES_PX } from "./containers.ts";
import type { SizedPng } from "./containers.ts";
import { markAsPixels, markAsSvg } from "./mark.ts";
import type { Cut } from "./mark.ts";
import { encodePng } from "./png.ts";
import {
  OVERLAYS,
  overlayAsPixels,
  TRAY_LOOKS,
  TRAY_STATES,
  trayAsPixels,
  trayName,
} from "./tray.ts";

const WEB_FOLDER = "apps/web/public/icons";
const APP_FOLDER = "build/icons/app";
const TRAY_FOLDER = "build/icons/tray";

const WEB_PICTURES: readonly { name: string; cut: Cut; sizePx: number }[] = [
  { name: "icon-32.png", cut: "plain", sizePx: 32 },
  { name: "icon-180.png", cut: "maskable", sizePx: 180 },
  { name: "icon-192.png", cut: "plain", sizePx: 192 },
  { name: "icon-512.png", cut: "plain", sizePx: 512 },
  { name: "maskable-512.png", cut: "maskable", sizePx: 512 },
];
/** The sizes in which the freedesktop icon theme keeps applications. */
const LINUX_SIZES_PX = [16, 24, 32, 48, 64, 128, 256, 512];
/** What Windows shows from the smallest list to the largest tile. */
const ICO_SIZES_PX = [16, 20, 24, 32, 40, 48, 64, 256];
/** Trays are 16 points high, or make of a larger picture what they need. */
const TRAY_SIZES: readonly { suffix: string; sizePx: number }[] = [
  { suffix: "", sizePx: 16 },
  { suffix: "@2x", sizePx: 32 },
  { suffix: "@3x", sizePx: 48 },
];

const draw = (cut: Cut, sizePx: number): Buffer => encodePng(markAsPixels(cut, sizePx), sizePx);
const drawAll = (cut: Cut, sizesPx: readonly number[]): SizedPng[] =>
  sizesPx.map((sizePx) => ({ sizePx, png: draw(cut, sizePx) }));

const files: { path: string; content: Buffer | string }[] = [
  { path: `${WEB_FOLDER}/icon.svg`, content: markAsSvg("plain") },
  ...WEB_PICTURES.map(({ name, cut, sizePx }) => ({
    path: `${WEB_FOLDER}/${name}`,
    content: draw(cut, sizePx),
  })),
  ...LINUX_SIZES_PX.map((sizePx) => ({
    path: `${APP_FOLDER}/linux/${sizePx}x${sizePx}.png`,
    content: draw("plain", sizePx),
  })),
  { path: `${APP_FOLDER}/icon.ico`, content: encodeIco(drawAll("plain", ICO_SIZES_PX)) },
  { path: `${APP_FOLDER}/icon.icns`, content: encodeIcns(drawAll("padded", ICNS_SIZES_PX)) },
  ...TRAY_STATES.flatMap((state) =>
    TRAY_LOOKS.flatMap((look) =>
      TRAY_SIZES.map(({ suffix, sizePx }) => ({
        path: `${TRAY_FOLDER}/${trayName(state, look)}${suffix}.png`,
        content: encodePng(trayAsPixels(state, look, sizePx), sizePx),
      })),
    ),
  ),
  ...OVERLAYS.flatMap((state) =>
    TRAY_SIZES.map(({ suffix, sizePx }) => ({
      path: `${TRAY_FOLDER}/overlay-${state}${suffix}.png`,
      content: encodePng(overlayAsPixels(state, sizePx), sizePx),
    })),
  ),
];

for (const folder of [WEB_FOLDER, `${APP_FOLDER}/linux`, TRAY_FOLDER]) {
  await mkdir(fromRoot(folder), { recursive: true });
}
for (const { path, content } of files) await writeFile(fromRoot(path), content);
console.log(`${files.length} icons drawn into ${WEB_FOLDER}, ${APP_FOLDER} and ${TRAY_FOLDER}`);
