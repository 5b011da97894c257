import * as api from "@ws/connection";
import { expect, it } from "vitest";

it("exports › are exactly these", () => {
  expect(Object.keys(api).toSorted()).toEqual([
    "CloseCode",
    "Connection",
    "ConnectionError",
    "MAX_TIMER_MS",
    "PreparedMessage",
    "Protocol",
    "ProtocolError",
    "TextBytes",
    "TokenBucket",
    "WebSocketError",
    "dialShared",
    "isWireCloseCode",
    "numberOption",
    "readBuffer",
    "readsShared",
    "receiveShared",
    "resetLikeTcp",
    "resolveConnectionOptions",
    "toDuplex",
    "toWebStreams",
  ]);
});
