// Memory while messages are streamed, and while much of little waits.
import { duplexPair } from "node:stream";
import { Connection } from "@ws/connection";
import { settle, TestTransport } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { deflate } from "./deflate.ts";
import { growth, heldBytes, MB } from "./memory.ts";
import { open } from "./open.ts";
import { BINARY, CONTINUATION, frame, hex, PING, ROLES, TEXT } from "./wire.ts";

const MIB = 1024 * 1024;
const MORE = { fin: false };

function repeat(bytes: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(bytes.length * count);
  for (let i = 0; i < count; i++) all.set(bytes, i * bytes.length);
  return all;
}

describe.each(ROLES)("memory of streams (%s)", (role) => {
  it.each([
    ["one-byte", "x"],
    ["empty", ""],
  ])(
    "a flood of %s fragments of a message that nobody reads is stopped (CVE-2026-48779)",
    async (_title, data) => {
      const { connection, transport } = open(role);
      await settle();
      connection.messageStreams();
      transport.arrive(frame(role, BINARY, "", MORE));
      const chunk = repeat(frame(role, CONTINUATION, data, MORE), 1000);
      let arrived = 0;
      const grown = await growth(() => {
        while (!transport.isPaused() && arrived < 1000) {
          transport.arrive(chunk);
          arrived++;
        }
      });
      // Empty ones say nothing, and take nothing.
      expect(arrived).toBe(data === "" ? 1000 : 66);
      expect(grown).toBeLessThan(2 * MB);
      expect(connection.state).toBe("open");
      connection.terminate();
    },
  );

  it("a flood of pings between fragments that nobody reads holds the newest pong", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    await settle();
    connection.messageStreams();
    transport.arrive(frame(role, BINARY, "x", MORE));
    const pings = repeat(frame(role, PING, "12345678"), 4000);
    const grown = await growth(() => {
      for (let i = 0; i < 200; i++) transport.arrive(pings);
    });
    expect(connection.bufferedAmount).toBeLessThan(MB);
    expect(grown).toBeLessThan(10 * MB);
    connection.terminate();
  });

  it("a flood of tiny messages while we close and a consumer takes nothing stays bounded", async () => {
    const { connection, transport } = open(role);
    await settle();
    connection.messageStreams();
    void connection.close();
    const chunk = repeat(frame(role, TEXT, "x"), 1000);
    let arrived = 0;
    const grown = await growth(() => {
      while (!transport.isPaused() && arrived < 1000) {
        transport.arrive(chunk);
        arrived++;
      }
    });
    expect(arrived).toBeLessThan(20);
    expect(grown).toBeLessThan(24 * MB);
    connection.terminate();
  });

  it("a bomb is inflated no further than somebody reads, and text() stops at maxMessageBytes", async () => {
    const { compression, peer } = deflate(role, { takeover: false });
    const { connection, transport } = open(role, { compression });
    await settle();
    const streams = connection.messageStreams();
    const part = new Uint8Array(8 * MIB);
    const bomb = Array.from({ length: 8 }, (_, i) => peer.compressPart(part, i === 7));
    bomb.forEach((data, i) => {
      const opcode = i === 0 ? BINARY : CONTINUATION;
      transport.arrive(frame(role, opcode, data, { fin: i === 7, rsv: i === 0 ? 4 : 0 }));
    });
    const { value: message } = await streams.next();
    const grown = await growth(async () => {
      await expect(message!.bytes()).rejects.toMatchObject({ code: "MESSAGE_TOO_BIG" });
    });
    expect(grown).toBeLessThan(4 * MB);
    connection.terminate();
  });

  it("tiny messages, each of a tick of its own, hold little more than their bytes", async () => {
    // Each was a write of its own, and held ten times its size as long as the peer read nothing.
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport, maxBufferedBytes: 100 * MB });
    await settle();
    const grown = await growth(async () => {
      for (let i = 0; i < 100_000; i++) {
        connection.send("x".repeat(20));
        await new Promise<void>((resolve) => process.nextTick(resolve));
      }
    });
    expect(connection.bufferedAmount).toBeGreaterThanOrEqual(2.2 * MB);
    expect(grown).toBeLessThan(2.5 * connection.bufferedAmount);
    connection.terminate();
  });

  it("tiny messages behind a stream that stands still are stopped by maxBufferedBytes", async () => {
    const { connection } = open(role, { maxBufferedBytes: 2 * MB, whenBufferFull: "drop" });
    const waiting = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    connection.sendStream(waiting).catch(() => {});
    await settle();
    const grown = await growth(() => {
      for (let i = 0; i < 200_000; i++) connection.send(hex("00"));
    });
    expect(grown).toBeLessThan(8 * MB);
    connection.terminate();
  });
});

describe("memory of a stream from end to end", () => {
  /** A pair of connections in memory. */
  function pair(isCompressed: boolean): { server: Connection; client: Connection } {
    const [left, right] = duplexPair();
    const compressed = (role: "server" | "client"): object =>
      isCompressed ? { compression: deflate(role, { takeover: false }).compression } : {};
    return {
      server: new Connection(left, { role: "server", ...compressed("server") }),
      client: new Connection(right, { role: "client", ...compressed("client") }),
    };
  }

  it.each([
    [256, false],
    [64, true],
  ])("%d MiB of a generator pass in constant memory; compressed: %s", async (mebibytes, isCompressed) => {
    const { server, client } = pair(isCompressed);
    const chunk = new Uint8Array(64 * 1024).fill(7);
    const samples: number[] = [];
    const before = await heldBytes();
    const source = (async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < mebibytes * 16; i++) {
        if (i % 256 === 255) samples.push((await heldBytes()) - before);
        yield chunk;
      }
    })();
    const sending = client.sendStream(source);
    let received = 0;
    for await (const message of server.messageStreams()) {
      for await (const piece of message) received += piece.length;
      break;
    }
    await sending;
    expect(received).toBe(mebibytes * MIB);
    expect(samples).toHaveLength(mebibytes / 16);
    expect(Math.max(...samples)).toBeLessThan(8 * MB);
    client.terminate();
    server.terminate();
  });

  it("one stuck reader among many holds up nobody else, and no more than its limit", async () => {
    const others = Array.from({ length: 50 }, () => open("server"));
    const transport = new TestTransport();
    transport.block();
    // On a slow machine the rounds outlast the usual time for closing: it must still be at it when they end.
    const stuck = open("server", { transport, maxBufferedBytes: MB, closeTimeoutMs: 600_000 }).connection;
    await settle();
    const prepared = stuck.prepare("x".repeat(10_000));
    const grown = await growth(async () => {
      for (let round = 0; round < 1000; round++) {
        for (const { connection } of others) connection.send(prepared);
        stuck.send(prepared);
        await settle();
        for (const other of others) expect(other.transport.takeWritten()).toHaveLength(10_004);
      }
    });
    expect(grown).toBeLessThan(3 * MB);
    expect(stuck.state).toBe("closing");
    for (const { connection } of others) connection.terminate();
    stuck.terminate();
  });
});
