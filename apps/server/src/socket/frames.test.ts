import { Writable } from "node:stream";
import { newId, DeviceId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Push } from "../fanout/port.ts";
import { encodedPush, gatherFrames, releaseFrames, textFrame } from "./frames.ts";

/** Reads a frame as RFC 6455 says. */
function parsed(frame: Buffer): { final: boolean; opcode: number; masked: boolean; text: string } {
  const [first = 0, second = 0] = frame;
  const short = second & 0x7f;
  const [start, length] =
    short < 126
      ? [2, short]
      : short === 126
        ? [4, frame.readUInt16BE(2)]
        : [10, Number(frame.readBigUInt64BE(2))];
  expect(frame.length).toBe(start + length);
  return {
    final: (first & 0x80) !== 0,
    opcode: first & 0x0f,
    masked: (second & 0x80) !== 0,
    text: frame.toString("utf8", start),
  };
}

const frameOf = (text: string) => ({ final: true, opcode: 1, masked: false, text });

describe("frames", () => {
  test("hold any text, at every length where their header changes", () => {
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]) {
      const text = "x".repeat(length);
      expect(parsed(textFrame(text))).toEqual(frameOf(text));
    }
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        expect(parsed(textFrame(text))).toEqual(frameOf(text));
      }),
    );
  });

  test("a push is encoded once for all connections", () => {
    const push = new Push("session:ended", {
      error: { code: "session_revoked", message: "é", requestId: newId(DeviceId) },
    });
    const first = encodedPush(push);
    expect(encodedPush(push)).toBe(first);
    expect(first.text).toBe(`2${push.json}`);
    expect(parsed(first.options.wsPreEncodedFrame[0])).toEqual(frameOf(`42${push.json}`));
  });
});

describe("frames of one turn of the event loop", () => {
  function countingTransport() {
    const writes: number[] = [];
    const raw = new Writable({
      write: (_chunk, _encoding, done) => {
        writes.push(1);
        done();
      },
      writev: (chunks, done) => {
        writes.push(chunks.length);
        done();
      },
    });
    return { transport: { socket: { _socket: raw } }, raw, writes };
  }
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

  test("leave in one write", async () => {
    const { transport, raw, writes } = countingTransport();
    for (let frame = 0; frame < 3; frame++) {
      gatherFrames(transport);
      raw.write("frame");
    }
    expect(writes).toEqual([]);
    await nextTurn();
    expect(writes).toEqual([3]);
    gatherFrames(transport);
    raw.write("frame");
    await nextTurn();
    expect(writes).toEqual([3, 1]);
  });

  test("leave at once where the connection is about to end", async () => {
    const { transport, raw, writes } = countingTransport();
    gatherFrames(transport);
    raw.write("goodbye");
    releaseFrames(transport);
    expect(writes).toEqual([1]);
    await nextTurn();
    expect(writes).toEqual([1]);
  });

  test("are left alone where there is no WebSocket", () => {
    for (const transport of [{ name: "polling" }, { socket: undefined }]) {
      expect(() => {
        gatherFrames(transport);
        releaseFrames(transport);
      }).not.toThrow();
    }
  });
});
