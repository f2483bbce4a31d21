import type { FrameInfo, PageLink } from "../browser/page-link.ts";
import { makeEvent } from "../host-emitter.ts";
import { makeCloneCodec } from "../page/clone-codec.ts";
import { frameOf } from "./web-frame-main.ts";

const codec = makeCloneCodec();

/** What a listener of main gets with a message: who sent it, from which frame, and a way to reply. */
export function makeIpcEvent(sender: object, frame: FrameInfo, link: PageLink): object {
  const senderFrame = frameOf(frame, link.frames());
  return makeEvent({
    type: "frame",
    sender,
    senderFrame,
    frameId: senderFrame.routingId,
    processId: senderFrame.processId,
    returnValue: undefined,
    ports: [],
    reply: (channel: string, ...args: unknown[]) =>
      link.post({ kind: "message", channel, args: codec.encode(args) }, frame.frameId),
  });
}
