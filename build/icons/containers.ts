// Files that hold one icon in several sizes: .ico for Windows, .icns for macOS. Both may hold PNGs.

export type SizedPng = { sizePx: number; png: Buffer };

const ICO_HEADER_BYTES = 6;
const ICO_ENTRY_BYTES = 16;

/** Makes an .ico out of square PNGs of at most 256 pixels. */
export function encodeIco(images: readonly SizedPng[]): Buffer {
  const header = Buffer.alloc(ICO_HEADER_BYTES);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = ICO_HEADER_BYTES + ICO_ENTRY_BYTES * images.length;
  const entries = images.map(({ sizePx, png }) => {
    const entry = Buffer.alloc(ICO_ENTRY_BYTES);
    // One byte each: 256 is written as 0.
    entry.writeUInt8(sizePx % 256, 0);
    entry.writeUInt8(sizePx % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...images.map(({ png }) => png)]);
}

/** Which type of an .icns holds a PNG of this many pixels; some sizes serve two purposes. */
const ICNS_TYPES: readonly { type: string; sizePx: number }[] = [
  { type: "ic11", sizePx: 32 },
  { type: "ic12", sizePx: 64 },
  { type: "ic07", sizePx: 128 },
  { type: "ic13", sizePx: 256 },
  { type: "ic08", sizePx: 256 },
  { type: "ic14", sizePx: 512 },
  { type: "ic09", sizePx: 512 },
  { type: "ic10", sizePx: 1024 },
];

/** The sizes that `encodeIcns` wants. */
export const ICNS_SIZES_PX: readonly number[] = [32, 64, 128, 256, 512, 1024];

function icnsBlock(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, "latin1");
  head.writeUInt32BE(head.length + content.length, 4);
  return Buffer.concat([head, content]);
}

/** Makes an .icns out of square PNGs. Throws where one of ICNS_SIZES_PX is missing. */
export function encodeIcns(images: readonly SizedPng[]): Buffer {
  const blocks = ICNS_TYPES.map(({ type, sizePx }) => {
    const image = images.find((candidate) => candidate.sizePx === sizePx);
    if (image === undefined) throw new Error(`An .icns needs ${sizePx} pixels.`);
    return icnsBlock(type, image.png);
  });
  return icnsBlock("icns", Buffer.concat(blocks));
}
