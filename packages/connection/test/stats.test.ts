import type { ConnectionStats, FrameStats } from "@ws/connection";
import { settle, type TestTransport } from "@ws/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { deflate } from "./deflate.ts";
import { open } from "./open.ts";
import {
  closeFrame,
  concat,
  CONTINUATION,
  frame,
  PING,
  PONG,
  readFrames,
  ROLES,
  TEXT,
  BINARY,
  utf8,
} from "./wire.ts";

const NONE: FrameStats = { continuation: 0, text: 0, binary: 0, close: 0, ping: 0, pong: 0 };
const NOTHING = { messageBytes: 0, wireBytes: 0 };

describe.each(ROLES)("connection (%s) › getStats", (role) => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is all zeros in the beginning", () => {
    const expected: ConnectionStats = {
      bytesReceived: 0,
      bytesSent: 0,
      messagesReceived: 0,
      messagesSent: 0,
      framesReceived: NONE,
      framesSent: NONE,
      compressionReceived: NOTHING,
      compressionSent: NOTHING,
      bufferedBytes: 0,
      isStalled: false,
      roundTripMs: undefined,
    };
    expect(open(role).connection.getStats()).toEqual(expected);
  });

  it("counts what went over the wire, in frames, messages and bytes", async () => {
    const head = frame(role, TEXT, "read behind the handshake");
    const { connection, transport } = open(role, { head });
    connection.on("message", () => {});
    await settle();
    const received = [
      frame(role, BINARY, "a", { fin: false }),
      frame(role, CONTINUATION, "b", { fin: false }),
      frame(role, PING, "p"),
      frame(role, CONTINUATION, "c"),
      frame(role, PONG, ""),
    ];
    transport.arrive(...received);
    connection.send("text");
    connection.send(utf8("binary"));
    connection.send(connection.prepare("prepared"));
    connection.send(new Uint8Array(3 * 1024 * 1024));
    await connection.sendStream(["a", "b"]);
    connection.ping();
    void connection.close();
    await settle();
    transport.arrive(closeFrame(role, 1000));
    await settle();

    const written = transport.takeWritten();
    const stats = connection.getStats();
    expect(stats).toMatchObject({
      bytesReceived: head.length + concat(...received).length + closeFrame(role, 1000).length,
      bytesSent: written.length,
      messagesReceived: 2,
      messagesSent: 5,
      framesReceived: { continuation: 2, text: 1, binary: 1, close: 1, ping: 1, pong: 1 },
      framesSent: { continuation: 4, text: 3, binary: 2, close: 1, ping: 1, pong: 1 },
      bufferedBytes: 0,
    });
    const counted = Object.values(stats.framesSent).reduce((sum: number, count: number) => sum + count, 0);
    expect(counted).toBe(readFrames(written).length);
    connection.terminate();
  });

  it("counts a frame that comes in pieces once", async () => {
    // One whose header came alone was counted, and told of, again with the first of its payload.
    const { connection, transport } = open(role);
    await settle();
    for (const byte of frame(role, BINARY, new Uint8Array(300))) transport.arrive(Uint8Array.of(byte));
    expect(connection.getStats().framesReceived).toEqual({ ...NONE, binary: 1 });
    connection.terminate();
  });

  it("tells what compression made of the messages that it was applied to", async () => {
    const { compression, peer } = deflate(role, { thresholdBytes: 100 });
    const { connection, transport } = open(role, { compression });
    connection.on("message", () => {});
    await settle();
    const message = "the same again and again; ".repeat(100);
    connection.send(message);
    connection.send("too short");
    connection.send(message, { compress: false });
    await settle();
    const [first] = readFrames(transport.takeWritten());
    const data = peer.compress(utf8(message))!;
    transport.arrive(frame(role, TEXT, data, { rsv: 4 }), frame(role, TEXT, "plain"));
    expect(connection.getStats()).toMatchObject({
      compressionSent: { messageBytes: message.length, wireBytes: first!.payload.length },
      compressionReceived: { messageBytes: message.length, wireBytes: data.length },
    });
    connection.terminate();
  });

  it("tells what waits, and whether the transport is left alone", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.block();
    connection.send("x".repeat(1000));
    for (let i = 0; i < 20; i++) transport.arrive(frame(role, TEXT, "x"));
    expect(connection.getStats()).toMatchObject({
      bufferedBytes: connection.bufferedAmount,
      isStalled: true,
    });
    expect(connection.bufferedAmount).toBeGreaterThan(1000);
    connection.on("message", () => {});
    await settle();
    expect(connection.getStats().isStalled).toBe(false);
    connection.terminate();
  });

  it("measures the way there and back by the newest ping, keep-alive's as well (RFC 6455 §5.5.3)", async () => {
    vi.useFakeTimers();
    const { connection, transport } = open(role, { pingIntervalMs: 1000, pongTimeoutMs: 500 });
    const pong = (data: string, transportOf: TestTransport = transport): void =>
      void transportOf.arrive(frame(role, PONG, data));
    await vi.advanceTimersByTimeAsync(0);
    connection.ping("old");
    await vi.advanceTimersByTimeAsync(10);
    connection.ping("new");
    await vi.advanceTimersByTimeAsync(30);
    pong("old");
    pong("unasked");
    expect(connection.getStats().roundTripMs).toBeUndefined();
    pong("new");
    expect(connection.getStats().roundTripMs).toBe(30);
    // Another with the same payload answers nothing.
    await vi.advanceTimersByTimeAsync(100);
    pong("new");
    expect(connection.getStats().roundTripMs).toBe(30);
    transport.takeWritten();
    await vi.advanceTimersByTimeAsync(2000);
    expect(transport.takeFrames()).toEqual(["ping"]);
    const before = performance.now();
    await vi.advanceTimersByTimeAsync(7);
    pong("");
    expect(connection.getStats().roundTripMs).toBeGreaterThanOrEqual(performance.now() - before);
    expect(connection.getStats().roundTripMs).toBeLessThan(500);
    connection.terminate();
  });

  it("stays readable after the end", async () => {
    const { connection, transport } = open(role);
    await connection.sendAsync("x");
    connection.terminate();
    await connection.closed;
    expect(connection.getStats()).toMatchObject({
      messagesSent: 1,
      bytesSent: transport.takeWritten().length,
    });
  });
});
