import type { ConnectionOptions } from "@ws/connection";
import { record, settle } from "@ws/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { open } from "./open.ts";
import { BINARY, concat, CONTINUATION, frame, PING, PONG, ROLES, TEXT } from "./wire.ts";

const MORE = { fin: false };

describe.each(ROLES)("connection (%s) › setLimits", (role) => {
  it("limits has every option; setLimits changes those that are given", () => {
    const { connection } = open(role, { pingIntervalMs: 0 });
    const before = connection.limits;
    connection.setLimits({ maxMessageBytes: 5, whenBufferFull: "drop" });
    expect(connection.limits).toEqual({ ...before, maxMessageBytes: 5, whenBufferFull: "drop" });
    connection.setLimits({});
    expect(connection.limits.maxMessageBytes).toBe(5);
    // What was given as undefined fell back to the default.
    connection.setLimits({ maxMessageBytes: undefined } as never);
    expect(connection.limits.maxMessageBytes).toBe(5);
    connection.terminate();
  });

  it("nobody changes the limits of others by writing to those of one", () => {
    // Connections with the same limits have the same object.
    const [one, other] = [open(role).connection, open(role).connection];
    const limits = one.limits as { maxMessageBytes: number };
    const before = limits.maxMessageBytes;
    expect(() => (limits.maxMessageBytes = 1)).toThrow(TypeError);
    expect(other.limits.maxMessageBytes).toBe(before);
    one.terminate();
    other.terminate();
  });

  it("refuses what makes no sense, and then changes nothing", () => {
    const { connection } = open(role);
    const before = connection.limits;
    expect(() => connection.setLimits({ maxMessageBytes: 5, pingIntervalMs: -1 })).toThrow(RangeError);
    expect(() => connection.setLimits({ maxMessageBytes: 5, whenBufferFull: "no" as never })).toThrow(
      TypeError,
    );
    expect(connection.limits).toBe(before);
    connection.terminate();
  });

  it("maxMessageBytes holds from the next frame on", async () => {
    const { connection, transport } = open(role, { maxMessageBytes: 10 });
    const { messages } = record(connection);
    await settle();
    transport.arrive(frame(role, TEXT, "12345678", MORE));
    connection.setLimits({ maxMessageBytes: 16 });
    transport.arrive(frame(role, CONTINUATION, "12345678"));
    expect(messages).toEqual(["1234567812345678"]);
    connection.setLimits({ maxMessageBytes: 4 });
    transport.arrive(frame(role, TEXT, "12345"));
    expect(transport.takeFrames().at(-1)).toMatch(/^close 1009 .*maxMessageBytes is 4$/);
    connection.terminate();
  });

  it("highWaterMarkBytes and maxBufferedBytes hold from the next message on", async () => {
    const { connection, transport } = open(role);
    transport.block();
    await settle();
    connection.setLimits({ highWaterMarkBytes: 10, maxBufferedBytes: 20, whenBufferFull: "drop" });
    expect(connection.send("x".repeat(30))).toBe(false);
    await expect(connection.sendAsync("x")).rejects.toMatchObject({ code: "BUFFER_FULL" });
    connection.setLimits({ highWaterMarkBytes: 1000, maxBufferedBytes: 1000 });
    expect(connection.send("x")).toBe(true);
    connection.terminate();
  });

  it("a drain that was promised comes where the mark is raised", async () => {
    const { connection, transport } = open(role, { highWaterMarkBytes: 10 });
    const { events } = record(connection);
    transport.block();
    expect(connection.send("x".repeat(30))).toBe(false);
    await settle();
    connection.setLimits({ highWaterMarkBytes: 1000 });
    expect(events).toEqual(["drain"]);
    connection.terminate();
  });
});

