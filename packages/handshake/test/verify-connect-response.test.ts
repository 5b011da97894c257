import { createConnectRequest, verifyConnectResponse, type Refused, type ResponseHead } from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { connectResponse } from "./connect-heads.ts";
import { ACCEPT, KEY } from "./heads.ts";

const REQUEST = createConnectRequest({
  url: new URL("wss://server.example.com/chat"),
  protocols: ["chat", "superchat"],
  extensions: "permessage-deflate; client_max_window_bits, other",
});

function refused(response: ResponseHead): Refused {
  const result = verifyConnectResponse(REQUEST, response);
  if (result.accepted) throw new Error("Accepted");
  return result;
}

describe("verifyConnectResponse", () => {
  test("accepts the example (RFC 8441 §5.1)", () => {
    expect(
      verifyConnectResponse(REQUEST, connectResponse(200, { "sec-websocket-protocol": "chat" })),
    ).toEqual({ accepted: true, protocol: "chat", extensions: [], agreed: undefined });
  });

  test.each([200, 201, 204, 299])("takes the status %i (RFC 9110 §9.3.6)", (status) => {
    expect(verifyConnectResponse(REQUEST, connectResponse(status))).toMatchObject({ accepted: true });
  });

  test.each([
    ["the right accept value", { "sec-websocket-accept": ACCEPT }],
    ["a wrong accept value", { "sec-websocket-accept": "x" }],
    ["two accept values", { "sec-websocket-accept": ["x", ACCEPT] }],
    ["a key", { "sec-websocket-key": KEY }],
  ])("ignores %s: nothing was asked (RFC 8441 §5)", (_title, fields) => {
    expect(verifyConnectResponse(REQUEST, connectResponse(200, fields))).toMatchObject({ accepted: true });
  });

  test("ignores a length: what follows is a tunnel (RFC 9110 §9.3.6)", () => {
    const response = connectResponse(200, { "content-length": "5" });
    expect(verifyConnectResponse(REQUEST, response)).toMatchObject({ accepted: true });
  });

  test("lets the extensions judge their parameters, and hands on what they agreed to", () => {
    const response = connectResponse(200, { "sec-websocket-extensions": "permessage-deflate; x=1" });
    const extensions = vi.fn<(list: readonly { name: string }[]) => { agreed: string }>((list) => ({
      agreed: list.map(({ name }) => name).join(),
    }));
    expect(verifyConnectResponse(REQUEST, response, { extensions })).toMatchObject({
      accepted: true,
      extensions: [{ name: "permessage-deflate", params: [["x", "1"]] }],
      agreed: "permessage-deflate",
    });
    expect(
      verifyConnectResponse(REQUEST, response, { extensions: () => ({ refused: "x is unknown" }) }),
    ).toMatchObject({ accepted: false, code: "REFUSED_EXTENSIONS" });
  });
});

describe("verifyConnectResponse refuses", () => {
  test("a field of HTTP/1.1, saying which", () => {
    const { message } = refused(connectResponse(200, { upgrade: "websocket" }));
    expect(message).toBe('Cannot open WebSocket: the header "upgrade" has no place in HTTP/2');
  });

  test.each([101, 300, 301, 401, 403, 404, 421, 500, 503])("the status %i (RFC 9110 §9.3.6)", (status) => {
    const result = refused(connectResponse(status, { "retry-after": "5" }));
    expect(result).toMatchObject({ code: "UNEXPECTED_STATUS", status });
    expect(result.message).toBe(`Cannot open WebSocket: the server answered ${status}, not 200`);
    expect(result.headers.get("retry-after")).toBe("5");
  });

  test.each<[title: string, code: string, fields: Record<string, string | string[]>]>([
    ["Upgrade (RFC 9113 §8.2.2)", "CONNECTION_FIELD", { upgrade: "websocket" }],
    ["Connection (RFC 9113 §8.2.2)", "CONNECTION_FIELD", { connection: "Upgrade" }],
    ["Transfer-Encoding (RFC 9113 §8.2.2)", "CONNECTION_FIELD", { "transfer-encoding": "chunked" }],
    ["a subprotocol not offered (RFC 8441 §5)", "UNOFFERED_PROTOCOL", { "sec-websocket-protocol": "x" }],
    ["two subprotocols (RFC 8441 §5)", "DUPLICATE_PROTOCOL", { "sec-websocket-protocol": ["chat", "chat"] }],
    ["an extension not offered (RFC 8441 §5)", "UNOFFERED_EXTENSION", { "sec-websocket-extensions": "mux" }],
    ["malformed extensions (RFC 8441 §5)", "MALFORMED_EXTENSIONS", { "sec-websocket-extensions": "other;" }],
  ])("%s", (_title, code, fields) => {
    expect(refused(connectResponse(200, fields))).toMatchObject({ code, status: 200 });
  });
});
