import { once } from "node:events";
import { ConnectionError, Connection } from "@ws/connection";
import { record, settle } from "@ws/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { open } from "./open.ts";
import { tcpPair } from "./tcp.ts";
import { concat, frame, hex, PONG, ROLES, TEXT } from "./wire.ts";

describe.each(ROLES)("connection (%s) › keep-alive", (role) => {
  const timing = { pingIntervalMs: 1000, pongTimeoutMs: 300 };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
  });

  it("pings after a silence and gives up when no byte answers", async () => {
    const { connection, transport } = open(role, timing);
    const recorder = record(connection);
    await vi.advanceTimersByTimeAsync(999);
    expect(transport.takeFrames()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.takeFrames()).toEqual(["ping"]);
    await vi.advanceTimersByTimeAsync(299);
    expect(connection.state).toBe("open");
    await vi.advanceTimersByTimeAsync(2);
    expect(recorder.result).toEqual({
      code: 1006,
      reason: "",
      wasClean: false,
      error: new ConnectionError(
        "KEEP_ALIVE_TIMEOUT",
        "Cannot keep the connection: no byte arrived within 300 ms after a ping",
      ),
    });
    expect(transport.destroyed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ["a pong", frame(role, PONG)],
    ["a message", frame(role, TEXT, "x")],
    ["a single byte", frame(role, TEXT, "x").subarray(0, 1)],
  ])("takes %s as a sign of life", async (_title, bytes) => {
    const { connection, transport } = open(role, timing);
    await vi.advanceTimersByTimeAsync(1000);
    expect(transport.takeFrames()).toEqual(["ping"]);
    await vi.advanceTimersByTimeAsync(299);
    transport.arrive(bytes);
    await vi.advanceTimersByTimeAsync(2);
    expect(connection.state).toBe("open");
    await vi.advanceTimersByTimeAsync(1000);
    expect(transport.takeFrames()).toEqual(["ping"]);
    connection.terminate();
  });

  it("sends no ping while the peer talks", async () => {
    const { connection, transport } = open(role, timing);
    record(connection);
    for (let i = 0; i < 50; i++) {
      await vi.advanceTimersByTimeAsync(900);
      transport.arrive(frame(role, TEXT, "x"));
    }
    expect(transport.takeFrames()).toEqual([]);
    connection.terminate();
  });

  it("an answered ping is followed by another after the next silence, again and again", async () => {
    const { connection, transport } = open(role, timing);
    for (let i = 0; i < 20; i++) {
      await vi.advanceTimersByTimeAsync(1000);
      expect(transport.takeFrames()).toEqual(["ping"]);
      transport.arrive(frame(role, PONG));
      await vi.advanceTimersByTimeAsync(302);
    }
    expect(connection.state).toBe("open");
    connection.terminate();
  });

  it("gives up on nobody while we ourselves do not read", async () => {
    const { connection, transport } = open(role, timing);
    await settle();
    transport.arrive(concat(...Array.from({ length: 20 }, () => frame(role, TEXT, "x"))));
    expect(transport.isPaused()).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.state).toBe("open");
    expect(transport.destroyed).toBe(false);
    connection.terminate();
  });

  it("gives the peer its time once we read again", async () => {
    // We had not read for the whole time of a ping, went on just before its end, and gave up at once.
    const { connection, transport } = open(role, timing);
    await settle();
    transport.arrive(concat(...Array.from({ length: 17 }, () => frame(role, TEXT, "x"))));
    await vi.advanceTimersByTimeAsync(2000 + 299);
    record(connection);
    await settle();
    expect(transport.isPaused()).toBe(false);
    await vi.advanceTimersByTimeAsync(250);
    expect(connection.state).toBe("open");
    connection.terminate();
  });

  it("pingIntervalMs 0 switches it off: no timer, no ping", async () => {
    const { transport } = open(role, { pingIntervalMs: 0 });
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(transport.takeFrames()).toEqual([]);
  });

  it("is on by default: a ping after 30 s, given up after 10 s more", async () => {
    const { connection, transport } = open(role);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(transport.takeFrames()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.takeFrames()).toEqual(["ping"]);
    await vi.advanceTimersByTimeAsync(9999);
    expect(connection.state).toBe("open");
    await vi.advanceTimersByTimeAsync(2);
    expect(await connection.closed).toMatchObject({ code: 1006 });
  });

  it.each(["close", "terminate", "peer's end", "peer's failure"])(
    "ends with the connection: %s",
    async (how) => {
      const { connection, transport } = open(role, timing);
      await vi.advanceTimersByTimeAsync(1000);
      transport.takeWritten();
      if (how === "close") void connection.close();
      else if (how === "terminate") connection.terminate();
      else if (how === "peer's end") transport.arriveEnd();
      else transport.arrive(hex("ff"));
      transport.arriveEnd();
      await settle();
      expect(connection.state).toBe("closed");
      expect(vi.getTimerCount()).toBe(0);
      await vi.advanceTimersByTimeAsync(100_000);
      expect(transport.takeFrames().filter((sent) => sent.startsWith("ping"))).toEqual([]);
    },
  );
});

describe("connection › keep-alive over TCP", () => {
  it("gives up on nobody because we ourselves were blocked", async () => {
    // A process that was busy or suspended ran its timers before it read the pong that had long arrived.
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role: "server", pingIntervalMs: 5, pongTimeoutMs: 20 });
    await once(theirs, "data");
    theirs.write(frame("server", PONG));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    expect(await once(connection, "pong")).toBeDefined();
    expect(connection.state).toBe("open");
    connection.terminate();
    theirs.destroy();
    await connection.closed;
  });
});
