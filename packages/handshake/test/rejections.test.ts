import { encodeResponse } from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { KEY, latin1, rejected, REQUEST_LINES, requestHead, text, vary } from "./heads.ts";

const EXAMPLE = requestHead(text(REQUEST_LINES));

/** Requests that are wrong in one place: the lines, what they are answered with, and why. */
const REJECTED: readonly [title: string, request: string, status: number, code: string][] = [
  ...["POST", "HEAD", "OPTIONS", "CONNECT", "get", "GE"].map((method): [string, string, number, string] => [
    `the method ${method} (RFC 6455 §4.1)`,
    text([`${method} /chat HTTP/1.1`, ...REQUEST_LINES.slice(1)]),
    405,
    "METHOD_NOT_ALLOWED",
  ]),
  [
    "HTTP/1.0 (RFC 6455 §4.2.1)",
    text(["GET /chat HTTP/1.0", ...REQUEST_LINES.slice(1)]),
    400,
    "UNSUPPORTED_HTTP_VERSION",
  ],
  ...[
    "*",
    "chat",
    "ftp://a/",
    "ws://a/",
    "http://",
    "http:/a",
    "http://a:b/",
    "/chat#here",
    "http://a/#",
  ].map((target): [string, string, number, string] => [
    `the target ${target} (RFC 6455 §3)`,
    text([`GET ${target} HTTP/1.1`, ...REQUEST_LINES.slice(1)]),
    400,
    "MALFORMED_TARGET",
  ]),
  ...rows("MISSING_HOST", 400, "RFC 9112 §3.2", [["no Host", { Host: undefined }]]),
  ...rows("DUPLICATE_HOST", 400, "RFC 9112 §3.2", [
    ["two Hosts", { Host: ["server.example.com", "evil.example"] }],
    ["the same Host twice", { Host: ["server.example.com", "server.example.com"] }],
  ]),
  ...rows(
    "MALFORMED_HOST",
    400,
    "RFC 9112 §3.2",
    [
      "",
      "a b",
      "a/b",
      "a@b",
      "a?b",
      "a#b",
      "a\\b",
      "a:b",
      "a:70000",
      "[::1",
      "a,b",
      "%61",
      "\u00e9",
      ":80",
    ].map((host) => [`the Host ${JSON.stringify(host)}`, { Host: host }]),
  ),
  ...rows("UNEXPECTED_BODY", 400, "RFC 9112 §6", [
    ["a body", { "Content-Length": "5" }],
    ["a length that is no number", { "Content-Length": "+0" }],
    ["two lengths", { "Content-Length": ["0", "5"] }],
    ["two lengths in one line", { "Content-Length": "0, 0" }],
    ["chunks", { "Transfer-Encoding": "chunked" }],
    ["an empty Transfer-Encoding", { "Transfer-Encoding": "" }],
  ]),
  ...rows("UPGRADE_REQUIRED", 426, "RFC 6455 §4.2.1", [
    ["no Upgrade", { Upgrade: undefined }],
    ["an empty Upgrade", { Upgrade: "" }],
    ["another Upgrade", { Upgrade: "h2c" }],
    ["a longer Upgrade", { Upgrade: "websockets" }],
    ["an Upgrade with a version", { Upgrade: "websocket/13" }],
    ["an Upgrade in quotes", { Upgrade: '"websocket"' }],
    ["an Upgrade without a comma", { Upgrade: "h2c websocket" }],
    ["an Upgrade with another kind of space", { Upgrade: "\u00a0websocket" }],
  ]),
  ...rows("MISSING_CONNECTION_UPGRADE", 400, "RFC 6455 §4.2.1", [
    ["no Connection", { Connection: undefined }],
    ["another Connection", { Connection: "keep-alive" }],
    ["a Connection that only looks like it", { Connection: "upgrade-insecure" }],
    ["a Connection without a comma", { Connection: "keep-alive Upgrade" }],
  ]),
  ...rows("MISSING_VERSION", 400, "RFC 6455 §4.2.1", [
    ["no version", { "Sec-WebSocket-Version": undefined }],
  ]),
  ...rows("DUPLICATE_VERSION", 400, "RFC 6455 §11.3.5", [
    ["two versions", { "Sec-WebSocket-Version": ["13", "8"] }],
    ["the same version twice", { "Sec-WebSocket-Version": ["13", "13"] }],
  ]),
  ...rows(
    "MALFORMED_VERSION",
    400,
    "RFC 6455 §4.3",
    ["", "13, 8", "013", "00", "256", "1300", "-13", "+13", "13.0", "0x0d", "1e1", "thirteen"].map(
      (version) => [`the version ${JSON.stringify(version)}`, { "Sec-WebSocket-Version": version }],
    ),
  ),
  ...rows(
    "UNSUPPORTED_VERSION",
    426,
    "RFC 6455 §4.4",
    ["0", "7", "8", "12", "14", "25", "255"].map((version) => [
      `the version ${version}`,
      { "Sec-WebSocket-Version": version },
    ]),
  ),
  ...rows("MISSING_KEY", 400, "RFC 6455 §4.2.1", [["no key", { "Sec-WebSocket-Key": undefined }]]),
  ...rows("DUPLICATE_KEY", 400, "RFC 6455 §11.3.1", [
    ["two keys", { "Sec-WebSocket-Key": [KEY, KEY.toLowerCase()] }],
    ["the same key twice", { "Sec-WebSocket-Key": [KEY, KEY] }],
  ]),
  ...rows("MALFORMED_KEY", 400, "RFC 6455 §4.2.1", [
    ["an empty key", { "Sec-WebSocket-Key": "" }],
    ["a short key", { "Sec-WebSocket-Key": "dGhlIHNhbXBsZQ==" }],
    ["a long key", { "Sec-WebSocket-Key": `AAAA${KEY}` }],
  ]),
  ...rows("FOREIGN_ORIGIN", 403, "RFC 6455 §10.2", [
    ["another origin", { Origin: "http://evil.example" }],
    ["an opaque origin", { Origin: "null" }],
    ["an empty origin", { Origin: "" }],
  ]),
  ...rows("DUPLICATE_ORIGIN", 403, "RFC 6454 §7.3", [
    ["two origins", { Origin: ["http://server.example.com", "http://evil.example"] }],
    ["the same origin twice", { Origin: ["http://server.example.com", "http://server.example.com"] }],
  ]),
  ...rows(
    "MALFORMED_PROTOCOL",
    400,
    "RFC 6455 §4.1",
    ["", ",", " , ,", "a b", "a;b", "a/b", '"a"', "a,b c", "\u00e9", "a, ;"].map((value) => [
      `the subprotocols ${JSON.stringify(value)}`,
      { "Sec-WebSocket-Protocol": value },
    ]),
  ),
  ...rows("DUPLICATE_PROTOCOL", 400, "RFC 6455 §4.1", [
    ["a subprotocol twice", { "Sec-WebSocket-Protocol": "a, b, a" }],
    ["a subprotocol twice over two lines", { "Sec-WebSocket-Protocol": ["a", "a"] }],
  ]),
  ...rows(
    "MALFORMED_EXTENSIONS",
    400,
    "RFC 6455 §9.1",
    ["", ",", "a b", "a;", "a;;b", ";a", "a; b=", 'a; b="c d"', 'a; b="', "a, =", "a=b", "\u00e9"].map(
      (value) => [`the extensions ${JSON.stringify(value)}`, { "Sec-WebSocket-Extensions": value }],
    ),
  ),
];

