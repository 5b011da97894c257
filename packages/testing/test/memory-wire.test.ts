import { once } from "node:events";
import { connectionPair, FakeClock, MemoryWire, record, settle } from "@ws/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

function collect(wire: MemoryWire): string[] {
  const chunks: string[] = [];
  wire.server.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  wire.server.on("end", () => chunks.push("END"));
  wire.server.on("error", (error: NodeJS.ErrnoException) => chunks.push(error.code ?? ""));
  wire.client.on("error", () => {});
  return chunks;
}

describe("a wire in memory", () => {
  it("carries bytes both ways, in the pieces they were written in, and the end", async () => {
    const wire = new MemoryWire();
    const chunks = collect(wire);
    wire.client.write("one");
    wire.client.end("two");
    wire.server.write("back");
    await wire.settle();
    expect(chunks).toEqual(["one", "two", "END"]);
    expect((wire.client.read() as Buffer).toString()).toBe("back");
    expect(wire.toServer.takeBytes()).toEqual(new Uint8Array(Buffer.from("onetwo")));
    expect(wire.toServer.takeBytes()).toHaveLength(0);
  });

  it("carries copies: neither side sees what the other does with its bytes", async () => {
    const wire = new MemoryWire();
    const bytes = Uint8Array.of(1, 2, 3);
    wire.client.write(bytes);
    const [chunk] = (await once(wire.server, "data")) as [Buffer];
    chunk.fill(9);
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
    expect(wire.toServer.takeBytes()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("cuts everything into chunks", async () => {
    const wire = new MemoryWire();
    const chunks = collect(wire);
    wire.toServer.chunkBytes = 2;
    wire.client.write("hello");
    await wire.settle();
    expect(chunks).toEqual(["he", "ll", "o"]);
  });

  it("stalls, and goes on with what waited", async () => {
    const wire = new MemoryWire();
    const chunks = collect(wire);
    wire.toServer.stall();
    wire.client.end("waits");
    await wire.settle();
    expect(chunks).toEqual([]);
    expect(wire.toServer.waitingBytes).toBe(5);
    wire.toServer.resume();
    await wire.settle();
    expect(chunks).toEqual(["waits", "END"]);
    expect(wire.toServer.waitingBytes).toBe(0);
  });

  it("takes only so much for an end that does not read", async () => {
    const wire = new MemoryWire();
    wire.toServer.capacityBytes = 10;
    wire.toServer.stall();
    const written = vi.fn();
    wire.client.write("x".repeat(10), written);
    await settle();
    expect(written).toHaveBeenCalledTimes(1);
    wire.client.write("x", written);
    await settle();
    expect(written).toHaveBeenCalledTimes(1);
    collect(wire);
    wire.toServer.resume();
    await settle();
    expect(written).toHaveBeenCalledTimes(2);
  });

  it("breaks: both ends fail, and what was on its way is lost", async () => {
    const wire = new MemoryWire();
    const chunks = collect(wire);
    wire.toServer.stall();
    wire.client.write("lost");
    wire.cut();
    wire.toServer.resume();
    await wire.settle();
    expect(chunks).toEqual(["ECONNRESET"]);
    expect([wire.server.destroyed, wire.client.destroyed]).toEqual([true, true]);
    // Writing into the void does no harm.
    expect(() => wire.client.write("too late")).not.toThrow();
  });

  it("breaks after so many bytes", async () => {
    const wire = new MemoryWire();
    const chunks = collect(wire);
    wire.toServer.cutAfter(7);
    wire.client.write("hello");
    wire.client.write("world");
    await wire.settle();
    expect(chunks).toEqual(["hello", "wo", "ECONNRESET"]);
  });

  it("an end that is destroyed is an end to the other, behind what was on its way", async () => {
    const wire = new MemoryWire();
    const chunks = collect(wire);
    wire.client.write("last");
    await settle();
    wire.client.destroy();
    wire.server.write("nobody hears it");
    await wire.settle();
    expect(chunks).toEqual(["last", "END"]);
    expect(wire.toServer.isRecording).toBe(true);
  });

  it("records nothing where it is told not to", async () => {
    const wire = new MemoryWire();
    collect(wire);
    wire.toServer.isRecording = false;
    wire.client.write("x");
    await wire.settle();
    expect(wire.toServer.takeBytes()).toHaveLength(0);
  });
});

describe.each(["our clock", "vitest's"])("a wire with a delay, by %s", (whose) => {
  let clock: FakeClock | undefined;
  const advance = async (ms: number): Promise<void> => {
    await (clock?.advance(ms) ?? vi.advanceTimersByTimeAsync(ms));
  };
  beforeEach(() => {
    if (whose === "our clock") clock = FakeClock.install();
    else vi.useFakeTimers();
  });
  afterEach(() => {
    clock?.uninstall();
    clock = undefined;
    vi.useRealTimers();
  });

  it("delivers each chunk after it, in order even where it changes", async () => {
    const wire = new MemoryWire();
    const chunks = collect(wire);
    wire.toServer.delayMs = 100;
    wire.client.write("one");
    await advance(99);
    expect(chunks).toEqual([]);
    wire.toServer.delayMs = 0;
    wire.client.write("two");
    await wire.settle();
    expect(chunks).toEqual([]);
    await advance(1);
    expect(chunks).toEqual(["one", "two"]);
  });

  it("leaves no timer behind when it breaks", async () => {
    const wire = new MemoryWire();
    const { server, client } = connectionPair({
      wire,
      server: { pingIntervalMs: 0 },
      client: { pingIntervalMs: 0 },
    });
    wire.toServer.delayMs = 100;
    client.send("on its way");
    await wire.settle();
    wire.cut();
    await Promise.all([server.closed, client.closed]);
    expect(clock?.pendingTimers ?? vi.getTimerCount()).toBe(0);
  });
});

describe("a pair of connections", () => {
  it("talks, byte by byte too, and closes", async () => {
    const { server, client, wire } = connectionPair({ protocol: "chat" });
    wire.toServer.chunkBytes = 1;
    server.on("message", (data) => server.send(`you said ${String(data)}`));
    const heard = record(client);
    client.send("hello");
    await wire.settle();
    expect([server.protocol, client.protocol]).toEqual(["chat", "chat"]);
    wire.toServer.expectFrames([{ masked: true, payload: "hello" }]);
    wire.toClient.expectFrames(["text you said hello"]);
    await client.close(4000, "bye");
    expect(await server.closed).toEqual({ code: 4000, reason: "bye", wasClean: true });
    expect(heard.events).toEqual(["message you said hello", "close 4000"]);
    expect(heard.result?.wasClean).toBe(true);
    expect(wire.toServer.takeFrames()).toEqual(["close 4000 bye"]);
  });

  it("feels the backpressure of a stalled network", async () => {
    const { server, client, wire } = connectionPair({ client: { highWaterMarkBytes: 1000 } });
    const heard = record(server);
    wire.toServer.capacityBytes = 1000;
    wire.toServer.stall();
    expect(client.send("x".repeat(500))).toBe(true);
    await wire.settle();
    client.send("x".repeat(600));
    await wire.settle();
    expect(client.send("x".repeat(600))).toBe(false);
    await wire.settle();
    expect(client.bufferedAmount).toBeGreaterThan(0);
    const drained = once(client, "drain");
    wire.toServer.resume();
    await drained;
    await wire.settle();
    expect(heard.messages.map((message) => message.length)).toEqual([500, 600, 600]);
    expect(client.bufferedAmount).toBe(0);
    client.terminate();
    await Promise.all([server.closed, client.closed]);
  });

  it("is cut in the midst of a frame", async () => {
    const { server, client, wire } = connectionPair();
    const heard = record(server);
    wire.toServer.cutAfter(4);
    client.send("never whole");
    expect(await server.closed).toMatchObject({ code: 1006, error: { code: "ECONNRESET" } });
    expect(await client.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(heard.messages).toEqual([]);
  });
});
