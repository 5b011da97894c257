import { createConnectRequest } from "@ws/handshake";
import { describe, expect, test } from "vitest";

const url = new URL("wss://server.example.com/chat?room=1");

describe("createConnectRequest", () => {
  test("writes what the example has (RFC 8441 §5.1)", () => {
    const request = createConnectRequest({
      url: new URL("wss://server.example.com/chat"),
      protocols: ["chat", "superchat"],
      extensions: "permessage-deflate",
      origin: "http://www.example.com",
    });
    expect(Object.entries(request.headers)).toEqual([
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/chat"],
      [":authority", "server.example.com"],
      ["sec-websocket-version", "13"],
      ["origin", "http://www.example.com"],
      ["sec-websocket-protocol", "chat, superchat"],
      ["sec-websocket-extensions", "permessage-deflate"],
    ]);
    expect(request.protocols).toEqual(["chat", "superchat"]);
    expect(request.extensions).toEqual([{ name: "permessage-deflate", params: [] }]);
  });

  test.each([
    ["wss://a/", "https"],
    ["https://a/", "https"],
    ["ws://a/", "http"],
    ["http://a/", "http"],
  ])("asks %s for the scheme %s (RFC 8441 §5)", (from, scheme) => {
    expect(createConnectRequest({ url: new URL(from) }).headers[":scheme"]).toBe(scheme);
  });

  test.each([
    ["ws://a", "/", "a"],
    ["ws://a?b=c", "/?b=c", "a"],
    ["ws://A.example:80/b/c?d=%20", "/b/c?d=%20", "a.example"],
    ["wss://[::1]:8443/", "/", "[::1]:8443"],
    ["wss://user:secret@a/", "/", "a"],
  ])(
    "puts path and query of %s into :path, host and port into :authority (RFC 8441 §4)",
    (from, path, host) => {
      const { headers } = createConnectRequest({ url: new URL(from) });
      expect(headers).toMatchObject({ ":path": path, ":authority": host });
    },
  );

  test("has no Connection, Upgrade, Host or Sec-WebSocket-Key (RFC 8441 §5)", () => {
    const { headers } = createConnectRequest({ url, headers: { Cookie: "a=b" } });
    for (const name of ["connection", "upgrade", "host", "sec-websocket-key"]) {
      expect(Object.keys(headers).map((key) => key.toLowerCase())).not.toContain(name);
    }
  });

  test("writes every name in lower case, and repeated fields as a list (RFC 8441 §5)", () => {
    const { headers } = createConnectRequest({
      url,
      headers: [
        ["X-A", "1"],
        ["x-a", "2"],
        ["X-A", "3"],
        ["User-Agent", "test"],
      ],
    });
    expect(headers).toMatchObject({ "x-a": ["1", "2", "3"], "user-agent": "test" });
    for (const name of Object.keys(headers)) expect(name).toBe(name.toLowerCase());
  });

  test("keeps headers named like properties of Object.prototype as headers", () => {
    const { headers } = createConnectRequest({
      url,
      headers: [
        ["__proto__", "1"],
        ["constructor", "2"],
        ["toString", "3"],
      ],
    });
    expect(Object.getPrototypeOf(headers)).toBeNull();
    expect(Object.entries(headers).slice(-3)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
      ["tostring", "3"],
    ]);
  });

  test("turns user and password of the URL into Authorization, unless the caller has one", () => {
    const from = new URL("wss://user:p%40ss@a/");
    const basic = `Basic ${Buffer.from("user:p@ss").toString("base64")}`;
    expect(createConnectRequest({ url: from }).headers["authorization"]).toBe(basic);
    const own = createConnectRequest({ url: from, headers: { Authorization: "Bearer x" } });
    expect(own.headers["authorization"]).toBe("Bearer x");
  });

  test("says what is wrong with what only looks like a URL", () => {
    const like = { ...{ protocol: "ws:", href: "", hash: "", username: "", password: "" }, search: "" };
    expect(() => createConnectRequest({ url: { ...like, host: "a b", pathname: "/" } as URL })).toThrow(
      new TypeError('Cannot create request: "a b" and "/" are not a host and a path'),
    );
  });

  test.each<[title: string, options: Record<string, unknown>]>([
    ["another scheme", { url: new URL("ftp://a/") }],
    ["a fragment (RFC 6455 §3)", { url: new URL("ws://a/#here") }],
    ["a subprotocol twice (RFC 6455 §4.1)", { protocols: ["a", "a"] }],
    ["malformed extensions (RFC 6455 §9.1)", { extensions: "a;;b" }],
    ["a pseudo-header field", { headers: { ":authority": "evil.example" } }],
    ["the header Host", { headers: { Host: "evil.example" } }],
    ["the header Upgrade", { headers: { Upgrade: "websocket" } }],
    ["the header Connection", { headers: { connection: "keep-alive" } }],
    ["the header TE", { headers: { te: "gzip" } }],
    ["the header Transfer-Encoding", { headers: { "Transfer-Encoding": "chunked" } }],
    ["the header Sec-WebSocket-Version", { headers: { "sec-websocket-version": "8" } }],
    ["the header Sec-WebSocket-Key", { headers: { "Sec-WebSocket-Key": "x" } }],
  ])("refuses %s", (_title, options) => {
    expect(() => createConnectRequest({ url, ...options })).toThrow(TypeError);
  });
});
