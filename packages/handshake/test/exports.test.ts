import * as handshake from "@ws/handshake";
import { expect, test } from "vitest";

test("the package exports these names and no others", () => {
  expect(Object.keys(handshake).toSorted()).toEqual([
    "HandshakeError",
    "HeaderFields",
    "RequestDecoder",
    "ResponseDecoder",
    "accept",
    "acceptKey",
    "createAcceptor",
    "createConnectRequest",
    "createRequest",
    "encodeResponse",
    "formatExtensions",
    "http2ResponseHeaders",
    "parseExtensions",
    "reject",
    "verifyConnectResponse",
    "verifyResponse",
  ]);
});
