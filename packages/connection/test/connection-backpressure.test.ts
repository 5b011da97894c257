import { ConnectionError } from "@ws/connection";
import { record, settle, TestTransport } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { open } from "./open.ts";
import { BINARY, concat, frame, PING, readFrames, ROLES } from "./wire.ts";

const KIB = "x".repeat(1024);

describe.each(ROLES)("connection (%s) › backpressure", (role) => {
  const blocked = (): TestTransport => {
    const transport = new TestTransport();
    transport.block();
    return transport;
  };

  it("bufferedAmount counts what was sent and has not left, headers included", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    expect(connection.bufferedAmount).toBe(0);
    connection.send("hello");
    const frameBytes = role === "client" ? 11 : 7;
    expect(connection.bufferedAmount).toBe(frameBytes);
    await settle();
    connection.send("hello");
    expect(connection.bufferedAmount).toBe(2 * frameBytes);
    transport.unblock();
    await settle();
    expect(connection.bufferedAmount).toBe(0);
  });

  it("send is false above highWaterMarkBytes, and one drain follows", async () => {
    const { connection, transport } = open(role, { transport: blocked(), highWaterMarkBytes: 4096 });
    const { events } = record(connection);
    const answers = Array.from({ length: 6 }, () => connection.send(KIB));
    expect(answers).toEqual([true, true, true, false, false, false]);
    await settle();
    expect(connection.send(KIB)).toBe(false);
    await settle();
    expect(events).toEqual([]);
    transport.unblock();
    await settle();
    expect(events).toEqual(["drain"]);
    expect(connection.send(KIB)).toBe(true);
    await settle();
    expect(events).toEqual(["drain"]);
  });

  it("drain follows even where the transport never counts as full", async () => {
    // A transport with a higher mark than ours emits no drain of its own, so ours never came.
    const transport = new TestTransport({ writableHighWaterMark: 1024 * 1024 });
    transport.block();
    const { connection } = open(role, { transport, highWaterMarkBytes: 1000 });
    const { events } = record(connection);
    expect(connection.send(KIB)).toBe(false);
    await settle();
    transport.unblock();
    await settle();
    expect(events).toEqual(["drain"]);
  });

  it("drain follows where the transport took it all at once", async () => {
    const { connection } = open(role, { highWaterMarkBytes: 0 });
    const { events } = record(connection);
    expect(connection.send("x")).toBe(false);
    await settle();
    expect(events).toEqual(["drain"]);
  });

  it("no drain comes unless send was false", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    const { events } = record(connection);
    connection.send("x".repeat(40_000));
    await settle();
    transport.unblock();
    await settle();
    expect(events).toEqual([]);
  });

  it("no drain comes while more waits than the mark", async () => {
    const { connection, transport } = open(role, { transport: blocked(), highWaterMarkBytes: 4096 });
    const { events } = record(connection);
    for (let i = 0; i < 10; i++) {
      connection.send(KIB);
      await settle();
    }
    transport.unblockOnce();
    await settle();
    expect(connection.bufferedAmount).toBeGreaterThan(4096);
    expect(events).toEqual([]);
    transport.unblock();
    await settle();
    expect(events).toEqual(["drain"]);
  });

  it("a drain listener that sends more gets the next drain", async () => {
    const { connection, transport } = open(role, { highWaterMarkBytes: 1000 });
    let rounds = 0;
    connection.on("drain", () => {
      if (++rounds < 5) connection.send(KIB);
    });
    connection.send(KIB);
    for (let i = 0; i < 10; i++) await settle();
    expect(rounds).toBe(5);
    expect(readFrames(transport.takeWritten())).toHaveLength(5);
  });

  it("a callback is told when the bytes reached the transport, in order", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    const calls: unknown[] = [];
    connection.send("1", (error) => calls.push(["1", error ?? null]));
    connection.send("2", (error) => calls.push(["2", error ?? null]));
    expect(calls).toEqual([]);
    await settle();
    expect(calls).toEqual([]);
    transport.unblock();
    await settle();
    expect(calls).toEqual([
      ["1", null],
      ["2", null],
    ]);
  });

  it("sendAsync resolves when the bytes reached the transport", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    let isDone = false;
    const sent = connection.sendAsync("x").then(() => (isDone = true));
    await settle();
    expect(isDone).toBe(false);
    transport.unblock();
    await sent;
    expect(transport.takeFrames()).toEqual(["text x"]);
  });

  it.each([
    ["not written yet", async () => {}],
    ["in the hands of the transport", settle],
  ] as const)("sendAsync rejects when the transport is gone: %s", async (_title, wait) => {
    const { connection } = open(role, { transport: blocked() });
    // The second is queued behind the first, which no callback of the transport ever comes back for.
    const first = connection.sendAsync("1");
    await wait();
    const second = connection.sendAsync("2");
    await wait();
    connection.terminate();
    await expect(first).rejects.toThrow(Error);
    await expect(second).rejects.toThrow(Error);
  });

  it("sendAsync rejects with the transport's error", async () => {
    const transport = new TestTransport();
    const { connection } = open(role, { transport });
    const error = new Error("EPIPE");
    transport.breakWith(error);
    await expect(connection.sendAsync("x")).rejects.toBe(error);
    expect(await connection.closed).toMatchObject({ code: 1006, error });
  });

  it("sendAsync rejects, and a callback is told, after close", async () => {
    const { connection } = open(role);
    void connection.close();
    await expect(connection.sendAsync("x")).rejects.toThrow(
      "Cannot send the message: the connection is closing",
    );
    connection.terminate();
    await connection.closed;
    const callback = vi.fn<(error?: Error | null) => void>();
    expect(connection.send("x", callback)).toBe(false);
    expect(callback).not.toHaveBeenCalled();
    await settle();
    expect(callback).toHaveBeenCalledExactlyOnceWith(
      new ConnectionError("CONNECTION_CLOSED", "Cannot send the message: the connection is closed"),
    );
    expect(connection.send("without a callback")).toBe(false);
  });

  it("a confirmation that comes after the end changes nothing", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport, highWaterMarkBytes: 0 });
    const { events } = record(connection);
    const callback = vi.fn<(error?: Error | null) => void>();
    connection.send("x", callback);
    await settle();
    connection.terminate();
    await connection.closed;
    transport.unblock();
    await settle();
    expect(events).toEqual(["close 1006"]);
    expect(callback).toHaveBeenCalledExactlyOnceWith(expect.any(Error));
  });

  it("sendAsync rejects what send would throw for", async () => {
    await expect(open(role).connection.sendAsync(5 as never)).rejects.toThrow(TypeError);
  });

  it("beyond maxBufferedBytes the message is refused and the connection closes with 1013", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport, maxBufferedBytes: 10_000 });
    for (let i = 0; i < 10; i++) expect(connection.send(KIB)).toBe(true);
    expect(connection.bufferedAmount).toBeGreaterThan(10_000);
    await expect(connection.sendAsync("one too many")).rejects.toThrow(
      "Cannot send the message: more than 10000 bytes (maxBufferedBytes) wait to be read",
    );
    expect(connection.state).toBe("closing");
    expect(connection.send("x")).toBe(false);
    transport.unblock();
    await settle();
    const frames = transport.takeFrames();
    expect(frames).toHaveLength(11);
    expect(frames.at(-1)).toBe("close 1013 Too many bytes wait to be read");
    connection.terminate();
  });

  it("one message may be larger than maxBufferedBytes", async () => {
    const { connection, transport } = open(role, { maxBufferedBytes: 0 });
    expect(connection.send(KIB)).toBe(true);
    await settle();
    expect(connection.send(KIB)).toBe(true);
    await settle();
    expect(readFrames(transport.takeWritten())).toHaveLength(2);
  });

  it("pongs are owed, newest only, while the transport is far behind (RFC 6455 §5.5.3)", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    await settle();
    connection.send("x".repeat(300_000));
    await settle();
    const before = connection.bufferedAmount;
    const ping = (i: number): Uint8Array => frame(role, PING, `ping ${i}`);
    // The first chunk finds the transport backed up without our having looked; then we know.
    transport.arrive(ping(0));
    for (let i = 1; i < 1000; i++) transport.arrive(ping(i));
    expect(connection.bufferedAmount - before).toBeLessThan(100);
    transport.unblock();
    await settle();
    const frames = transport.takeFrames();
    expect(frames.at(-1)).toBe("pong ping 999");
    expect(frames.length).toBeLessThanOrEqual(3);
  });

  it("pongs wait for a transport that is a little behind (one of three was left out over TLS)", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    await settle();
    connection.send("x".repeat(20_000));
    await settle();
    for (const payload of ["a", "b", "c"]) transport.arrive(frame(role, PING, payload));
    transport.unblock();
    await settle();
    expect(transport.takeFrames().slice(1)).toEqual(["pong a", "pong b", "pong c"]);
  });

  it("after a back-up each ping is answered again", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    await settle();
    connection.send("x".repeat(300_000));
    await settle();
    transport.arrive(frame(role, PING, "a"));
    transport.unblock();
    await settle();
    transport.takeWritten();
    transport.arrive(concat(frame(role, PING, "b"), frame(role, PING, "c")));
    await settle();
    expect(transport.takeFrames()).toEqual(["pong b", "pong c"]);
  });

  it("an echo to a peer that does not read stays bounded and ends with 1013", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport, maxBufferedBytes: 100_000 });
    connection.on("message", (data) => connection.send(data));
    await settle();
    for (let i = 0; i < 1000; i++) transport.arrive(frame(role, BINARY, KIB));
    expect(connection.bufferedAmount).toBeLessThan(110_000);
    expect(connection.state).toBe("closing");
    connection.terminate();
  });
});
