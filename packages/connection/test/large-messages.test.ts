import { type CloseResult, PreparedMessage } from "@ws/connection";
import { settle, TestTransport } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { deflate } from "./deflate.ts";
import { catchUncaught, open } from "./open.ts";
import { BINARY, closeFrame, CONTINUATION, frame, hex, PING, readFrames, ROLES, TEXT, utf8 } from "./wire.ts";

const MIB = 1024 * 1024;
const RSV1 = 4;

/** Bytes without any pattern, the same each time. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let seed = 1;
  for (let i = 0; i < length; i++) bytes[i] = (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 24;
  return bytes;
}

/** `text 1048576 more 5`: what went over the wire, without the payloads. */
function shapes(bytes: Uint8Array): string[] {
  const names = new Map([
    [0, "more"],
    [1, "text"],
    [2, "binary"],
    [8, "close"],
    [9, "ping"],
    [10, "pong"],
  ]);
  return readFrames(bytes).map(
    ({ opcode, fin, payload }) => `${names.get(opcode)}${fin ? "" : "…"} ${payload.length}`,
  );
}

/** The peer reads one write after another until nothing more comes, and tells what it read each time. */
async function readAll(transport: TestTransport): Promise<Uint8Array[]> {
  const writes: Uint8Array[] = [];
  for (;;) {
    await settle();
    const written = transport.takeWritten();
    if (written.length === 0) return writes;
    writes.push(written);
    transport.unblockOnce();
  }
}

const join = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

