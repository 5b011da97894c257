import { accept, createAcceptor, type RequestHead } from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { type Change, connectHead } from "./connect-heads.ts";
import { accepted, KEY } from "./heads.ts";

const BARE = connectHead({
  "sec-websocket-protocol": undefined,
  "sec-websocket-extensions": undefined,
  origin: undefined,
});

describe("accept over HTTP/2", () => {
  test("accepts the example with a 200 that has no Upgrade and no Sec-WebSocket-Accept (RFC 8441 §5)", () => {
    expect(accept(connectHead(), { protocols: ["chat"] })).toEqual({
      accepted: true,
      status: 200,
      headers: [["Sec-WebSocket-Protocol", "chat"]],
      protocol: "chat",
      extensions: [],
      agreed: undefined,
    });
  });

  test("accepts a request that has nothing but what is needed (RFC 8441 §5)", () => {
    expect(accept(BARE)).toMatchObject({ accepted: true, status: 200, headers: [] });
  });

  test.each<[title: string, change: Change]>([
    ["a :protocol in another case", { ":protocol": "WebSocket" }],
    ["the scheme http, for ws", { ":scheme": "http", origin: "http://server.example.com" }],
    ["a scheme in another case", { ":scheme": "HTTPS" }],
    ["a path with a query", { ":path": "/chat?room=1&x=%00" }],
    ["an authority with a port", { ":authority": "server.example.com:8443", origin: undefined }],
    ["an authority that is an IPv6 address", { ":authority": "[::1]:8443", origin: undefined }],
    ["a Host that is the authority", { host: "Server.Example.com:443" }],
    ["a Host that is the authority, for ws", { ":scheme": "HTTP", host: "server.example.com:80" }],
    ["TE: trailers", { te: "trailers" }],
    ["TE: trailers in another case and twice", { te: ["Trailers", " trailers"] }],
    ["fields named like parts of an object", { constructor: "2", toString: "3" }],
  ])("takes a request with %s (RFC 8441 §5)", (_title, change) => {
    expect(accept(connectHead(change))).toMatchObject({ accepted: true, status: 200 });
  });

  test.each<[title: string, key: string | string[]]>([
    ["a key", KEY],
    ["a key that is none", "?"],
    ["two keys", [KEY, KEY]],
  ])("ignores %s: there is nothing to prove (RFC 8441 §5)", (_title, key) => {
    const result = accepted(connectHead({ "sec-websocket-key": key }));
    expect(result.headers).toEqual([]);
  });

  test.each(["server.example.com", "other.example:22", "127.0.0.1:25"])(
    "takes any :authority for a name of its own, and asks nobody there (RFC 8441 §4): %s",
    (authority) => {
      expect(accept(connectHead({ ":authority": authority, origin: undefined }))).toMatchObject({
        accepted: true,
        status: 200,
      });
    },
  );

  test("negotiates extensions as over HTTP/1.1, and adds the caller's headers (RFC 8441 §5)", () => {
    const result = accepted(connectHead(), {
      extensions: (offers) => ({ extensions: offers, agreed: offers.length }),
      headers: [["Set-Cookie", "a=1"]],
    });
    expect(result.agreed).toBe(1);
    expect(result.headers).toEqual([
      ["Sec-WebSocket-Extensions", "permessage-deflate"],
      ["Set-Cookie", "a=1"],
    ]);
  });

  test("gives the functions among its options the request with its :protocol", () => {
    const origin = vi.fn<(text: string, request: RequestHead) => boolean>(() => true);
    const request = connectHead();
    accepted(request, { origin });
    expect(origin).toHaveBeenCalledExactlyOnceWith("https://server.example.com", request);
  });

  test("judges requests of both versions by one acceptor", () => {
    const acceptor = createAcceptor();
    expect(acceptor(BARE)).toMatchObject({ accepted: true, status: 200 });
    const { extended: _extended, ...plain } = { ...BARE, method: "GET", httpVersion: "1.1" };
    expect(acceptor(plain)).toMatchObject({ accepted: false, code: "MISSING_HOST" });
  });

  test("does not take :protocol of a request over HTTP/1.1 for more than nothing", () => {
    expect(accept({ ...BARE, httpVersion: "1.1" })).toMatchObject({
      status: 405,
      code: "METHOD_NOT_ALLOWED",
    });
  });
});

describe("same origin over HTTP/2 › is compared with :authority (RFC 8441 §5)", () => {
  test.each<[origin: string, authority: string]>([
    ["https://server.example.com", "server.example.com"],
    ["https://server.example.com", "Server.Example.com:443"],
    ["http://server.example.com:8443", "server.example.com:8443"],
    ["http://[::1]:8080", "[::1]:8080"],
  ])("%s may connect to %s", (origin, authority) => {
    expect(accept(connectHead({ origin, ":authority": authority }))).toMatchObject({ accepted: true });
  });

  test.each<[origin: string, authority: string]>([
    ["https://evil.example", "server.example.com"],
    ["https://server.example.com:8443", "server.example.com"],
    ["null", "server.example.com"],
    ["https://server.example.com, https://evil.example", "server.example.com"],
  ])("%s may not connect to %s", (origin, authority) => {
    expect(accept(connectHead({ origin, ":authority": authority }))).toMatchObject({
      status: 403,
      code: "FOREIGN_ORIGIN",
    });
  });

  test("and not with a Host that a proxy left behind", () => {
    const request = connectHead({ origin: "https://evil.example", host: "evil.example" });
    expect(accept(request)).toMatchObject({ accepted: false, code: "DIFFERENT_HOST" });
  });
});
