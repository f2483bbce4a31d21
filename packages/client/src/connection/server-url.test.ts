import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normaliseServerUrl } from "./server-url.ts";

describe("X1: what people type as a server", () => {
  test.each([
    ["chat.example.org", "https://chat.example.org"],
    ["  Chat.Example.ORG  ", "https://chat.example.org"],
    ["chat.example.org:8443", "https://chat.example.org:8443"],
    ["https://chat.example.org/", "https://chat.example.org"],
    ["https://chat.example.org/some/page?x=1#y", "https://chat.example.org"],
    ["HTTPS://chat.example.org:443", "https://chat.example.org"],
    ["localhost:7447", "http://localhost:7447"],
    ["localhost", "http://localhost"],
    ["localhost:443", "http://localhost:443"],
    ["127.0.0.1:7447", "http://127.0.0.1:7447"],
    ["http://127.0.0.1:7447", "http://127.0.0.1:7447"],
    ["[::1]:7447", "http://[::1]:7447"],
    ["https://localhost:7447", "https://localhost:7447"],
    ["bücher.example", "https://xn--bcher-kva.example"],
    ["192.168.1.20:7447", "https://192.168.1.20:7447"],
  ])("%s is %s", (typed, origin) => {
    expect(normaliseServerUrl(typed)).toEqual({ ok: true, value: origin });
  });

  test.each([
    "",
    "   ",
    "http://chat.example.org",
    "ftp://chat.example.org",
    "https://user:secret@chat.example.org",
    "user@chat.example.org",
    "not a host",
    "https://",
    "127.0.0.1.evil.example/../",
    "http://127.0.0.1.evil.example",
  ])("%s is refused, or at least never without TLS", (typed) => {
    const result = normaliseServerUrl(typed);
    if (result.ok) expect(result.value).toMatch(/^https:/);
    else expect(result.error).toMatchObject({ code: "invalid_request", field: "serverUrl" });
  });

  test("anything typed gives an origin or a refusal, never an exception", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.domain()), (typed) => {
        const result = normaliseServerUrl(typed);
        expect(result.ok ? new URL(result.value).origin : result.error.field).toBe(
          result.ok ? result.value : "serverUrl",
        );
      }),
    );
  });
});