function rows(
  code: string,
  status: number,
  section: string,
  changes: readonly (readonly [title: string, change: Record<string, string | string[] | undefined>])[],
): [string, string, number, string][] {
  return changes.map(([title, change]) => [
    `${title} (${section})`,
    vary(REQUEST_LINES, change),
    status,
    code,
  ]);
}

describe("accept rejects", () => {
  test.each(REJECTED)("%s", (_title, request, status, code) => {
    const result = rejected(requestHead(request));
    expect(result).toMatchObject({ status, code });
    expect(result.message).toMatch(/^Cannot accept handshake: /u);
    expect(latin1(encodeResponse(result))).toContain(`HTTP/1.1 ${status} `);
  });

  test("another major version of HTTP with 505 (RFC 9110 §15.6.6)", () => {
    for (const httpVersion of ["3.0", "2", "0.9"]) {
      expect(rejected({ ...EXAMPLE, httpVersion })).toMatchObject({
        status: 505,
        code: "UNSUPPORTED_HTTP_VERSION",
      });
    }
  });

  test("without headers, where the status calls for none", () => {
    expect(rejected(requestHead(vary(REQUEST_LINES, { Host: undefined }))).headers).toEqual([]);
  });

  test("another method with the one that is allowed (RFC 9110 §15.5.6)", () => {
    expect(rejected({ ...EXAMPLE, method: "POST" }).headers).toEqual([["Allow", "GET"]]);
  });

  test("a request without Upgrade by telling what to upgrade to (RFC 9110 §15.5.22)", () => {
    expect(rejected(requestHead(vary(REQUEST_LINES, { Upgrade: undefined }))).headers).toEqual([
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Version", "13"],
    ]);
  });

  test.each(["12", "013", undefined, ["13", "13"]])(
    "the version %j by telling its own (RFC 6455 §4.4)",
    (version) => {
      const request = requestHead(vary(REQUEST_LINES, { "Sec-WebSocket-Version": version }));
      expect(rejected(request).headers).toContainEqual(["Sec-WebSocket-Version", "13"]);
    },
  );

  test("by the first rule that is broken, before any option is asked", () => {
    const protocols = vi.fn<() => undefined>();
    const request = requestHead(vary(REQUEST_LINES, { Upgrade: undefined, "Sec-WebSocket-Protocol": "a" }));
    expect(rejected(request, { protocols }).code).toBe("UPGRADE_REQUIRED");
    expect(protocols).not.toHaveBeenCalled();
  });

  test("with what the peer sent quoted, cut and never as a line of its own", () => {
    const request = requestHead(vary(REQUEST_LINES, { Origin: `http://${"e".repeat(5000)}` }));
    const { message } = rejected(request);
    expect(message.length).toBeLessThan(200);
    expect(message).toContain("… (5007 characters)");
  });
});
