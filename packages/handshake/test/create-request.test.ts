import { createRequest, type RequestOptions } from "@ws/handshake";
import { describe, expect, test } from "vitest";
import { KEY, latin1, requestHead } from "./heads.ts";

function headOf(url: string, options: Omit<RequestOptions, "url"> = {}): string {
  return latin1(createRequest({ url: new URL(url), key: KEY, ...options }).head);
}

describe("createRequest", () => {
  test("writes the request line, then the fields, then an empty line (RFC 6455 §4.1)", () => {
    expect(headOf("ws://server.example.com/chat")).toBe(
      "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  });

  test.each([
    ["ws://example.org", "/"],
    ["ws://example.org/?", "/"],
    ["ws://example.org?a=b", "/?a=b"],
    ["ws://example.org/a b/\u00e9?c d", "/a%20b/%C3%A9?c%20d"],
    ["ws://example.org/%23#".slice(0, -1), "/%23"],
  ])("asks %s for %s (RFC 6455 §3)", (url, target) => {
    expect(requestHead(headOf(url)).target).toBe(target);
  });

  test.each([
    ["ws://example.org:80/", "example.org"],
    ["ws://example.org:443/", "example.org:443"],
    ["wss://example.org:443/", "example.org"],
    ["wss://example.org:80/", "example.org:80"],
    ["http://example.org:80/", "example.org"],
    ["https://example.org:8443/", "example.org:8443"],
    ["ws://EXAMPLE.org/", "example.org"],
    ["ws://[::1]:8080/", "[::1]:8080"],
    ["ws://[::1]/", "[::1]"],
    ["ws://m\u00fcnchen.example/", "xn--mnchen-3ya.example"],
    ["ws://user:secret@example.org/", "example.org"],
  ])("names the host of %s as %s (RFC 6455 §4.1)", (url, host) => {
    expect(requestHead(headOf(url)).headers.values("host")).toEqual([host]);
  });

  test("offers subprotocols, extensions and an origin in one line each", () => {
    const { headers } = requestHead(
      headOf("ws://example.org/", {
        protocols: ["chat", "superchat"],
        extensions: [{ name: "permessage-deflate", params: [["client_max_window_bits", true]] }],
        origin: "https://example.org",
      }),
    );
    expect(headers.values("sec-websocket-protocol")).toEqual(["chat, superchat"]);
    expect(headers.values("sec-websocket-extensions")).toEqual([
      "permessage-deflate; client_max_window_bits",
    ]);
    expect(headers.values("origin")).toEqual(["https://example.org"]);
  });

  test("takes extensions as a header value, and remembers them parsed", () => {
    const request = createRequest({ url: new URL("ws://example.org/"), extensions: 'a;  b="c"' });
    expect(request.extensions).toEqual([{ name: "a", params: [["b", "c"]] }]);
    expect(latin1(request.head)).toContain("\r\nSec-WebSocket-Extensions: a; b=c\r\n");
  });

  test("leaves fields out that have nothing to say", () => {
    const head = headOf("ws://example.org/", { protocols: [], extensions: [], headers: {} });
    expect(head).toBe(headOf("ws://example.org/"));
  });

  test("adds the caller's headers, repeated ones too", () => {
    const headers: [string, string][] = [
      ["Cookie", "a=b"],
      ["X-Tag", "1"],
      ["X-Tag", "caf\u00e9"],
    ];
    expect([...requestHead(headOf("ws://example.org/", { headers })).headers].slice(-3)).toEqual(headers);
  });

  test("writes bytes, one per character beyond ASCII", () => {
    const { head } = createRequest({ url: new URL("ws://example.org/"), headers: { x: "\u00e9" } });
    expect(head.at(-5)).toBe(0xe9);
  });

  test.each([
    ["ws://Aladdin:open%20sesame@example.org/", "Aladdin:open sesame"],
    ["ws://user@example.org/", "user:"],
    ["ws://:secret@example.org/", ":secret"],
    ["ws://a:b%3Ac@example.org/", "a:b:c"],
    ["ws://J%C3%BCrgen:\u00fc@example.org/", "J\u00fcrgen:\u00fc"],
    ["ws://a:100%25@example.org/", "a:100%"],
    ["ws://a:100%@example.org/", "a:100%"],
    ["ws://a:%zz%4@example.org/", "a:%zz%4"],
  ])("sends the credentials of %s (RFC 7617 §2)", (url, expected) => {
    const value = requestHead(headOf(url)).headers.get("authorization") ?? "";
    expect(value).toMatch(/^Basic /u);
    expect(Buffer.from(value.slice(6), "base64").toString("utf8")).toBe(expected);
  });

  test("sends the credentials of the URL beside headers that are none", () => {
    const { headers } = requestHead(headOf("ws://user@example.org/", { headers: { Cookie: "a=b" } }));
    expect([headers.has("authorization"), headers.get("cookie")]).toEqual([true, "a=b"]);
  });

  test("decodes credentials to bytes, be they UTF-8 or not", () => {
    const value = requestHead(headOf("ws://%FF%00:@example.org/")).headers.get("authorization");
    expect(Buffer.from(value?.slice(6) ?? "", "base64")).toEqual(Buffer.from([0xff, 0, 0x3a]));
  });

  test("prefers the caller's Authorization to that of the URL", () => {
    const { headers } = requestHead(
      headOf("ws://user:secret@example.org/", { headers: { authorization: "Bearer x" } }),
    );
    expect(headers.values("authorization")).toEqual(["Bearer x"]);
  });

  test.each<[title: string, options: Record<string, unknown>]>([
    ["another scheme", { url: new URL("ftp://example.org/") }],
    ["a URL that is a string", { url: "ws://example.org/" }],
    ["a fragment (RFC 6455 §3)", { url: new URL("ws://example.org/#here") }],
    ["an empty fragment (RFC 6455 §3)", { url: new URL("ws://example.org/#") }],
    ["a colon in the user name (RFC 7617 §2)", { url: new URL("ws://a%3Ab:c@example.org/") }],
    ["a subprotocol twice (RFC 6455 §4.1)", { protocols: ["a", "b", "a"] }],
    ["an empty subprotocol (RFC 6455 §4.1)", { protocols: [""] }],
    ["a subprotocol that is no token (RFC 6455 §4.1)", { protocols: ["a,b"] }],
    ["a subprotocol with a line break", { protocols: ["a\r\nb: c"] }],
    ["a subprotocol that is no string", { protocols: [1] }],
    ["malformed extensions (RFC 6455 §9.1)", { extensions: "a;;b" }],
    ["extensions with a line break", { extensions: "a\r\nb: c" }],
    ["an extension that is no token", { extensions: [{ name: "a b", params: [] }] }],
    ["an origin with a line break", { origin: "https://example.org\r\na: b" }],
    ["a header with a line break", { headers: { a: "b\r\nc: d" } }],
    ["a header without a name", { headers: { "": "b" } }],
    ["a header of another type", { headers: { a: 1 } }],
    ["the header Host", { headers: { host: "evil.example" } }],
    ["the header Origin", { headers: { Origin: "https://example.org" } }],
    ["the header Upgrade", { headers: { Upgrade: "h2c" } }],
    ["the header Connection", { headers: { connection: "close" } }],
    ["the header Sec-WebSocket-Key", { headers: { "SEC-WebSocket-Key": KEY } }],
    ["the header Sec-WebSocket-Protocol", { headers: { "Sec-WebSocket-Protocol": "a" } }],
    ["the header Content-Length", { headers: { "Content-Length": "1" } }],
    ["the header Transfer-Encoding", { headers: { "Transfer-Encoding": "chunked" } }],
    ["the header Expect", { headers: { Expect: "100-continue" } }],
  ])("refuses %s", (_title, options) => {
    const all = { url: new URL("ws://example.org/"), ...options } as RequestOptions;
    expect(() => createRequest(all)).toThrow(TypeError);
  });

  test("does not show a password in a message", () => {
    const url = new URL("ws://a%3Ab:hunter2@example.org/");
    expect(() => createRequest({ url })).toThrow(/^(?!.*hunter2).*$/u);
  });
});
