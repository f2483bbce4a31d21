import type { Socket as NetSocket } from "node:net";
import type { Push } from "../fanout/port.ts";

/** Engine.IO's type of a message, then Socket.IO's of an event, in the default namespace. */
const MESSAGE = "4";
const EVENT_PACKET = "2";

/** A whole text message from the server, unmasked (RFC 6455): opcode 1 with FIN. */
const FINAL_TEXT = 0x81;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;

/**
 * The WebSocket frame of a text, as a server sends it: header and UTF-8 in one piece of memory. `prefix`
 * is ASCII and comes before the text, which is not copied for it.
 */
export function textFrame(text: string, prefix = ""): Buffer {
  const length = prefix.length + Buffer.byteLength(text);
  const headLength = length < LENGTH_IN_2_BYTES ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headLength + length);
  frame[0] = FINAL_TEXT;
  if (headLength === 2) {
    frame[1] = length;
  } else if (headLength === 4) {
    frame[1] = LENGTH_IN_2_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_IN_8_BYTES;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(prefix, headLength, "latin1");
  frame.write(text, headLength + prefix.length, "utf8");
  return frame;
}

/** A push as Engine.IO takes it: as a text for polling, and as the frame that all WebSockets share. */
export type EncodedPush = {
  text: string;
  options: { compress: false; wsPreEncodedFrame: readonly [Buffer] };
};

function encode(push: Push): EncodedPush {
  const text = EVENT_PACKET + push.json;
  const wsPreEncodedFrame = [textFrame(push.json, MESSAGE + EVENT_PACKET)] as const;
  return { text, options: { compress: false, wsPreEncodedFrame } };
}

/** Encoded once, however many connections get it. */
export function encodedPush(push: Push): EncodedPush {
  return push.encodedBy(encode);
}

/** The TCP or TLS connection under a transport; none under polling. */
function rawSocketOf(transport: object): NetSocket | undefined {
  const socket: unknown = "socket" in transport ? transport.socket : undefined;
  if (typeof socket !== "object" || socket === null || !("_socket" in socket)) return undefined;
  const raw = socket._socket;
  const isRaw = typeof raw === "object" && raw !== null && "cork" in raw && "uncork" in raw;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ws keeps the net.Socket there; what is used of it has just been looked for
  return isRaw ? (raw as NetSocket) : undefined;
}

/**
 * Lets all frames that a transport is given in this turn of the event loop leave in one system call,
 * which costs more than all else of a frame. To be called before the first of them.
 */
export function gatherFrames(transport: object): void {
  const raw = rawSocketOf(transport);
  if (!raw || raw.writableCorked > 0) return;
  raw.cork();
  process.nextTick(uncork, raw);
}

function uncork(raw: NetSocket): void {
  raw.uncork();
}

/** Lets go of what was gathered at once, for what comes next may end the connection. */
export function releaseFrames(transport: object): void {
  const raw = rawSocketOf(transport);
  if (raw && raw.writableCorked > 0) raw.uncork();
}
