import { createRequest, verifyResponse, type ClientRequest, type Refused } from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { ACCEPT, KEY, RESPONSE_LINES, responseHead, text, vary } from "./heads.ts";

const REQUEST: ClientRequest = createRequest({
  url: new URL("ws://server.example.com/chat"),
  key: KEY,
  protocols: ["chat", "superchat"],
  extensions: "permessage-deflate; client_max_window_bits, other",
});
const BARE: ClientRequest = createRequest({ url: new URL("ws://server.example.com/chat"), key: KEY });

function refused(request: ClientRequest, response: string): Refused {
  const result = verifyResponse(request, responseHead(response));
  if (result.accepted) throw new Error("Accepted");
  return result;
}

describe("verifyResponse", () => {
  test("accepts the example (RFC 6455 §1.3)", () => {
    expect(verifyResponse(BARE, responseHead(text(RESPONSE_LINES)))).toEqual({
      accepted: true,
      protocol: "",
      extensions: [],
      agreed: undefined,
    });
  });

  test.each<[title: string, change: Record<string, string | string[]>]>([
    ["Upgrade in another case", { Upgrade: "WebSocket" }],
    ["Connection among others", { Connection: ["keep-alive, UPGRADE", "x"] }],
    ["whitespace around the accept value", { "Sec-WebSocket-Accept": `\t ${ACCEPT} \t` }],
    ["unknown fields", { Server: "x", "Set-Cookie": ["a=b", "c=d"], Date: "now" }],
  ])("takes a response with %s (RFC 6455 §4.1)", (_title, change) => {
    expect(verifyResponse(BARE, responseHead(vary(RESPONSE_LINES, change)))).toMatchObject({
      accepted: true,
    });
  });

  test("takes any reason (RFC 9112 §4)", () => {
    const response = responseHead(text(["HTTP/1.1 101 Welcome", ...RESPONSE_LINES.slice(1)]));
    expect(verifyResponse(BARE, response)).toMatchObject({ accepted: true });
  });

  test.each(["chat", "superchat"])("tells that %s was chosen (RFC 6455 §4.1)", (protocol) => {
    const response = responseHead(vary(RESPONSE_LINES, { "Sec-WebSocket-Protocol": protocol }));
    expect(verifyResponse(REQUEST, response)).toMatchObject({ accepted: true, protocol });
  });

  test("leaves it to the caller when no subprotocol was chosen (RFC 6455 §4.1)", () => {
    expect(verifyResponse(REQUEST, responseHead(text(RESPONSE_LINES)))).toMatchObject({ protocol: "" });
  });

  test("tells which extensions were accepted, also from two lines (RFC 6455 §4.2.2)", () => {
    const lines = ["other", "permessage-deflate; client_max_window_bits=10"];
    const response = responseHead(vary(RESPONSE_LINES, { "Sec-WebSocket-Extensions": lines }));
    expect(verifyResponse(REQUEST, response)).toMatchObject({
      accepted: true,
      extensions: [
        { name: "other", params: [] },
        { name: "permessage-deflate", params: [["client_max_window_bits", "10"]] },
      ],
    });
  });

  test("lets the extensions judge their parameters, and hands on what they agreed to", () => {
    const response = responseHead(
      vary(RESPONSE_LINES, { "Sec-WebSocket-Extensions": "permessage-deflate; x=1" }),
    );
    const result = verifyResponse(REQUEST, response, {
      extensions: (accepted) => ({ agreed: { name: accepted[0]?.name } }),
    });
    expect(result).toMatchObject({ accepted: true, agreed: { name: "permessage-deflate" } });

    expect(
      verifyResponse(REQUEST, response, { extensions: () => ({ refused: "x is unknown" }) }),
    ).toMatchObject({
      accepted: false,
      code: "REFUSED_EXTENSIONS",
      message: expect.stringContaining("x is unknown"),
    });
  });

  test("does not ask the extensions when none was accepted", () => {
    const extensions = vi.fn<() => { agreed: string }>(() => ({ agreed: "x" }));
    expect(verifyResponse(REQUEST, responseHead(text(RESPONSE_LINES)), { extensions })).toMatchObject({
      agreed: undefined,
    });
    expect(extensions).not.toHaveBeenCalled();
  });
});

type Row = readonly [title: string, code: string, change: Record<string, string | string[] | undefined>];

