import assert from "node:assert/strict";
import { duplexPair } from "node:stream";
import { ConnectionError, type CloseResult, Connection } from "@ws/connection";
import { record, settle, TestTransport } from "@ws/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { open } from "./open.ts";
import { closeFrame, concat, frame, hex, PING, ROLES, TEXT } from "./wire.ts";

const DEADLINE = new ConnectionError(
  "CLOSE_TIMEOUT",
  "Cannot keep the connection: the closing did not get on for 5000 ms",
);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  // Every test here ends with its connection, and no timer outlives that.
  const left = vi.getTimerCount();
  vi.useRealTimers();
  assert.equal(left, 0, "A timer was left behind");
});

describe.each(ROLES)("connection (%s) › closing", (role) => {
  const isServer = role === "server";

  it("ours first: the server ends TCP when the answer is there, the client waits (RFC 6455 §7.1.1)", async () => {
    const { connection, transport } = open(role);
    const closed = connection.close(1000, "bye");
    expect(connection.state).toBe("closing");
    await settle();
    expect(transport.takeFrames()).toEqual(["close 1000 bye"]);
    expect(transport.hasFinished).toBe(false);
    transport.arrive(closeFrame(role, 1000));
    await settle();
    expect(transport.hasFinished).toBe(isServer);
    expect(connection.state).toBe("closing");
    transport.arriveEnd();
    expect(await closed).toEqual({ code: 1000, reason: "", wasClean: true });
    expect(connection.state).toBe("closed");
    expect(transport.hasFinished).toBe(true);
  });

  it("theirs first: the answer leaves before TCP ends, and only a server ends it (RFC 6455 §7.1.1)", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(closeFrame(role, 4000, "bye"));
    expect(transport.takeFrames()).toEqual(["close 4000"]);
    await settle();
    expect(transport.hasFinished).toBe(isServer);
    expect(connection.send("too late")).toBe(false);
    transport.arriveEnd();
    expect(await connection.closed).toEqual({ code: 4000, reason: "bye", wasClean: true });
  });

  it("messages sent before close leave before it", async () => {
    const { connection, transport } = open(role);
    connection.send("last");
    void connection.close();
    await settle();
    expect(transport.takeFrames()).toEqual(["text last", "close 1000"]);
    connection.terminate();
    await settle();
  });

  it("no answer: the transport is destroyed at the deadline, 1006 with an error", async () => {
    const { connection, transport } = open(role);
    const closed = connection.close();
    await vi.advanceTimersByTimeAsync(4999);
    expect(transport.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.destroyed).toBe(true);
    expect(await closed).toEqual({ code: 1006, reason: "", wasClean: false, error: DEADLINE });
  });

  it("closeTimeoutMs sets the deadline", async () => {
    const { connection } = open(role, { closeTimeoutMs: 70 });
    const closed = connection.close();
    await vi.advanceTimersByTimeAsync(70);
    expect((await closed).error?.message).toContain("for 70 ms");
  });

  it("answered, but TCP never ends: destroyed at the deadline, and clean all the same", async () => {
    const { connection, transport } = open(role);
    const closed = connection.close();
    await settle();
    transport.arrive(closeFrame(role, 1000));
    await vi.advanceTimersByTimeAsync(5000);
    expect(await closed).toEqual({ code: 1000, reason: "", wasClean: true });
  });

  it("theirs first, but TCP never ends: destroyed at the deadline", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(closeFrame(role, 1001));
    await vi.advanceTimersByTimeAsync(5000);
    expect(await connection.closed).toEqual({ code: 1001, reason: "", wasClean: true });
  });

  it("a second close changes nothing, not even the deadline", async () => {
    const { connection, transport } = open(role);
    void connection.close(1000);
    await vi.advanceTimersByTimeAsync(3000);
    void connection.close(1001);
    expect(() => connection.close(5)).toThrow(RangeError);
    await vi.advanceTimersByTimeAsync(2000);
    expect(transport.destroyed).toBe(true);
    expect(transport.takeFrames()).toEqual(["close 1000"]);
    await connection.closed;
  });

  it("the peer's end without a close frame: 1006, no error, and we end too (RFC 6455 §7.1.5)", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arriveEnd();
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    expect(transport.hasFinished).toBe(true);
    expect(transport.takeWritten()).toHaveLength(0);
  });

  it("the peer's end inside a frame is 1006 as well", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(frame(role, TEXT, "half").subarray(0, 3));
    transport.arriveEnd();
    expect(await connection.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  it("a half-open peer that never reads: destroyed at the deadline", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    await settle();
    connection.send("x");
    await settle();
    transport.arriveEnd();
    await vi.advanceTimersByTimeAsync(5000);
    expect(await connection.closed).toMatchObject({ code: 1006, error: DEADLINE });
  });

  it.each([
    ["before anything", []],
    ["after our close frame", ["close"]],
    ["after theirs", ["theirs"]],
    ["after both", ["close", "theirs"]],
  ])("a transport cut %s", async (_title, steps) => {
    const { connection, transport } = open(role);
    await settle();
    if (steps.includes("close")) void connection.close();
    await settle();
    if (steps.includes("theirs")) transport.arrive(closeFrame(role, 1000));
    await settle();
    const error = new Error("ECONNRESET");
    transport.destroy(error);
    const wasClean = steps.includes("theirs");
    expect(await connection.closed).toEqual(
      wasClean ? { code: 1000, reason: "", wasClean } : { code: 1006, reason: "", wasClean, error },
    );
  });

  it("is not clean when our close frame never left", async () => {
    // The peer closed and cut while our messages, and our answer, waited: that was called clean.
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    await settle();
    connection.send("x".repeat(100_000));
    await settle();
    transport.arrive(closeFrame(role, 1000));
    await settle();
    const error = new Error("ECONNRESET");
    transport.destroy(error);
    expect(await connection.closed).toEqual({ code: 1000, reason: "", wasClean: false, error });
  });

  it("after a failure we end at once, and read to the end (RFC 6455 §7.1.7)", async () => {
    const { connection, transport } = open(role);
    const { events } = record(connection);
    await settle();
    transport.arrive(frame(role, 3));
    await settle();
    expect(transport.takeFrames()).toEqual([expect.stringMatching(/^close 1002/)]);
    expect(transport.hasFinished).toBe(true);
    for (let i = 0; i < 100; i++) transport.arrive(frame(role, TEXT, "x"), frame(role, PING));
    await settle();
    expect(transport.readableLength).toBe(0);
    transport.arriveEnd();
    expect(await connection.closed).toMatchObject({ code: 1006, error: { code: "RESERVED_OPCODE" } });
    expect(events).toEqual(["close 1006"]);
    expect(transport.takeWritten()).toHaveLength(0);
  });

  it("after a failure a peer that never ends is cut at the deadline", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(hex("ff"), hex("ff"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(await connection.closed).toMatchObject({ code: 1006, error: { name: "ProtocolError" } });
    expect(transport.destroyed).toBe(true);
  });

  it("terminate sends nothing: 1006 without an error", async () => {
    const { connection, transport } = open(role);
    connection.send("never leaves");
    connection.terminate();
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    expect(transport.takeWritten()).toHaveLength(0);
  });

  it("close while stalled without a consumer still completes", async () => {
    const { connection, transport } = open(role);
    await settle();
    const messages = Array.from({ length: 100 }, () => frame(role, TEXT, "x"));
    transport.arrive(concat(...messages, closeFrame(role, 1001)));
    transport.arriveEnd();
    await settle();
    expect(connection.state).toBe("open");
    expect(await connection.close()).toEqual({ code: 1001, reason: "", wasClean: true });
  });

  it("a transport that breaks while stalled gives what it had read (it was lost)", async () => {
    const { connection, transport } = open(role);
    await settle();
    for (let i = 0; i < 20; i++) transport.arrive(frame(role, TEXT, String(i)));
    transport.destroy(new Error("reset"));
    expect(await connection.closed).toMatchObject({ code: 1006, wasClean: false });
    const messages: unknown[] = [];
    for await (const message of connection) messages.push(message);
    expect(messages).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  });

  it("close while stalled completes even if the answer is still in the transport", async () => {
    const { connection, transport } = open(role);
    await settle();
    for (let i = 0; i < 50; i++) transport.arrive(frame(role, TEXT, "x"));
    const closed = connection.close();
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await closed).toEqual({ code: 1000, reason: "", wasClean: true });
  });

  it("the peer's close behind unread messages waits for a consumer, and nothing is lost", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(
      concat(...Array.from({ length: 100 }, (_, i) => frame(role, TEXT, String(i))), closeFrame(role)),
    );
    transport.arriveEnd();
    await settle();
    const { messages, events } = record(connection);
    expect(await connection.closed).toMatchObject({ code: 1005, wasClean: true });
    expect(messages).toHaveLength(100);
    expect(events.at(-1)).toBe("close 1005");
  });

  it("close is emitted once, after the last message", async () => {
    const { connection, transport } = open(role);
    const results: CloseResult[] = [];
    connection.on("close", (result) => results.push(result));
    await settle();
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    const closed = await connection.closed;
    await settle();
    expect(results).toEqual([closed]);
    expect(await connection.closed).toBe(closed);
    expect(await connection.close()).toBe(closed);
  });

  it("invalid arguments throw, send nothing and leave it open", async () => {
    const { connection, transport } = open(role);
    expect(() => connection.close(1006)).toThrow(RangeError);
    expect(() => connection.close(1005, "a reason")).toThrow(TypeError);
    expect(() => connection.close(1000, "x".repeat(124))).toThrow(RangeError);
    expect(() => connection.close(1000, new Uint16Array(9) as never)).toThrow(TypeError);
    await settle();
    expect(connection.state).toBe("open");
    expect(transport.takeWritten()).toHaveLength(0);
    connection.terminate();
    await settle();
  });

  it("close(1005) sends a close frame without a code (RFC 6455 §7.4.1)", async () => {
    const { connection, transport } = open(role);
    const closed = connection.close(1005);
    await settle();
    expect(transport.takeFrames()).toEqual(["close"]);
    transport.arrive(closeFrame(role));
    transport.arriveEnd();
    expect(await closed).toEqual({ code: 1005, reason: "", wasClean: true });
  });

  it("await using closes and waits for the end", async () => {
    const { connection, transport } = open(role);
    const disposed = connection[Symbol.asyncDispose]();
    await settle();
    expect(transport.takeFrames()).toEqual(["close 1000"]);
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    await disposed;
    expect(connection.state).toBe("closed");
  });

  it("a transport that is gone already ends the connection at once", async () => {
    // Whoever awaited something between upgrade and Connection could miss the transport's only close event.
    const transport = new TestTransport();
    const error = new Error("ECONNRESET");
    transport.on("error", () => {});
    transport.destroy(error);
    await settle();
    const { connection } = open(role, { transport });
    const { events } = record(connection);
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false, error });
    expect(events).toEqual(["close 1006"]);
  });

  it("a transport whose reading side has ended already ends the connection", async () => {
    const transport = new TestTransport();
    transport.resume();
    transport.arriveEnd();
    await settle();
    const { connection } = open(role, { transport, head: frame(role, TEXT, "x") });
    const { messages } = record(connection);
    expect(await connection.closed).toMatchObject({ code: 1006 });
    expect(messages).toEqual(["x"]);
  });

  it("a callback that closes at the end leaves no timer behind", async () => {
    // At the end the callbacks of lost messages ran before the end was known, and close() started its timer again.
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    connection.send("x", () => void connection.close());
    await settle();
    connection.terminate();
    await connection.closed;
  });
});

describe("connection › closing, both sides in memory", () => {
  const pair = (): [Connection, Connection] => {
    const [left, right] = duplexPair();
    return [new Connection(left, { role: "server" }), new Connection(right, { role: "client" })];
  };

  it.each([
    ["server", 0],
    ["client", 1],
  ] as const)("begun by the %s, both know the code", async (_who, first) => {
    const sides = pair();
    const result = { code: 4000, reason: "done", wasClean: true };
    const echoed = await sides[first].close(4000, "done");
    expect(echoed).toEqual({ ...result, reason: "" });
    expect(await sides[1 - first]!.closed).toEqual(result);
  });

  it("begun by both at once, each knows the other's", async () => {
    const [server, client] = pair();
    const results = await Promise.all([server.close(4001, "server"), client.close(4002, "client")]);
    expect(results).toEqual([
      { code: 4002, reason: "client", wasClean: true },
      { code: 4001, reason: "server", wasClean: true },
    ]);
  });

  it("what was sent before close arrives before it", async () => {
    const [server, client] = pair();
    const { messages } = record(client);
    for (let i = 0; i < 1000; i++) server.send(`${i}`.padEnd(1000));
    await server.close();
    expect(messages).toHaveLength(1000);
  });
});
