import { expect, it } from "vitest";
import * as api from "@ws/client";

it("client › exports", () => {
  expect(Object.keys(api).toSorted()).toEqual([
    "CloseCode",
    "CloseEvent",
    "ConnectError",
    "Connection",
    "ConnectionError",
    "ProtocolError",
    "ReconnectingConnection",
    "WebSocket",
    "WebSocketError",
    "WebSocketStream",
    "connect",
    "retriesByDefault",
    "toDuplex",
    "toWebStreams",
  ]);
});
