import type { Envelope, Event } from "./event.ts";

/**
 * S2a: the hash chain. `hash` = SHA-256 over the length-prefixed envelope fields, contentHash and
 * prevHash, so that order, origin and content of every event of a chat are fixed by its newest hash.
 *
 * Encoding of one field: 4 bytes big-endian length, then UTF-8. An absent field is the length
 * 0xFFFFFFFF alone. Numbers and booleans are written in decimal and as `true`/`false`. A list is its
 * count as a field, then its items. The order of fields is the order of `fieldsOf` below.
 */

/** Synchronous SHA-256, handed in so that this package needs no crypto library. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const DOMAIN = "parley.event.1";
const ABSENT = 0xffff_ffff;

/** prevHash of a chat's first event: 32 zero bytes. */
export const CHAIN_START = "A".repeat(43);

type Field = string | number | boolean | undefined;

function listFields(list: readonly string[] | undefined): Field[] {
  return list === undefined ? [undefined] : [list.length, ...list];
}

/** JSON with sorted keys, for the one structured field of the envelope. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function fieldsOf(event: Envelope, contentHash: string, prevHash: string): Field[] {
  return [
    DOMAIN,
    event.chatId,
    event.seq,
    event.clientId,
    event.at,
    event.senderId,
    event.senderDeviceId,
    event.alg,
    event.type,
    event.rel?.kind,
    event.rel?.target,
    event.rel?.key,
    event.targetSeq,
    event.rootSeq,
    ...listFields(event.mentions),
    event.expiresInS,
    event.notify,
    ...listFields(event.mediaIds),
    event.ifMembership,
    event.system === undefined ? undefined : canonicalJson(event.system),
    contentHash,
    prevHash,
  ];
}

const encoder = new TextEncoder();

/** Where envelopes are encoded: grown when needed, and used again, since every event passes here. */
let scratch = new Uint8Array(1024);

/** Room for `bytes` more behind `offset`. */
function reserve(offset: number, bytes: number): void {
  if (offset + bytes <= scratch.length) return;
  const larger = new Uint8Array(Math.max(scratch.length * 2, offset + bytes));
  larger.set(scratch.subarray(0, offset));
  scratch = larger;
}

function writeLength(offset: number, length: number): void {
  scratch[offset] = length >>> 24;
  scratch[offset + 1] = length >>> 16;
  scratch[offset + 2] = length >>> 8;
  scratch[offset + 3] = length;
}

/** Writes a text as UTF-8 and returns its size. Nearly every field is ASCII, which needs no encoder. */
function writeText(offset: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return encoder.encodeInto(text, scratch.subarray(offset)).written;
    scratch[offset + i] = unit;
  }
  return text.length;
}

/** Encodes into `scratch` and returns the size in bytes. */
function encodeFields(fields: readonly Field[]): number {
  let offset = 0;
  for (const field of fields) {
    if (field === undefined) {
      reserve(offset, 4);
      writeLength(offset, ABSENT);
      offset += 4;
      continue;
    }
    const text = String(field);
    // No UTF-16 unit takes more than three bytes of UTF-8.
    reserve(offset, 4 + text.length * 3);
    const size = writeText(offset + 4, text);
    writeLength(offset, size);
    offset += 4 + size;
  }
  return offset;
}

/** The exact bytes that are hashed; exported for test vectors and other implementations. */
export function encodeEnvelope(event: Envelope, contentHash: string, prevHash: string): Uint8Array {
  return scratch.slice(0, encodeFields(fieldsOf(event, contentHash, prevHash)));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    if (b !== undefined) text += ALPHABET.charAt((group >> 6) & 63);
    if (c !== undefined) text += ALPHABET.charAt(group & 63);
  }
  return text;
}

/** SHA-256 of a payload as UTF-8, base64url. */
export function contentHashOf(sha256: Sha256, payload: string): string {
  return toBase64Url(sha256(encoder.encode(payload)));
}

/** Hash of an event in its chain, base64url. */
export function eventHashOf(
  sha256: Sha256,
  event: Envelope,
  contentHash: string,
  prevHash: string,
): string {
  const sizeBytes = encodeFields(fieldsOf(event, contentHash, prevHash));
  return toBase64Url(sha256(scratch.subarray(0, sizeBytes)));
}

export type ChainFault = "content" | "hash" | "previous";

/**
 * Checks one event against the hash before it. `prevHash` undefined means that the predecessor is
 * not known (after a gap, S7): then only the event itself is checked. An absent payload is not
 * checked against its contentHash: it was erased or withheld.
 */
export function verifyEvent(
  sha256: Sha256,
  event: Event,
  prevHash: string | undefined,
): ChainFault | undefined {
  if (prevHash !== undefined && event.prevHash !== prevHash) return "previous";
  if (event.payload !== null && contentHashOf(sha256, event.payload) !== event.contentHash) {
    return "content";
  }
  const {
    payload: _payload,
    fold: _fold,
    contentHash,
    prevHash: previous,
    hash,
    ...envelope
  } = event;
  return eventHashOf(sha256, envelope, contentHash, previous) === hash ? undefined : "hash";
}
