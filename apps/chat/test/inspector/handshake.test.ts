// The verdicts on handshakes, and the steps to the accept key.
import { describe, expect, it } from "vitest";
import type { HandshakeRecord } from "../../src/shared/inspector.ts";
import { acceptKeySteps } from "../../src/web/inspector/model/accept-key.ts";
import { judgeHandshake } from "../../src/web/inspector/model/handshake-verdicts.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function record(
  request: Record<string, string>,
  response: Record<string, string> = {},
  method = "GET",
): HandshakeRecord {
  const fields = (of: Record<string, string>): { name: string; value: string }[] =>
    Object.entries(of).map(([name, value]) => ({ name, value }));
  return {
    request: { method, target: "/", httpVersion: "1.1", fields: fields(request) },
    response: { status: method === "GET" ? 101 : 200, fields: fields(response) },
  };
}

const REQUEST = {
  Host: "example.org",
  Upgrade: "websocket",
  Connection: "keep-alive, Upgrade",
  "Sec-WebSocket-Key": KEY,
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Protocol": "a, b",
};
const RESPONSE = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Accept": ACCEPT,
  "Sec-WebSocket-Protocol": "b",
};

const verdicts = (handshake: HandshakeRecord): Record<string, string> => {
  const { request, response } = judgeHandshake(handshake, ACCEPT);
  return Object.fromEntries([
    ...request.map(({ name, verdict }) => [`> ${name}`, verdict]),
    ...response.map(({ name, verdict }) => [`< ${name}`, verdict]),
  ]) as Record<string, string>;
};

describe("handshake › verdicts", () => {
  it("are valid for the handshake of the RFC", () => {
    expect(new Set(Object.values(verdicts(record(REQUEST, RESPONSE))))).toEqual(new Set(["valid"]));
  });

  it("name what is missing", () => {
    const found = verdicts(record({ Host: "x" }, {}));
    expect(found).toMatchObject({
      "> Upgrade": "missing",
      "> Connection": "missing",
      "> Sec-WebSocket-Key": "missing",
      "> Sec-WebSocket-Version": "missing",
      "< Sec-WebSocket-Accept": "missing",
    });
    expect(found["> Sec-WebSocket-Protocol"]).toBeUndefined();
  });

  it.each([
    ["> Upgrade", { ...REQUEST, Upgrade: "h2c" }, RESPONSE],
    ["> Connection", { ...REQUEST, Connection: "close" }, RESPONSE],
    ["> Sec-WebSocket-Key", { ...REQUEST, "Sec-WebSocket-Key": "short" }, RESPONSE],
    ["> Sec-WebSocket-Version", { ...REQUEST, "Sec-WebSocket-Version": "8" }, RESPONSE],
    ["> Sec-WebSocket-Protocol", { ...REQUEST, "Sec-WebSocket-Protocol": "a b" }, RESPONSE],
    ["< Sec-WebSocket-Accept", REQUEST, { ...RESPONSE, "Sec-WebSocket-Accept": "wrong" }],
    ["< Sec-WebSocket-Protocol", REQUEST, { ...RESPONSE, "Sec-WebSocket-Protocol": "c" }],
    [
      "< Sec-WebSocket-Extensions",
      REQUEST,
      { ...RESPONSE, "Sec-WebSocket-Extensions": "permessage-deflate" },
    ],
  ])("find what is wrong: %s", (name, request, response) => {
    expect(verdicts(record(request, response))[name]).toBe("invalid");
  });

  it("of HTTP/2 ask for no key (RFC 8441 §5)", () => {
    const found = verdicts(record({ "sec-websocket-version": "13" }, {}, "CONNECT"));
    expect(found).toEqual({ "> sec-websocket-version": "valid" });
  });

  it("leave alone what is no part of the handshake", () => {
    expect(verdicts(record({ ...REQUEST, "User-Agent": "x", Cookie: "a=•••" }))).toMatchObject({
      "> User-Agent": "other",
      "> Cookie": "other",
    });
  });
});

describe("handshake › accept key", () => {
  it("is computed as in the example of RFC 6455 §1.3", async () => {
    expect(await acceptKeySteps(KEY)).toEqual({
      key: KEY,
      joined: `${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      digest: "b3 7a 4f 2c c0 62 4f 16 90 f6 46 06 cf 38 59 45 b2 be c4 ea",
      accept: ACCEPT,
    });
  });
});
