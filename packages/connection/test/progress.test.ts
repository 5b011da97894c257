import { record, settle, TestTransport } from "@ws/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { open } from "./open.ts";
import { closeFrame, frame, PING, ROLES } from "./wire.ts";

const MIB = 1024 * 1024;

describe.each(ROLES)("connection (%s) › progress counts as life", (role) => {
  const timing = { pingIntervalMs: 1000, pongTimeoutMs: 300, closeTimeoutMs: 500 };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
  });

  const openBlocked = async (): Promise<ReturnType<typeof open>> => {
    const transport = new TestTransport();
    transport.block();
    const opened = open(role, { transport, ...timing });
    await settle();
    return opened;
  };

  it("a peer that stops reading is given up after the first pongTimeoutMs in which it read nothing", async () => {
    const { connection, transport } = await openBlocked();
    const recorder = record(connection);
    connection.send(new Uint8Array(8 * MIB));
    await vi.advanceTimersByTimeAsync(1000 + 299);
    transport.unblockOnce();
    await vi.advanceTimersByTimeAsync(2 + 299);
    expect(connection.state).toBe("open");
    await vi.advanceTimersByTimeAsync(2);
    expect(recorder.result).toMatchObject({ code: 1006, error: { code: "KEEP_ALIVE_TIMEOUT" } });
  });

  it("a peer that reads slowly is not given up, though it says nothing and the ping has left", async () => {
    // Only what went before the ping counted: the rest of the message, and the peer's reading of it, did not.
    const { connection, transport } = await openBlocked();
    connection.send(new Uint8Array(8 * MIB));
    let isPinged = false;
    for (let i = 0; i < 36; i++) {
      await vi.advanceTimersByTimeAsync(250);
      isPinged ||= Buffer.from(transport.takeWritten()).includes(
        role === "server" ? "8900" : "8980",
        0,
        "hex",
      );
      transport.unblockOnce();
    }
    expect(isPinged).toBe(true);
    expect(connection.state).toBe("open");
    connection.terminate();
  });

  it("a peer that reads nothing at all is given up pongTimeoutMs after the ping", async () => {
    const { connection } = await openBlocked();
    connection.send(new Uint8Array(8 * MIB));
    await vi.advanceTimersByTimeAsync(1299);
    expect(connection.state).toBe("open");
    await vi.advanceTimersByTimeAsync(2);
    expect(connection.state).toBe("closed");
  });

  it("a dead peer is noticed, however often something small is sent to it", async () => {
    const { connection } = open(role, timing);
    const recorder = record(connection);
    // The network takes it all, as the kernel's buffers would.
    const sending = setInterval(() => connection.send("tick"), 10);
    await vi.advanceTimersByTimeAsync(1299);
    expect(recorder.result).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    clearInterval(sending);
    expect(recorder.result).toMatchObject({ error: { code: "KEEP_ALIVE_TIMEOUT" } });
  });

  it("a closing gets the time that the peer takes to read what is before it", async () => {
    const { connection, transport } = await openBlocked();
    connection.send(new Uint8Array(4 * MIB));
    const closed = connection.close();
    for (let i = 0; connection.bufferedAmount > 0; i++) {
      expect(i).toBeLessThan(30);
      await vi.advanceTimersByTimeAsync(400);
      expect(connection.state).toBe("closing");
      transport.unblockOnce();
      await settle();
    }
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await closed).toEqual({ code: 1000, reason: "", wasClean: true });
  });

  it("a closing that does not get on ends closeTimeoutMs after the peer read last", async () => {
    const { connection, transport } = await openBlocked();
    connection.send(new Uint8Array(4 * MIB));
    const closed = connection.close();
    await vi.advanceTimersByTimeAsync(499);
    transport.unblockOnce();
    await vi.advanceTimersByTimeAsync(499);
    expect(connection.state).toBe("closing");
    await vi.advanceTimersByTimeAsync(2);
    expect(await closed).toMatchObject({ code: 1006, wasClean: false, error: { code: "CLOSE_TIMEOUT" } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a peer that answers a close with pings only is cut all the same", async () => {
    // Each pong that left counted as progress, so that such a peer held the connection for ever.
    const { connection, transport } = open(role, timing);
    const closed = connection.close();
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(49);
      transport.arrive(frame(role, PING, "still here"));
    }
    expect(transport.takeFrames()).toHaveLength(11);
    await vi.advanceTimersByTimeAsync(11);
    expect(await closed).toMatchObject({ error: { code: "CLOSE_TIMEOUT" } });
  });

  it("a pong that follows a close at once does not put off the deadline", async () => {
    // The deadline began only after the close frame was accepted, and took what came behind that for what was before it.
    const { connection, transport } = open(role, timing);
    await settle();
    const closed = connection.close();
    await vi.advanceTimersByTimeAsync(400);
    transport.arrive(frame(role, PING, "still here"));
    await vi.advanceTimersByTimeAsync(101);
    expect(connection.state).toBe("closed");
    expect(await closed).toMatchObject({ error: { code: "CLOSE_TIMEOUT" } });
  });

  it("setLimits gives a closing that is under way another deadline", async () => {
    const { connection } = open(role, timing);
    const closed = connection.close();
    connection.setLimits({ closeTimeoutMs: 50 });
    await vi.advanceTimersByTimeAsync(51);
    expect(await closed).toMatchObject({ error: { code: "CLOSE_TIMEOUT" } });
  });

  it("setLimits switches keep-alive on, off and to other times, from now on", async () => {
    const { connection, transport } = open(role, { ...timing, pingIntervalMs: 0 });
    await vi.advanceTimersByTimeAsync(5000);
    expect(transport.takeFrames()).toEqual([]);
    connection.setLimits({ pingIntervalMs: 100 });
    await vi.advanceTimersByTimeAsync(100);
    expect(transport.takeFrames()).toEqual(["ping"]);
    // The question that waits for its answer is forgotten along with the deadline.
    connection.setLimits({ pingIntervalMs: 0 });
    await vi.advanceTimersByTimeAsync(5000);
    expect(connection.state).toBe("open");
    expect(vi.getTimerCount()).toBe(0);
    connection.setLimits({ pingIntervalMs: 100, pongTimeoutMs: 50 });
    await vi.advanceTimersByTimeAsync(152);
    expect(connection.state).toBe("closed");
  });
});
