import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGBA_8_BIT = [8, 6, 0, 0, 0];

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** Encodes RGBA pixels, row by row, as a PNG. */
export function encodePng(pixels: Uint8Array, widthPx: number): Buffer {
  const heightPx = pixels.length / 4 / widthPx;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set(RGBA_8_BIT, 8);
  // Every row starts with its filter: none.
  const rows = Buffer.alloc((widthPx * 4 + 1) * heightPx);
  for (let row = 0; row < heightPx; row++) {
    rows.set(
      pixels.subarray(row * widthPx * 4, (row + 1) * widthPx * 4),
      row * (widthPx * 4 + 1) + 1,
    );
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
