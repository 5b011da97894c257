import { accept, acceptKey, createRequest, HeaderFields } from "@ws/handshake";
import { describe, expect, test } from "vitest";

function codeFor(key: string): string {
  const headers = HeaderFields.fromRaw([
    ...["Host", "example.org"],
    ...["Upgrade", "websocket"],
    ...["Connection", "Upgrade"],
    ...["Sec-WebSocket-Version", "13"],
    ...["Sec-WebSocket-Key", key],
  ]);
  const result = accept({ method: "GET", target: "/", httpVersion: "1.1", headers });
  return result.accepted ? "accepted" : result.code;
}

describe("acceptKey", () => {
  test("answers the key of the example (RFC 6455 §1.3)", () => {
    expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });
});

describe("the key of a request", () => {
  const url = new URL("ws://example.org/");

  test("is 16 bytes in base64, others every time (RFC 6455 §4.1)", () => {
    const keys = new Set(Array.from({ length: 1000 }, () => createRequest({ url }).key));
    expect(keys.size).toBe(1000);
    for (const key of keys) {
      expect(Buffer.from(key, "base64")).toHaveLength(16);
      expect(Buffer.from(key, "base64").toString("base64")).toBe(key);
    }
  });

  test("may have bits behind its last byte, as in the RFC's own example (RFC 6455 §4.1)", () => {
    expect(codeFor("AQIDBAUGBwgJCgsMDQ4PEC==")).toBe("accepted");
    expect(createRequest({ url, key: "AQIDBAUGBwgJCgsMDQ4PEC==" }).key).toBe("AQIDBAUGBwgJCgsMDQ4PEC==");
  });

  test("may use the whole alphabet (RFC 4648 §4)", () => {
    expect(codeFor("09+/AZaz09+/AZaz09+/Aw==")).toBe("accepted");
  });

  test.each([
    ["empty", ""],
    ["15 bytes", Buffer.alloc(15).toString("base64")],
    ["17 bytes", Buffer.alloc(17).toString("base64")],
    ["18 bytes, which are 24 characters too", Buffer.alloc(18).toString("base64")],
    ["without padding", "dGhlIHNhbXBsZSBub25jZQ"],
    ["with padding in the middle", "dGhlIHNhbXBs=SBub25jZQ=="],
    ["in the URL alphabet", "dGhlIHNhbXBsZSBub25j_-=="],
    ["with a space", "dGhlIHNhbXBsZSBub25j Q=="],
    ["with a character beyond ASCII", "dGhlIHNhbXBsZSBub25j\u0100Q=="],
    ["two keys in one line", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="],
  ])("is refused when it is %s (RFC 6455 §4.2.1)", (_title, key) => {
    expect(codeFor(key)).toBe("MALFORMED_KEY");
    expect(() => createRequest({ url, key })).toThrow(TypeError);
  });
});