describe.each(ROLES)("connection (%s) › large messages", (role) => {
  const blocked = (): TestTransport => {
    const transport = new TestTransport();
    transport.block();
    return transport;
  };

  it("leave in fragments of one MiB, behind and before others (RFC 6455 §5.4)", async () => {
    const { connection, transport } = open(role);
    const large = noise(2 * MIB + 5);
    connection.send("before");
    connection.send(large);
    connection.send("behind");
    await settle();
    const written = transport.takeWritten();
    expect(shapes(written)).toEqual(["text 6", `binary… ${MIB}`, `more… ${MIB}`, "more 5", "text 6"]);
    const payloads = readFrames(written).map(({ payload }) => payload);
    expect(Buffer.concat(payloads.slice(1, 4)).equals(large)).toBe(true);
  });

  it("of just one MiB are one frame, and of one byte more are two", async () => {
    const { connection, transport } = open(role);
    connection.send(new Uint8Array(MIB));
    connection.send(new Uint8Array(MIB + 1));
    await settle();
    expect(shapes(transport.takeWritten())).toEqual([`binary ${MIB}`, `binary… ${MIB}`, "more 1"]);
  });

  it("of text are never cut inside a character", async () => {
    const { connection, transport } = open(role);
    // Two units each: the cut would fall between them.
    const text = `x${"😀".repeat(MIB / 2)}€`;
    connection.send(text);
    await settle();
    const payloads = readFrames(transport.takeWritten()).map(({ payload }) => payload);
    expect(payloads).toHaveLength(2);
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    expect(payloads.map((payload) => decoder.decode(payload)).join("")).toBe(text);
  });

  it.each([
    ["binary", (): PreparedMessage => new PreparedMessage(noise(MIB + 5))],
    ["text", (): PreparedMessage => new PreparedMessage(`xy${"€".repeat(MIB)}`)],
  ] as const)("that were prepared leave in fragments too: %s", async (type, create) => {
    const { connection, transport } = open(role);
    const prepared = create();
    connection.send(prepared);
    await settle();
    const frames = readFrames(transport.takeWritten());
    expect(frames[0]!.opcode).toBe(type === "text" ? TEXT : BINARY);
    expect(frames.slice(1).every(({ opcode }) => opcode === CONTINUATION)).toBe(true);
    expect(frames.length).toBeGreaterThan(1);
    const payloads = frames.map(({ payload }) => payload);
    expect(Buffer.concat(payloads).equals(prepared.bytes)).toBe(true);
    // A character of the prepared text was cut in two: it leaves as bytes, and those were cut anywhere.
    const decoder = new TextDecoder("utf-8", { fatal: type === "text" });
    for (const payload of payloads) expect(() => decoder.decode(payload)).not.toThrow();
  });

  it("that compress have RSV1 on the first fragment only (RFC 7692 §6.1)", async () => {
    const { compression, peer } = deflate(role);
    const { connection, transport } = open(role, { compression });
    const message = noise(MIB + 5000);
    // Does not become smaller than two fragments, but does become smaller.
    message.fill(0, MIB, MIB + 3000);
    connection.send(message);
    // Noise that only the window behind the large message makes smaller.
    const repeated = message.slice(-1000);
    connection.send(repeated);
    await settle();
    const frames = readFrames(transport.takeWritten());
    expect(frames.map(({ rsv, fin }) => [rsv, fin])).toEqual([
      [RSV1, false],
      [0, true],
      [RSV1, true],
    ]);
    const whole = join(frames.slice(0, 2).map(({ payload }) => payload));
    expect(Buffer.from(peer.decompress(whole, 2 * MIB) as Uint8Array).equals(message)).toBe(true);
    expect(peer.decompress(frames[2]!.payload, MIB)).toEqual(repeated);
  });

  it("that compress to less than that are one frame, prepared or not, and are counted", async () => {
    // What a prepared message saved was not counted where it was larger than a fragment.
    const { compression } = deflate(role, { takeover: false });
    const { connection, transport } = open(role, { compression });
    connection.send(new Uint8Array(2 * MIB));
    connection.send(new PreparedMessage(new Uint8Array(2 * MIB)));
    await settle();
    const written = transport.takeWritten();
    expect(readFrames(written).map(({ fin, rsv }) => [fin, rsv])).toEqual([
      [true, RSV1],
      [true, RSV1],
    ]);
    const wireBytes = readFrames(written).reduce((sum, { payload }) => sum + payload.length, 0);
    expect(connection.getStats().compressionSent).toEqual({ messageBytes: 4 * MIB, wireBytes });
  });

  it("let pings, pongs and unsolicited pongs between their fragments", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport });
    await settle();
    connection.send(new Uint8Array(3 * MIB));
    await settle();
    connection.ping("ours");
    connection.pong("heartbeat");
    transport.arrive(frame(role, PING, "theirs"));
    const all = shapes(join(await readAll(transport)));
    expect(all).toEqual([`binary… ${MIB}`, "ping 4", "pong 9", "pong 6", `more… ${MIB}`, `more ${MIB}`]);
  });

  it("do not keep a pong that was held waiting for one fragment more", async () => {
    // At each relief the next fragment was laid before the pong that the transport had room for again.
    const transport = blocked();
    const { connection } = open(role, { transport });
    await settle();
    connection.send(new Uint8Array(3 * MIB));
    await settle();
    transport.arrive(frame(role, PING, "1"));
    transport.arrive(frame(role, PING, "2"));
    const all = shapes(join(await readAll(transport)));
    expect(all.filter((shape) => !shape.startsWith("pong"))).toHaveLength(3);
    expect(all.indexOf("pong 1")).toBe(1);
    expect(all.lastIndexOf("pong 1")).toBeLessThanOrEqual(2);
  });

  it("are handed to the transport in small helpings, which its end waits for", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport });
    await settle();
    connection.send(new Uint8Array(2 * MIB));
    connection.send(new Uint8Array(1000));
    void connection.close();
    await settle();
    transport.arrive(closeFrame(role, 1000));
    const helpings: number[] = [];
    for (;;) {
      await settle();
      expect(transport.writableLength).toBeLessThanOrEqual(256 * 1024);
      const written = transport.takeWritten();
      if (written.length === 0) break;
      helpings.push(written.length);
      expect(transport.hasFinished).toBe(false);
      transport.unblockOnce();
    }
    expect(Math.max(...helpings)).toBeLessThanOrEqual(256 * 1024);
    await settle();
    // RFC 6455 §7.1.1: the server ends TCP first. The peer closed amid the message: see below.
    expect(transport.hasFinished).toBe(role === "server");
    connection.terminate();
  });

  it("count as buffered until they have left, but for what is on the wire", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport });
    await settle();
    connection.send(new Uint8Array(3 * MIB));
    connection.send("x".repeat(1000));
    expect(connection.bufferedAmount).toBeGreaterThanOrEqual(3 * MIB + 1000);
    expect(connection.bufferedAmount).toBeLessThan(3 * MIB + 1100);
    transport.unblock();
    await settle();
    await settle();
    expect(connection.bufferedAmount).toBe(0);
  });

  it("and what waits behind them leave before close", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport });
    await settle();
    connection.send(new Uint8Array(2 * MIB));
    connection.send("behind");
    void connection.close(1000, "done");
    expect(connection.state).toBe("closing");
    expect(connection.send("too late")).toBe(false);
    const all = shapes(join(await readAll(transport)));
    expect(all).toEqual([`binary… ${MIB}`, `more ${MIB}`, "text 6", "close 6"]);
    connection.terminate();
  });

  it("tell their callbacks once each, in order", async () => {
    const transport = blocked();
    const { connection } = open(role, { transport });
    await settle();
    const calls: string[] = [];
    const note =
      (name: string) =>
      (error?: Error | null): void =>
        void calls.push(error ? `${name} failed` : name);
    connection.send("1", note("1"));
    connection.send(new Uint8Array(2 * MIB), note("2"));
    connection.send("3", note("3"));
    connection.send(new PreparedMessage(new Uint8Array(MIB + 1)), note("4"));
    connection.send("5", note("5"));
    await settle();
    expect(calls).toEqual([]);
    await readAll(transport);
    expect(calls).toEqual(["1", "2", "3", "4", "5"]);
    connection.terminate();
    await connection.closed;
    expect(calls).toHaveLength(5);
  });

  it.each([
    ["the peer closes", (transport: TestTransport) => transport.arrive(closeFrame(role, 1000)), /^close 2$/],
    ["the peer breaks the protocol", (transport: TestTransport) => transport.arrive(hex("ff 00")), /^close/],
  ] as const)("are given up where %s: nothing follows the close frame", async (_title, act, last) => {
    const transport = blocked();
    const { connection } = open(role, { transport });
    await settle();
    const calls: unknown[] = [];
    const note =
      (name: string) =>
      (error?: Error | null): void =>
        void calls.push([name, (error as { code?: string } | null | undefined)?.code]);
    connection.send("whole", note("whole"));
    connection.send(new Uint8Array(3 * MIB), note("large"));
    connection.send("behind", note("behind"));
    await settle();
    act(transport);
    // Those that had not begun, and the one that cannot end, are told at once.
    expect(calls).toEqual([
      ["large", "CONNECTION_CLOSED"],
      ["behind", "CONNECTION_CLOSED"],
    ]);
    const all = shapes(join(await readAll(transport)));
    expect(all.slice(0, 2)).toEqual(["text 5", `binary… ${MIB}`]);
    expect(all).toHaveLength(3);
    expect(all[2]).toMatch(last);
    connection.terminate();
    await connection.closed;
    expect(calls).toHaveLength(3);
    expect(calls[2]).toEqual(["whole", undefined]);
  });

  it("are given up where the connection is terminated", async () => {
    const { connection } = open(role, { transport: blocked() });
    const calls: string[] = [];
    const note = (name: string) => (error?: Error | null) => void calls.push(`${name}: ${error?.message}`);
    await settle();
    connection.send("first", note("first"));
    connection.send(new Uint8Array(2 * MIB), note("large"));
    connection.send("behind", note("behind"));
    await settle();
    connection.terminate();
    await connection.closed;
    const why = "Cannot send the message: the connection is closed";
    expect(calls).toEqual([`first: ${why}`, `large: ${why}`, `behind: ${why}`]);
  });

  it("a callback that throws keeps none of the others from hearing of the end", async () => {
    // Of messages that waited behind a large one, the first callback that threw was the last one called.
    const { connection, transport } = open(role, { transport: blocked() });
    await settle();
    const others = vi.fn<() => void>();
    connection.send(new Uint8Array(2 * MIB));
    connection.send("1", () => {
      throw new Error("a listener's own");
    });
    connection.send("2", others);
    await settle();
    const errors = await catchUncaught(async () => {
      transport.arrive(closeFrame(role, 1000));
      await settle();
    });
    expect(errors).toEqual([new Error("a listener's own")]);
    expect(others).toHaveBeenCalledExactlyOnceWith(expect.any(Error));
    connection.terminate();
  });

  it("a callback that sends again in answer to the end starts nothing", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    await settle();
    const again = vi.fn<(error?: Error | null) => void>();
    connection.send(new Uint8Array(2 * MIB), () => void connection.send("again", again));
    await settle();
    transport.arrive(closeFrame(role, 1000));
    const all = shapes(join(await readAll(transport)));
    expect(all).toEqual([`binary… ${MIB}`, "close 2"]);
    expect(again).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "CONNECTION_CLOSED" }));
    connection.terminate();
  });

  it("the result is clean where all of them left before both close frames", async () => {
    const transport = new TestTransport();
    const { connection } = open(role, { transport });
    connection.send(utf8("x".repeat(2 * MIB)));
    const closed: Promise<CloseResult> = connection.close();
    await settle();
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await closed).toEqual({ code: 1000, reason: "", wasClean: true });
  });
});
