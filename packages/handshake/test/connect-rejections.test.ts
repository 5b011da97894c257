import { http2ResponseHeaders } from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { type Change, connectHead } from "./connect-heads.ts";
import { rejected } from "./heads.ts";

type Row = readonly [title: string, change: Change];

/** Requests that are wrong in one place: what they are answered with, and the sections that say so. */
const REJECTED: readonly [title: string, change: Change, status: number, code: string][] = [
  ...rows("METHOD_NOT_ALLOWED", 405, "RFC 8441 §5", [
    ["the method GET", { ":method": "GET" }],
    ["the method connect", { ":method": "connect" }],
    ["no method", { ":method": undefined }],
  ]),
  ...rows("MISSING_CONNECT_PROTOCOL", 400, "RFC 8441 §5", [
    ["a CONNECT without :protocol", { ":protocol": undefined }],
    ["an empty :protocol", { ":protocol": "" }],
  ]),
  ...rows("UNSUPPORTED_CONNECT_PROTOCOL", 501, "RFC 9220 §3", [
    ["the :protocol connect-udp", { ":protocol": "connect-udp" }],
    ["a longer :protocol", { ":protocol": "websockets" }],
    ["two protocols", { ":protocol": "websocket, h2c" }],
    ["a :protocol with a version", { ":protocol": "websocket/13" }],
    ["a :protocol named like a method", { ":protocol": "toString" }],
  ]),
  ...rows("MALFORMED_SCHEME", 400, "RFC 8441 §5", [
    ["no :scheme", { ":scheme": undefined }],
    ["the scheme wss", { ":scheme": "wss" }],
    ["the scheme ftp", { ":scheme": "ftp" }],
    ["a scheme with its colon", { ":scheme": "https:" }],
  ]),
  ...rows("MALFORMED_TARGET", 400, "RFC 8441 §4", [
    ["no :path", { ":path": undefined }],
    ["an empty :path", { ":path": "" }],
    ["the path *", { ":path": "*" }],
    ["a path without a slash", { ":path": "chat" }],
    ["a whole URI as path", { ":path": "https://server.example.com/chat" }],
    ["a path with a fragment", { ":path": "/chat#here" }],
    ["a path with a space", { ":path": "/a b" }],
    ["a path with a line break", { ":path": "/a\r\nx: y" }],
    ["a path with a byte beyond ASCII", { ":path": "/\u00e9" }],
  ]),
  ...rows("MISSING_AUTHORITY", 400, "RFC 8441 §5", [
    ["no :authority", { ":authority": undefined }],
    ["an empty :authority", { ":authority": "" }],
    ["a Host instead of :authority", { ":authority": undefined, host: "server.example.com" }],
  ]),
  ...rows(
    "MALFORMED_AUTHORITY",
    400,
    "RFC 9113 §8.3.1",
    [
      "a b",
      "a/b",
      "user@a",
      "user:secret@a",
      "a?b",
      "a#b",
      "a:b",
      "a:70000",
      "[::1",
      "a,b",
      "\u00e9",
      ":80",
    ].map((authority) => [`the authority ${JSON.stringify(authority)}`, { ":authority": authority }]),
  ),
  ...rows("DIFFERENT_HOST", 400, "RFC 9113 §8.3.1", [
    ["another Host", { host: "evil.example" }],
    ["a Host with the default port of the other scheme", { host: "server.example.com:80" }],
    ["another Host, for ws", { ":scheme": "http", host: "evil.example" }],
    ["a Host with another port", { host: "server.example.com:8443" }],
    ["a Host that is none", { host: "" }],
    ["two Hosts", { host: ["server.example.com", "evil.example"] }],
  ]),
  ...rows("CONNECTION_FIELD", 400, "RFC 9113 §8.2.2", [
    ["Connection", { connection: "keep-alive" }],
    ["Upgrade", { upgrade: "websocket" }],
    ["Keep-Alive", { "keep-alive": "timeout=5" }],
    ["Proxy-Connection", { "proxy-connection": "keep-alive" }],
    ["Transfer-Encoding", { "transfer-encoding": "chunked" }],
    ["an empty Connection", { connection: "" }],
    ["TE other than trailers", { te: "gzip" }],
    ["TE with more than trailers", { te: "trailers, gzip" }],
    ["an empty TE", { te: "" }],
  ]),
  ...rows("UNEXPECTED_BODY", 400, "RFC 9110 §9.3.6", [
    ["a length", { "content-length": "5" }],
    ["a length of zero", { "content-length": "0" }],
  ]),
  ...rows("MISSING_VERSION", 400, "RFC 8441 §5", [["no version", { "sec-websocket-version": undefined }]]),
  ...rows("DUPLICATE_VERSION", 400, "RFC 8441 §5", [
    ["two versions", { "sec-websocket-version": ["13", "8"] }],
  ]),
  ...rows("MALFORMED_VERSION", 400, "RFC 8441 §5", [
    ["two versions in one line", { "sec-websocket-version": "13, 8" }],
    ["the version 013", { "sec-websocket-version": "013" }],
  ]),
  ...rows("UNSUPPORTED_VERSION", 400, "RFC 8441 §5", [
    ["the version 8", { "sec-websocket-version": "8" }],
    ["the version 14", { "sec-websocket-version": "14" }],
  ]),
  ...rows("FOREIGN_ORIGIN", 403, "RFC 6455 §10.2", [["another origin", { origin: "https://evil.example" }]]),
  ...rows("DUPLICATE_ORIGIN", 403, "RFC 6454 §7.3", [
    ["two origins", { origin: ["https://server.example.com", "https://evil.example"] }],
  ]),
  ...rows("MALFORMED_PROTOCOL", 400, "RFC 6455 §4.1", [
    ["subprotocols that are no tokens", { "sec-websocket-protocol": "a b" }],
  ]),
  ...rows("DUPLICATE_PROTOCOL", 400, "RFC 6455 §4.1", [
    ["a subprotocol twice", { "sec-websocket-protocol": "a, a" }],
  ]),
  ...rows("MALFORMED_EXTENSIONS", 400, "RFC 6455 §9.1", [
    ["malformed extensions", { "sec-websocket-extensions": "a;;b" }],
  ]),
];

