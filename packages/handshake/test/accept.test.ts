import { accept, createAcceptor, encodeResponse, type AcceptOptions } from "@ws/handshake";
import { describe, expect, test } from "vitest";
import { ACCEPT, accepted, latin1, REQUEST_LINES, requestHead, text, vary } from "./heads.ts";

const EXAMPLE = requestHead(text(REQUEST_LINES));

describe("accept", () => {
  test("accepts the example (RFC 6455 §1.3)", () => {
    expect(accept(EXAMPLE)).toEqual({
      accepted: true,
      status: 101,
      headers: [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Accept", ACCEPT],
      ],
      protocol: "",
      extensions: [],
      agreed: undefined,
    });
  });

  test("encodes as a 101 (RFC 6455 §4.2.2)", () => {
    expect(latin1(encodeResponse(accept(EXAMPLE)))).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    );
  });

  test.each<[title: string, change: Record<string, string | string[]>]>([
    ["Upgrade in another case", { Upgrade: "WebSocket" }],
    ["Upgrade among others", { Upgrade: "HTTP/3.0, websocket" }],
    ["Upgrade over two lines", { Upgrade: ["HTTP/3.0", "websocket"] }],
    ["Connection as Firefox sends it", { Connection: "keep-alive, Upgrade" }],
    ["Connection in lower case over two lines", { Connection: ["keep-alive", "upgrade"] }],
    ["Connection with empty elements", { Connection: ",, upgrade ,\t," }],
    ["a body of no length", { "Content-Length": "0" }],
    ["a Host with a port", { Host: "server.example.com:8080" }],
    ["a Host that is an IPv6 address", { Host: "[::1]:8080" }],
    ["a Host that is a container's name", { Host: "my_service-1" }],
    ["unknown fields", { "X-Unknown": "?", Cookie: "a=b; c=d" }],
    ["fields named like parts of an object", { __proto__x: "1", constructor: "2", toString: "3" }],
  ])("takes a request with %s (RFC 6455 §4.2.1)", (_title, change) => {
    expect(accept(requestHead(vary(REQUEST_LINES, change)))).toMatchObject({ accepted: true });
  });

  test.each(["/", "/chat?room=1&x=%00", "//chat", "http://server.example.com/chat", "HTTPS://[::1]:9/"])(
    "takes the target %s (RFC 6455 §4.2.1)",
    (target) => {
      const request = requestHead(text([`GET ${target} HTTP/1.1`, ...REQUEST_LINES.slice(1)]));
      expect(accept(request)).toMatchObject({ accepted: true });
    },
  );

  test("takes HTTP/1.1 and what may come behind it (RFC 6455 §4.2.1)", () => {
    expect(accept({ ...EXAMPLE, httpVersion: "1.2" })).toMatchObject({ accepted: true });
  });

  test("adds the caller's headers behind its own", () => {
    const headers: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ];
    expect(accepted(EXAMPLE, { headers }).headers.slice(3)).toEqual(headers);
    expect(accepted(EXAMPLE, { headers: new Headers({ "x-a": "1" }) }).headers.slice(3)).toEqual([
      ["x-a", "1"],
    ]);
    expect(accepted(EXAMPLE, { headers: { Server: "caf\u00e9" } }).headers.slice(3)).toEqual([
      ["Server", "caf\u00e9"],
    ]);
  });

  test.each<[title: string, headers: unknown]>([
    ["a line break in a value", { a: "b\r\nc: d" }],
    ["a bare LF in a value", { a: "b\nc: d" }],
    ["NUL in a value", { a: "b\0" }],
    ["a value beyond one byte per character", { a: "\u20ac" }],
    ["a value that is a number", { a: 1 }],
    ["a value that is a list", { a: ["b", "c"] }],
    ["a name with a line break", { "a\r\nb": "c" }],
    ["a name with a colon", { "a:": "c" }],
    ["an empty name", { "": "c" }],
    ["a name that is no string", [[1, "c"]]],
    ["Upgrade", { upgrade: "h2c" }],
    ["Connection", { Connection: "close" }],
    ["Sec-WebSocket-Accept", { "Sec-WebSocket-Accept": "x" }],
    ["Sec-WebSocket-Protocol", [["sec-websocket-protocol", "x"]]],
    ["Content-Length", { "content-length": "0" }],
    ["Transfer-Encoding", { "Transfer-Encoding": "chunked" }],
  ])("refuses headers with %s, at once", (_title, headers) => {
    const options = { headers } as AcceptOptions;
    expect(() => createAcceptor(options)).toThrow(TypeError);
    expect(() => accept(EXAMPLE, options)).toThrow(TypeError);
  });
});
