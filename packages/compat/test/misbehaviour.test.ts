// What a peer may not do, and what an application hears of it: codes, messages, order, and what the peer is told.
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { closed, dial, listen, trace } from "./endpoints.ts";
import { implementations } from "./implementations.ts";
import { frame, handshake, rawClient, rawServer, switching } from "./raw-peer.ts";

const OVERLONG = Buffer.from([0x81, 0xff, 0x00, 0x20, 0, 0, 0, 0, 0, 0]);

describe.each(implementations)("$name › a server hears of a client's", (implementation) => {
  it.each([
    [
      "RSV1",
      frame(0xc1, "x"),
      1002,
      "RangeError WS_ERR_UNEXPECTED_RSV_1 Invalid WebSocket frame: RSV1 must be clear",
    ],
    [
      "RSV2",
      frame(0xa1, "x"),
      1002,
      "RangeError WS_ERR_UNEXPECTED_RSV_2_3 Invalid WebSocket frame: RSV2 and RSV3 must be clear",
    ],
    [
      "RSV3",
      frame(0x91, "x"),
      1002,
      "RangeError WS_ERR_UNEXPECTED_RSV_2_3 Invalid WebSocket frame: RSV2 and RSV3 must be clear",
    ],
    [
      "reserved opcode",
      frame(0x83),
      1002,
      "RangeError WS_ERR_INVALID_OPCODE Invalid WebSocket frame: invalid opcode 3",
    ],
    [
      "reserved control opcode",
      frame(0x8b),
      1002,
      "RangeError WS_ERR_INVALID_OPCODE Invalid WebSocket frame: invalid opcode 11",
    ],
    [
      "continuation of nothing",
      frame(0x80),
      1002,
      "RangeError WS_ERR_INVALID_OPCODE Invalid WebSocket frame: invalid opcode 0",
    ],
    [
      "text amid a message",
      Buffer.concat([frame(0x01, "a"), frame(0x81, "b")]),
      1002,
      "RangeError WS_ERR_INVALID_OPCODE Invalid WebSocket frame: invalid opcode 1",
    ],
    [
      "binary amid a message",
      Buffer.concat([frame(0x01, "a"), frame(0x82, "b")]),
      1002,
      "RangeError WS_ERR_INVALID_OPCODE Invalid WebSocket frame: invalid opcode 2",
    ],
    [
      "fragmented ping",
      frame(0x09),
      1002,
      "RangeError WS_ERR_EXPECTED_FIN Invalid WebSocket frame: FIN must be set",
    ],
    [
      "long ping",
      frame(0x89, "x".repeat(126)),
      1002,
      "RangeError WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH Invalid WebSocket frame: invalid payload length 126",
    ],
    [
      "close of one byte",
      frame(0x88, "x"),
      1002,
      "RangeError WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH Invalid WebSocket frame: invalid payload length 1",
    ],
    [
      "close code 1005",
      frame(0x88, Buffer.from([0x03, 0xed])),
      1002,
      "RangeError WS_ERR_INVALID_CLOSE_CODE Invalid WebSocket frame: invalid status code 1005",
    ],
    [
      "frame without a mask",
      frame(0x81, "x", false),
      1002,
      "RangeError WS_ERR_EXPECTED_MASK Invalid WebSocket frame: MASK must be set",
    ],
    [
      "text that is not UTF-8",
      frame(0x81, Buffer.from([0xce, 0xff])),
      1007,
      "Error WS_ERR_INVALID_UTF8 Invalid WebSocket frame: invalid UTF-8 sequence",
    ],
    [
      "reason that is not UTF-8",
      frame(0x88, Buffer.from([0x03, 0xe8, 0xff])),
      1007,
      "Error WS_ERR_INVALID_UTF8 Invalid WebSocket frame: invalid UTF-8 sequence",
    ],
    [
      "message beyond maxPayload",
      frame(0x82, "x".repeat(200)),
      1009,
      "RangeError WS_ERR_UNSUPPORTED_MESSAGE_LENGTH Max payload size exceeded",
    ],
    [
      "fragments beyond maxPayload",
      Buffer.concat([frame(0x01, "x".repeat(60)), frame(0x80, "x".repeat(60))]),
      1009,
      "RangeError WS_ERR_UNSUPPORTED_MESSAGE_LENGTH Max payload size exceeded",
    ],
  ])("%s", async (_, bytes, code, error) => {
    const { wss, port } = await listen(implementation, { maxPayload: 100 });
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const events = trace(ws);
    const states: number[] = [];
    ws.on("error", () => states.push(ws.readyState));
    await peer.head();
    peer.write(bytes);
    // The error comes before anything has ended, and the peer is told the code and no more.
    expect(await peer.take(4)).toEqual(Buffer.from([0x88, 2, code >> 8, code & 0xff]));
    peer.write(frame(0x81, "too late"));
    peer.socket.end();
    await closed(ws);
    expect(events).toEqual([`error ${error}`, 'close 1006 ""']);
    expect(states).toEqual([2]);
  });

  it("length that no number can be", async () => {
    const { wss, port } = await listen(implementation);
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const events = trace(ws);
    await peer.head();
    peer.write(OVERLONG, Buffer.alloc(4));
    const [first, , high, low] = await peer.take(4);
    expect([first, (high! << 8) | low!]).toEqual([0x88, 1009]);
    peer.socket.end();
    await closed(ws);
    expect(events[0]).toMatch(/^error RangeError WS_ERR_UNSUPPORTED_/);
  });

  it("going away without a word", async () => {
    const { wss, port } = await listen(implementation);
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const events = trace(ws);
    await peer.head();
    peer.write(frame(0x81, "last"), frame(0x81, "half").subarray(0, 8));
    peer.socket.end();
    await closed(ws);
    expect(events).toEqual(['message "last" false', 'close 1006 ""']);
  });

  it("reset, which is no error of the WebSocket", async () => {
    const { wss, port } = await listen(implementation);
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const events = trace(ws);
    await peer.head();
    peer.socket.resetAndDestroy();
    await closed(ws);
    expect(events).toEqual(['close 1006 ""']);
  });

  it("what stands before and behind the fault in one chunk: the one is heard, the other is not", async () => {
    const { wss, port } = await listen(implementation);
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const events = trace(ws);
    await peer.head();
    peer.write(Buffer.concat([frame(0x81, "a"), frame(0x89, "p"), frame(0x83), frame(0x81, "b")]));
    peer.socket.on("end", () => peer.socket.end());
    await closed(ws);
    expect(events).toEqual([
      'message "a" false',
      'ping "p"',
      "error RangeError WS_ERR_INVALID_OPCODE Invalid WebSocket frame: invalid opcode 3",
      'close 1006 ""',
    ]);
  });

  it("frames behind its close frame, which mean nothing", async () => {
    const { wss, port } = await listen(implementation);
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const events = trace(ws);
    await peer.head();
    peer.write(Buffer.concat([frame(0x88, Buffer.from([0x03, 0xe8, 0x62])), frame(0x81, "b"), frame(0x83)]));
    expect(await peer.take(5)).toEqual(Buffer.from([0x88, 3, 0x03, 0xe8, 0x62]));
    await peer.rest();
    peer.socket.end();
    await closed(ws);
    expect(events).toEqual(['close 1000 "b"']);
  });

  it("text that is not UTF-8, as it is where skipUTF8Validation says so", async () => {
    const { wss, port } = await listen(implementation, { skipUTF8Validation: true });
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    await peer.head();
    peer.write(frame(0x81, Buffer.from([0xce, 0xff])));
    expect(await once(ws, "message")).toEqual([Buffer.from([0xce, 0xff]), false]);
  });

  it("compressed message that is none, with what zlib says of it", async () => {
    const { wss, port } = await listen(implementation, { perMessageDeflate: true });
    const peer = await rawClient(port, handshake({ "Sec-WebSocket-Extensions": "permessage-deflate" }));
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const error = once(ws, "error");
    await peer.head();
    // A block of the type that RFC 1951 §3.2.3 reserves.
    peer.write(frame(0xc2, Buffer.from([0x06])));
    expect(await error).toMatchObject([{ code: "Z_DATA_ERROR", errno: -3 }]);
    expect(await peer.take(4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xef]));
  });
});

describe.each(implementations)("$name › a client hears of a server's", (implementation) => {
  it("masked frame", async () => {
    const { url, peer } = await rawServer((accept) => switching(accept));
    const ws = dial(implementation, url);
    const events = trace(ws);
    await once(ws, "open");
    (await peer).write(frame(0x81, "x", true));
    (await peer).socket.end();
    await closed(ws);
    expect(events.slice(1)).toEqual([
      "open",
      "error RangeError WS_ERR_UNEXPECTED_MASK Invalid WebSocket frame: MASK must be clear",
      'close 1006 ""',
    ]);
  });

  it("first frames behind the answer, in one chunk", async () => {
    const { url } = await rawServer(
      (accept) => switching(accept) + frame(0x81, "early", false).toString("latin1"),
    );
    const ws = dial(implementation, url);
    const events = trace(ws);
    await once(ws, "message");
    expect(events).toEqual(["upgrade IncomingMessage", "open", 'message "early" false']);
  });
});