const REFUSED: readonly Row[] = [
  ["no Upgrade", "MISSING_UPGRADE", { Upgrade: undefined }],
  ["an empty Upgrade", "WRONG_UPGRADE", { Upgrade: "" }],
  ["another Upgrade", "WRONG_UPGRADE", { Upgrade: "h2c" }],
  ["an Upgrade to two protocols", "WRONG_UPGRADE", { Upgrade: "websocket, h2c" }],
  ["Upgrade twice", "WRONG_UPGRADE", { Upgrade: ["websocket", "websocket"] }],
  ["no Connection", "MISSING_CONNECTION_UPGRADE", { Connection: undefined }],
  ["another Connection", "MISSING_CONNECTION_UPGRADE", { Connection: "close" }],
  ["no accept value", "MISSING_ACCEPT", { "Sec-WebSocket-Accept": undefined }],
  ["an empty accept value", "WRONG_ACCEPT", { "Sec-WebSocket-Accept": "" }],
  ["the key as accept value", "WRONG_ACCEPT", { "Sec-WebSocket-Accept": KEY }],
  ["an accept value in another case", "WRONG_ACCEPT", { "Sec-WebSocket-Accept": ACCEPT.toLowerCase() }],
  ["an accept value with something behind", "WRONG_ACCEPT", { "Sec-WebSocket-Accept": `${ACCEPT}=` }],
  ["the accept value twice", "DUPLICATE_ACCEPT", { "Sec-WebSocket-Accept": [ACCEPT, ACCEPT] }],
  ["two accept values", "DUPLICATE_ACCEPT", { "Sec-WebSocket-Accept": ["x", ACCEPT] }],
  ["a subprotocol not offered", "UNOFFERED_PROTOCOL", { "Sec-WebSocket-Protocol": "other" }],
  ["an offered subprotocol in another case", "UNOFFERED_PROTOCOL", { "Sec-WebSocket-Protocol": "Chat" }],
  ["an empty subprotocol", "UNOFFERED_PROTOCOL", { "Sec-WebSocket-Protocol": "" }],
  ["two subprotocols in one line", "UNOFFERED_PROTOCOL", { "Sec-WebSocket-Protocol": "chat, superchat" }],
  ["two subprotocols", "DUPLICATE_PROTOCOL", { "Sec-WebSocket-Protocol": ["chat", "superchat"] }],
  ["a subprotocol twice", "DUPLICATE_PROTOCOL", { "Sec-WebSocket-Protocol": ["chat", "chat"] }],
  ["an extension not offered", "UNOFFERED_EXTENSION", { "Sec-WebSocket-Extensions": "mux" }],
  [
    "an extension not offered, at the end",
    "UNOFFERED_EXTENSION",
    { "Sec-WebSocket-Extensions": "other, mux" },
  ],
  ["an extension named like a method", "UNOFFERED_EXTENSION", { "Sec-WebSocket-Extensions": "toString" }],
  ["malformed extensions", "MALFORMED_EXTENSIONS", { "Sec-WebSocket-Extensions": "other;" }],
  ["an empty list of extensions", "MALFORMED_EXTENSIONS", { "Sec-WebSocket-Extensions": "" }],
];

describe("verifyResponse refuses", () => {
  test.each(REFUSED)("%s with %s (RFC 6455 §4.1)", (_title, code, change) => {
    const result = refused(REQUEST, vary(RESPONSE_LINES, change));
    expect(result).toMatchObject({ code, status: 101 });
    expect(result.message).toMatch(/^Cannot open WebSocket: /u);
  });

  test("any subprotocol and extension when none was offered (RFC 6455 §4.1)", () => {
    expect(refused(BARE, vary(RESPONSE_LINES, { "Sec-WebSocket-Protocol": "chat" })).code).toBe(
      "UNOFFERED_PROTOCOL",
    );
    expect(
      refused(BARE, vary(RESPONSE_LINES, { "Sec-WebSocket-Extensions": "permessage-deflate" })).code,
    ).toBe("UNOFFERED_EXTENSION");
  });

  test("an accept value for another key (RFC 6455 §4.1)", () => {
    const other = createRequest({ url: new URL("ws://server.example.com/chat") });
    expect(refused(other, text(RESPONSE_LINES)).code).toBe("WRONG_ACCEPT");
  });

  test("a 101 of HTTP/1.0 (RFC 9110 §15.2)", () => {
    const response = text(["HTTP/1.0 101 Switching Protocols", ...RESPONSE_LINES.slice(1)]);
    expect(refused(BARE, response).code).toBe("UNSUPPORTED_HTTP_VERSION");
    expect(verifyResponse(BARE, { ...responseHead(text(RESPONSE_LINES)), httpVersion: "2.0" })).toMatchObject(
      {
        code: "UNSUPPORTED_HTTP_VERSION",
      },
    );
  });

  test.each([100, 103, 200, 204, 301, 302, 400, 401, 403, 404, 407, 426, 429, 500, 503, 999])(
    "the status %i, even when everything else is right (RFC 6455 §4.1)",
    (status) => {
      const response = text([`HTTP/1.1 ${status} `, ...RESPONSE_LINES.slice(1)]);
      expect(refused(BARE, response)).toMatchObject({ code: "UNEXPECTED_STATUS", status });
    },
  );

  test("another status and keeps its headers for whoever follows it (RFC 6455 §4.1)", () => {
    const result = refused(BARE, "HTTP/1.1 307 Temporary Redirect\r\nLocation: /b\r\nRetry-After: 3\r\n\r\n");
    expect(result.headers.get("location")).toBe("/b");
    expect(result.headers.get("retry-after")).toBe("3");
    expect(result.message).toBe(
      'Cannot open WebSocket: the server answered 307 "Temporary Redirect", not 101',
    );
  });
});
