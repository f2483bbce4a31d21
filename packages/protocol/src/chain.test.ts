import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CHAIN_START, contentHashOf, encodeEnvelope, eventHashOf, verifyEvent } from "./chain.ts";
import { Event } from "./event.ts";

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

const Vectors = z.array(z.object({ name: z.string(), encodedHex: z.string(), event: Event }));
const vectors = Vectors.parse(
  JSON.parse(readFileSync(new URL("./chain.vectors.json", import.meta.url), "utf8")),
);

describe("hash chain", () => {
  test.each(vectors)(
    "S2a: vector '$name' encodes and hashes as written down",
    ({ event, encodedHex }) => {
      const { payload, fold: _fold, contentHash, prevHash, hash, ...envelope } = event;
      if (payload !== null) expect(contentHashOf(sha256, payload)).toBe(contentHash);
      const bytes = encodeEnvelope(envelope, contentHash, prevHash);
      expect(Buffer.from(bytes).toString("hex")).toBe(encodedHex);
      expect(createHash("sha256").update(bytes).digest("base64url")).toBe(hash);
      expect(eventHashOf(sha256, envelope, contentHash, prevHash)).toBe(hash);
    },
  );

  test("S2a: the vectors form one chain from 32 zero bytes (V2)", () => {
    let previous = CHAIN_START;
    for (const { event } of vectors) {
      expect(verifyEvent(sha256, event, previous)).toBeUndefined();
      previous = event.hash;
    }
  });

  test("S2a: an erased payload leaves the chain whole", () => {
    for (const { event } of vectors) {
      expect(verifyEvent(sha256, { ...event, payload: null }, event.prevHash)).toBeUndefined();
    }
  });

  test("S2a: any change of an envelope field, the payload or the predecessor is found", () => {
    const first = vectors[1];
    if (!first) throw new Error("vectors are missing");
    const { event } = first;
    const changes: Partial<Event>[] = [
      { seq: event.seq + 1 },
      { at: event.at + 1 },
      { notify: !event.notify },
      { type: `${event.type}x` },
      { senderId: event.senderDeviceId as unknown as Event["senderId"] },
      { expiresInS: 1 },
      { mentions: [event.senderId] },
    ];
    for (const change of changes) {
      expect(verifyEvent(sha256, { ...event, ...change }, event.prevHash)).toBe("hash");
    }
    expect(verifyEvent(sha256, { ...event, payload: `${event.payload} ` }, event.prevHash)).toBe(
      "content",
    );
    expect(verifyEvent(sha256, event, event.hash)).toBe("previous");
  });

  test("S7: after a gap the predecessor is not known and only the event is checked", () => {
    for (const { event } of vectors) expect(verifyEvent(sha256, event, undefined)).toBeUndefined();
  });

  test("S2a: length prefixes keep fields apart, whatever they contain", () => {
    const base = vectors[0];
    if (!base) throw new Error("vectors are missing");
    const { payload: _p, fold: _f, contentHash, prevHash, hash: _h, ...envelope } = base.event;
    const text = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, text, text, text, (alg, type, otherAlg, otherType) => {
        fc.pre(alg !== otherAlg || type !== otherType);
        const one = encodeEnvelope({ ...envelope, alg, type }, contentHash, prevHash);
        const other = encodeEnvelope(
          { ...envelope, alg: otherAlg, type: otherType },
          contentHash,
          prevHash,
        );
        expect(Buffer.from(one).equals(Buffer.from(other))).toBe(
          Buffer.from(alg).equals(Buffer.from(otherAlg)) &&
            Buffer.from(type).equals(Buffer.from(otherType)),
        );
      }),
    );
  });

  test("S17: the key order of a system field does not change the hash", () => {
    const system = vectors.find((vector) => vector.event.system !== undefined)?.event;
    if (!system?.system) throw new Error("vectors need a system event");
    const reversed = Object.fromEntries(Object.entries(system.system).reverse());
    const shuffled = { ...system, system: reversed as Event["system"] };
    expect(verifyEvent(sha256, shuffled as Event, system.prevHash)).toBeUndefined();
  });

  test("S2a: any text of any length is encoded as its UTF-8", () => {
    const base = vectors[0];
    if (!base) throw new Error("vectors are missing");
    const { payload: _p, fold: _f, contentHash, prevHash, hash: _h, ...envelope } = base.event;
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 3_000 });
    fc.assert(
      fc.property(text, (type) => {
        const bytes = Buffer.from(encodeEnvelope({ ...envelope, type }, contentHash, prevHash));
        const field = Buffer.from(type, "utf8");
        const length = Buffer.alloc(4);
        length.writeUInt32BE(field.length);
        expect(bytes.includes(Buffer.concat([length, field]))).toBe(true);
      }),
    );
  });
});
