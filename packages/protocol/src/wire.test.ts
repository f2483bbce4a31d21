import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CALLS, NOTICES, RELAYED } from "./bridge/contract.ts";
import { Changes } from "./chat.ts";
import { openPayload, textPayload } from "./content.ts";
import { ERRORS, failureOfIssues, isRetryable, WireError } from "./errors.ts";
import { Event, Send } from "./event.ts";
import * as http from "./http/accounts.ts";
import { ChatId, ClientId, newId } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { Handle } from "./person.ts";
import { PUSHES, SocketAuth, Welcome } from "./socket/pushes.ts";
import { REQUESTS } from "./socket/requests.ts";
import { isWellFormed, toWellFormed, utf8Bytes } from "./text.ts";
import { BRIDGE_VERSION, negotiateVersion, PROTOCOL_VERSIONS } from "./versions.ts";

function send(extra: Record<string, unknown> = {}): Record<string, unknown> {
  const base = {
    chatId: newId(ChatId),
    clientId: newId(ClientId),
    alg: "none",
    type: "text",
    notify: true,
  };
  return { ...base, payload: textPayload("hello"), ...extra };
}

function describeSchemas(schemas: unknown): string {
  return JSON.stringify(schemas, (_key, value: unknown) =>
    value instanceof z.ZodType
      ? z.toJSONSchema(value, { unrepresentable: "any", io: "input", reused: "inline" })
      : value,
  );
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

describe("versions", () => {
  const pinned = z
    .object({
      protocol: z.record(z.string(), z.string()),
      bridge: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(readFileSync(new URL("./versions.pinned.json", import.meta.url), "utf8")));

  test("S15: a change of the wire schemas forces a decision about the version", () => {
    const httpSchemas = Object.entries(http).filter(([, schema]) => schema instanceof z.ZodType);
    const wire = describeSchemas([
      REQUESTS,
      PUSHES,
      SocketAuth,
      Welcome,
      Event,
      httpSchemas,
      Object.keys(ERRORS),
    ]);
    // After an addition that old peers pass over: pin the new digest. After anything else: a new version.
    expect({ [String(PROTOCOL_VERSIONS.at(-1))]: digest(wire) }).toEqual(pinned.protocol);
  });

  test("S20: a change of the bridge contract forces a decision about its version", () => {
    expect({
      [String(BRIDGE_VERSION)]: digest(describeSchemas([CALLS, NOTICES, RELAYED])),
    }).toEqual(pinned.bridge);
  });

  test("S15: the newest common version is picked, or none", () => {
    expect(negotiateVersion([1, 2, 9], [1, 2, 3])).toBe(2);
    expect(negotiateVersion([7], [1])).toBeUndefined();
  });
});

describe("input", () => {
  test("E4: 65,536 units of any text fit a payload once it is JSON", () => {
    for (const unit of ["a", "ß", "漢", "\u200b"]) {
      expect(utf8Bytes(textPayload(unit.repeat(LIMITS.textUnits)))).toBeLessThanOrEqual(
        LIMITS.payloadBytes,
      );
    }
    expect(utf8Bytes(textPayload("😀".repeat(LIMITS.textUnits / 2)))).toBeLessThanOrEqual(
      LIMITS.payloadBytes,
    );
  });

  test("E4: a payload over the limit or with a lone surrogate is refused by name", () => {
    const long = Send.safeParse(send({ payload: "漢".repeat(70_000) }));
    expect(long.success).toBe(false);
    if (!long.success) expect(failureOfIssues(long.error).error.field).toBe("payload");
    expect(Send.safeParse(send({ payload: "a\ud800b" })).success).toBe(false);
    expect(toWellFormed("a\ud800b")).toBe("a\ufffdb");
    expect(isWellFormed("😀")).toBe(true);
  });

  test("E2: the failure names the field that is wrong", () => {
    const parsed = REQUESTS["chat:send"].body.safeParse({
      chatId: newId(ChatId),
      items: [send({ notify: "yes" })],
    });
    expect(parsed.success).toBe(false);
    if (!parsed.success) {
      expect(failureOfIssues(parsed.error).error).toMatchObject({
        code: "invalid_request",
        field: "items.0.notify",
      });
    }
  });

  test("S2: every item of a flush is for the flush's chat", () => {
    expect(
      REQUESTS["chat:send"].body.safeParse({ chatId: newId(ChatId), items: [send()] }).success,
    ).toBe(false);
  });

  test("S2b: kinds of change from a newer protocol are passed over", () => {
    expect(Changes.parse([{ kind: "hologram", change: 4, beam: true }])).toEqual([]);
    expect(() => Changes.parse([{ kind: "person", change: 4 }])).toThrow();
  });

  test("S2b: a payload that this build does not know opens as unknown, never as an exception", () => {
    for (const payload of ["", "{", "null", "[]", '{"type":"hologram"}', '{"type":"text"}']) {
      expect(openPayload("none", payload)).toEqual({ type: "unknown" });
    }
    expect(openPayload("mls.1", textPayload("x"))).toEqual({ type: "unknown" });
    expect(openPayload("none", textPayload("x"))).toMatchObject({ type: "text", text: "x" });
  });

  test("handles of many scripts are fine, those that could deceive are not", () => {
    for (const good of ["ana", "Jürgen", "li.wei", "محمد", "नीना", "x1"])
      expect(Handle.safeParse(good).success).toBe(true);
    for (const bad of [
      "a",
      ".ana",
      "ana.",
      "a na",
      "a\u200bb",
      "ana@home",
      "a/b",
      "a".repeat(33),
      "😀😀",
    ]) {
      expect(Handle.safeParse(bad).success).toBe(false);
    }
  });
});

describe("errors", () => {
  test("E1: a code of a newer server reads as internal, which is retryable", () => {
    const error = WireError.parse({ code: "flux_overload", message: "?", requestId: "1" });
    expect(error.code).toBe("internal");
    expect(isRetryable(error.code)).toBe(true);
    expect(isRetryable("not_a_member")).toBe(false);
  });
});