describe.each(ROLES)("connection (%s) › rates", (role) => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
  });

  const text = frame(role, TEXT, "x");
  const rows: [string, ConnectionOptions, Uint8Array, string][] = [
    ["maxMessagesPerSecond", { maxMessagesPerSecond: 10 }, text, "messages"],
    [
      "maxControlFramesPerSecond",
      { maxControlFramesPerSecond: 10 },
      frame(role, PING, "p"),
      "control frames",
    ],
    [
      "maxControlFramesPerSecond",
      { maxControlFramesPerSecond: 10 },
      frame(role, PONG, "p"),
      "control frames",
    ],
  ];

  it.each(rows)("%s: as many at once, then 1008, and nothing more is delivered", async (...row) => {
    const [name, options, bytes, what] = row;
    const { connection, transport } = open(role, options);
    const { events } = record(connection);
    await vi.advanceTimersByTimeAsync(1);
    transport.arrive(concat(...Array.from({ length: 10 }, () => bytes)));
    expect(connection.state).toBe("open");
    // The ping that was one too many was still told of.
    transport.arrive(concat(bytes, text, bytes));
    expect(events).toHaveLength(10);
    const why = `Cannot accept so many ${what} a second: see ${name}`;
    expect(transport.takeFrames().at(-1)).toBe(`close 1008 ${why}`);
    transport.arriveEnd();
    const result = await connection.closed;
    expect(result).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { code: "RATE_EXCEEDED", message: why },
    });
  });

  it.each(rows)("%s: as many a second in the long run", async (...row) => {
    const [, options, bytes] = row;
    const { connection, transport } = open(role, options);
    const { events } = record(connection);
    for (let i = 0; i < 50; i++) {
      await vi.advanceTimersByTimeAsync(100);
      transport.arrive(bytes);
    }
    expect(connection.state).toBe("open");
    expect(events).toHaveLength(50);
    connection.terminate();
  });

  it("maxReceivedBytesPerSecond: 64 KiB at once, then 1008, and nothing of that is delivered", async () => {
    const { connection, transport } = open(role, { maxReceivedBytesPerSecond: 1000 });
    const { messages } = record(connection);
    await vi.advanceTimersByTimeAsync(1);
    transport.arrive(frame(role, BINARY, new Uint8Array(65_000)));
    expect(messages).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    transport.arrive(frame(role, BINARY, new Uint8Array(900)));
    expect(messages).toHaveLength(2);
    transport.arrive(frame(role, BINARY, new Uint8Array(1000)));
    expect(messages).toHaveLength(2);
    expect(transport.takeFrames()).toEqual([
      "close 1008 Cannot accept so many bytes a second: see maxReceivedBytesPerSecond",
    ]);
    transport.arriveEnd();
    expect(await connection.closed).toMatchObject({ error: { code: "RATE_EXCEEDED" } });
  });

  it("a message counts once, in however many fragments, as a stream too", async () => {
    for (const isStreamed of [false, true]) {
      const { connection, transport } = open(role, { maxMessagesPerSecond: 2 });
      await vi.advanceTimersByTimeAsync(1);
      if (isStreamed) connection.messageStreams();
      else record(connection);
      transport.arrive(frame(role, TEXT, "a", MORE));
      for (let i = 0; i < 100; i++) transport.arrive(frame(role, CONTINUATION, "b", MORE));
      transport.arrive(frame(role, CONTINUATION, "c"), text);
      expect(connection.state).toBe("open");
      transport.arrive(text);
      expect(connection.state).toBe("closing");
      connection.terminate();
    }
  });

  it("setLimits sets rates; those it leaves alone give nobody a new burst", async () => {
    // Whatever limit was changed, every bucket was full again.
    const { connection, transport } = open(role, { maxMessagesPerSecond: 2 });
    record(connection);
    await vi.advanceTimersByTimeAsync(1);
    transport.arrive(text, text);
    connection.setLimits({ maxMessageBytes: 1000 });
    transport.arrive(text);
    expect(connection.state).toBe("closing");
    connection.terminate();

    const other = open(role);
    const { messages } = record(other.connection);
    await vi.advanceTimersByTimeAsync(1);
    for (let i = 0; i < 100; i++) other.transport.arrive(text);
    other.connection.setLimits({ maxMessagesPerSecond: 1 });
    other.transport.arrive(text, text);
    expect(messages).toHaveLength(101);
    expect(other.connection.state).toBe("closing");
    other.connection.terminate();
  });

  it("bytes behind the opening handshake count too", async () => {
    const { connection } = open(role, {
      maxReceivedBytesPerSecond: 1000,
      head: frame(role, BINARY, new Uint8Array(70_000)),
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.state).toBe("closing");
    connection.terminate();
  });
});
