// The mark of Parley: a rounded square in the accent colour with the outline of a speech bubble,
// its tail filled.
// One geometry in a space of 512 x 512, drawn as SVG and as pixels.

/**
 * How the mark is cut: `plain` has its own round corners, `maskable` leaves the cutting to the system,
 * `padded` has round corners and the empty border that macOS expects around them.
 */
export type Cut = "plain" | "maskable" | "padded";

const SIZE = 512;
const ACCENT = { red: 0x0b, green: 0x6b, blue: 0x63 };
const CORNER_RADIUS = 112;
const BUBBLE = { left: 124, top: 132, right: 388, bottom: 324, radius: 64 };
const TAIL = [
  { x: 184, y: 324 },
  { x: 184, y: 392 },
  { x: 264, y: 324 },
] as const;
const STROKE = 32;
/** Systems may cut a maskable icon down to a circle of 80 %. */
const MASKABLE_SCALE = 0.8;
/** Of 1024 pixels an icon of macOS fills 824. */
const PADDED_SCALE = 824 / 1024;

export function markAsSvg(cut: Exclude<Cut, "padded">): string {
  const corner = cut === "plain" ? ` rx="${CORNER_RADIUS}"` : "";
  const { left, top, right, bottom, radius } = BUBBLE;
  const size = `width="${right - left}" height="${bottom - top}" rx="${radius}"`;
  const tail = TAIL.map(({ x, y }) => `${x},${y}`).join(" ");
  const inset = (SIZE * (1 - MASKABLE_SCALE)) / 2;
  const move =
    cut === "plain" ? "" : ` transform="translate(${inset} ${inset}) scale(${MASKABLE_SCALE})"`;
  const hex = [ACCENT.red, ACCENT.green, ACCENT.blue]
    .map((part) => part.toString(16).padStart(2, "0"))
    .join("");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}">`,
    `  <rect width="${SIZE}" height="${SIZE}"${corner} fill="#${hex}"/>`,
    `  <g${move} stroke="#fff" stroke-width="${STROKE}" stroke-linejoin="round">`,
    `    <rect x="${left}" y="${top}" ${size} fill="none"/>`,
    `    <polygon points="${tail}" fill="#fff"/>`,
    "  </g>",
    "</svg>",
    "",
  ].join("\n");
}

export type Point = { x: number; y: number };

/** Distance to the edge of a rounded box; negative inside. */
function boxDistance(
  { x, y }: Point,
  box: { left: number; top: number; right: number; bottom: number; radius: number },
): number {
  const dx = Math.abs(x - (box.left + box.right) / 2) - (box.right - box.left) / 2 + box.radius;
  const dy = Math.abs(y - (box.top + box.bottom) / 2) - (box.bottom - box.top) / 2 + box.radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - box.radius;
}

/** Distance to the edge of the tail; negative inside. */
function tailDistance({ x, y }: Point): number {
  let nearest = Infinity;
  let inside = true;
  let sign = 0;
  for (const [i, from] of TAIL.entries()) {
    const to = TAIL[(i + 1) % TAIL.length] ?? TAIL[0];
    const edge = { x: to.x - from.x, y: to.y - from.y };
    const along = { x: x - from.x, y: y - from.y };
    const t = (along.x * edge.x + along.y * edge.y) / (edge.x ** 2 + edge.y ** 2);
    const part = Math.min(1, Math.max(0, t));
    nearest = Math.min(nearest, Math.hypot(along.x - edge.x * part, along.y - edge.y * part));
    const side = Math.sign(edge.x * along.y - edge.y * along.x);
    if (sign === 0) sign = side;
    if (side !== sign) inside = false;
  }
  return inside ? -nearest : nearest;
}

/** Distance to the edge of the bubble: its outline and its filled tail; negative inside. */
export function bubbleDistance(at: Point): number {
  const outline = Math.abs(boxDistance(at, BUBBLE)) - STROKE / 2;
  return Math.min(outline, tailDistance(at) - STROKE / 2);
}

/** How much of a pixel a shape covers, from the distance of its middle to the shape's edge in pixels. */
export function coverage(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance));
}

/** The mark as RGBA, row by row. */
export function markAsPixels(cut: Cut, sizePx: number): Uint8Array {
  const whole = cut === "padded" ? PADDED_SCALE : 1;
  const unit = SIZE / sizePx / whole;
  const pixels = new Uint8Array(sizePx * sizePx * 4);
  const scale = cut === "maskable" ? MASKABLE_SCALE : 1;
  const square = {
    left: 0,
    top: 0,
    right: SIZE,
    bottom: SIZE,
    radius: cut === "maskable" ? 0 : CORNER_RADIUS,
  };
  for (let row = 0; row < sizePx; row++) {
    for (let column = 0; column < sizePx; column++) {
      const at = {
        x: (column + 0.5 - sizePx / 2) * unit + SIZE / 2,
        y: (row + 0.5 - sizePx / 2) * unit + SIZE / 2,
      };
      const within = cut === "maskable" ? 1 : coverage(boxDistance(at, square) / unit);
      const inMark = {
        x: (at.x - SIZE / 2) / scale + SIZE / 2,
        y: (at.y - SIZE / 2) / scale + SIZE / 2,
      };
      const white = coverage((bubbleDistance(inMark) * scale) / unit);
      const mix = (part: number): number => Math.round(part + (255 - part) * white);
      pixels.set(
        [mix(ACCENT.red), mix(ACCENT.green), mix(ACCENT.blue), Math.round(255 * within)],
        (row * sizePx + column) * 4,
      );
    }
  }
  return pixels;
}
