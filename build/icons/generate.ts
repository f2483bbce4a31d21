// Draws the icons of the web app into apps/web/public/icons. Run it after a change of the mark:
//   node build/icons/generate.ts
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { type Cut, markAsPixels, markAsSvg } from "./mark.ts";
import { encodePng } from "./png.ts";

const FOLDER = new URL("../../apps/web/public/icons/", import.meta.url);

const PICTURES: readonly { name: string; cut: Cut; sizePx: number }[] = [
  { name: "icon-32.png", cut: "plain", sizePx: 32 },
  { name: "icon-180.png", cut: "maskable", sizePx: 180 },
  { name: "icon-192.png", cut: "plain", sizePx: 192 },
  { name: "icon-512.png", cut: "plain", sizePx: 512 },
  { name: "maskable-512.png", cut: "maskable", sizePx: 512 },
];

await mkdir(FOLDER, { recursive: true });
await writeFile(new URL("icon.svg", FOLDER), markAsSvg("plain"));
for (const { name, cut, sizePx } of PICTURES) {
  await writeFile(new URL(name, FOLDER), encodePng(markAsPixels(cut, sizePx), sizePx));
}
console.log(`${PICTURES.length + 1} icons drawn into ${fileURLToPath(FOLDER)}`);
