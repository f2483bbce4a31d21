import type { FrameInfo } from "../browser/page-link.ts";
import { facade } from "../strict.ts";

/** The frame that a message came from, as main may look at it. It is a snapshot of that moment. */
export class WebFrameMain {
  readonly url: string;
  readonly origin: string;
  readonly parent: WebFrameMain | null;
  readonly frameToken: string;
  readonly routingId: number;
  readonly processId = 1;
  readonly detached = false;

  constructor(info: FrameInfo, all: readonly FrameInfo[]) {
    this.url = info.url;
    this.origin = originOf(info.url);
    this.frameToken = info.frameId;
    this.routingId = all.indexOf(info) + 1;
    const parent = all.find((frame) => frame.frameId === info.parentId);
    this.parent = parent ? frameOf(parent, all) : null;
  }

  get top(): WebFrameMain | null {
    return this.parent ? this.parent.top : facade(this, "WebFrameMain");
  }

  isDestroyed(): boolean {
    return false;
  }
}

const made = new WeakMap<FrameInfo, WebFrameMain>();

/** The frame's one object, for as long as it shows the same document. */
export function frameOf(info: FrameInfo, all: readonly FrameInfo[]): WebFrameMain {
  const known = made.get(info) ?? new WebFrameMain(info, all);
  made.set(info, known);
  return facade(known, "WebFrameMain");
}

/** Electron gives schemes registered as standard an origin of their own. */
function originOf(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)/i.exec(url);
  return match ? `${match[1]}://${match[2]}` : "null";
}