function rows(
  code: string,
  status: number,
  section: string,
  changes: readonly Row[],
): [string, Change, number, string][] {
  return changes.map(([title, change]) => [`${title} (${section})`, change, status, code]);
}

describe("accept over HTTP/2 rejects", () => {
  test.each(REJECTED)("%s", (_title, change, status, code) => {
    const result = rejected(connectHead(change));
    expect(result).toMatchObject({ status, code });
    expect(result.message).toMatch(/^Cannot accept handshake: /u);
    expect(http2ResponseHeaders(result)).toMatchObject({ ":status": status });
  });

  test("another method with the one that is allowed (RFC 9110 §15.5.6)", () => {
    expect(rejected(connectHead({ ":method": "POST" })).headers).toEqual([["Allow", "CONNECT"]]);
  });

  test.each(["8", "013", undefined, ["13", "13"]])(
    "the version %j by telling its own, without Upgrade (RFC 6455 §4.4)",
    (version) => {
      const { headers } = rejected(connectHead({ "sec-websocket-version": version }));
      expect(headers).toEqual([["Sec-WebSocket-Version", "13"]]);
    },
  );

  test("by the first rule that is broken, before any option is asked", () => {
    const protocols = vi.fn<() => undefined>();
    const change = { ":protocol": "connect-udp", ":scheme": "ftp", "sec-websocket-version": "8" };
    expect(rejected(connectHead(change), { protocols }).code).toBe("UNSUPPORTED_CONNECT_PROTOCOL");
    expect(protocols).not.toHaveBeenCalled();
  });

  test.each<[change: Change, sentence: string]>([
    [{ ":method": "GET" }, 'the method is "GET", not CONNECT'],
    [{ ":protocol": undefined }, "the :protocol pseudo-header field is missing"],
    [{ ":protocol": "h2c" }, 'the :protocol is "h2c", not "websocket"'],
    [{ ":scheme": "ftp" }, 'the :scheme is "ftp", not http or https'],
    [{ ":path": "*" }, 'the :path "*" is not a path'],
    [{ ":authority": undefined }, "the :authority pseudo-header field is missing"],
    [{ ":authority": "a b" }, 'the :authority is "a b"'],
    [{ host: "evil.example" }, 'the Host header is "evil.example", not the :authority'],
    [{ upgrade: "websocket" }, 'the header "upgrade" has no place in HTTP/2'],
    [{ te: "gzip" }, 'the header "te" has no place in HTTP/2'],
    [{ "content-length": "0" }, "the request announces a body"],
  ])("%j, saying why", (change, sentence) => {
    expect(rejected(connectHead(change)).message).toBe(`Cannot accept handshake: ${sentence}`);
  });

  test("with what the peer sent quoted, cut and never as a line of its own", () => {
    const { message } = rejected(connectHead({ ":protocol": `x\r\n${"y".repeat(5000)}` }));
    expect(message.length).toBeLessThan(200);
    expect(message).not.toContain("\n");
  });
});
