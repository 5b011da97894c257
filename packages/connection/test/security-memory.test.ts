import { Connection } from "@ws/connection";
import { settle, TestTransport } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { growth, MB } from "./memory.ts";
import { open } from "./open.ts";
import { createProtocol, receive } from "./session.ts";
import { tcpPair } from "./tcp.ts";
import { BINARY, concat, CONTINUATION, frame, PING, ROLES, TEXT } from "./wire.ts";

const MORE = { fin: false };

function repeat(bytes: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(bytes.length * count);
  for (let i = 0; i < count; i++) all.set(bytes, i * bytes.length);
  return all;
}

describe.each(ROLES)("memory (%s)", (role) => {
  it("800,000 pings from a peer that does not read hold less than 10 MB", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    await settle();
    const pings = repeat(frame(role, PING, "12345678"), 4000);
    const grown = await growth(() => {
      for (let i = 0; i < 200; i++) transport.arrive(pings);
    });
    expect(connection.bufferedAmount).toBeLessThan(MB);
    expect(grown).toBeLessThan(10 * MB);
    expect(connection.state).toBe("open");
    connection.terminate();
  });

  it("a thousand peers that read nothing from the start hold their own bytes only", async () => {
    // What each of them was sent first lay among the bytes of all others, and kept 64 KiB of those alive.
    const busy = open(role);
    await settle();
    const grown = await growth(async () => {
      const peers: unknown[] = [];
      for (let i = 0; i < 1000; i++) {
        const transport = new TestTransport();
        transport.block();
        const { connection } = open(role, { transport, pingIntervalMs: 0 });
        connection.send("hello");
        peers.push(connection);
        for (let j = 0; j < 5; j++) busy.connection.send("to somebody else ".repeat(900));
        await settle();
        busy.transport.takeWritten();
      }
      return peers;
    });
    expect(grown).toBeLessThan(15 * MB);
    busy.connection.terminate();
  });

  it.each([
    ["one-byte", "x"],
    ["empty", ""],
  ])("0.92 MB of %s fragments of an unfinished message hold less than 2 MB", async (_title, payload) => {
    const protocol = createProtocol(role);
    const fragment = frame(role, CONTINUATION, payload, MORE);
    receive(protocol, frame(role, TEXT, "", MORE));
    const chunk = repeat(fragment, Math.floor(920 / fragment.length));
    const grown = await growth(() => {
      for (let i = 0; i < 1000; i++) expect(receive(protocol, chunk)).toHaveLength(0);
      return protocol;
    });
    expect(grown).toBeLessThan(2 * MB);
    expect(protocol.state).toBe("open");
  });

  it("a million messages through an inbox that is never empty leave memory flat", async () => {
    // Each left its place behind in the queue, which was given up only once nothing waited.
    const { connection, transport } = open(role);
    const messages = connection[Symbol.asyncIterator]();
    const chunk = frame(role, TEXT, "m");
    await settle();
    transport.arrive(chunk, chunk);
    await settle();
    const grown = await growth(async () => {
      for (let i = 0; i < MB; i++) {
        transport.arrive(chunk);
        await messages.next();
      }
    });
    expect(grown).toBeLessThan(MB);
    expect(connection.getStats().messagesReceived).toBe(MB + 2);
    connection.terminate();
  });

  it("a million one-byte chunks leave memory flat", async () => {
    const { connection, transport } = open(role, { maxMessageBytes: 2 * MB });
    let received = 0;
    connection.on("message", () => void received++);
    await settle();
    const bytes = repeat(frame(role, BINARY, "x".repeat(94)), 10_000);
    const grown = await growth(() => {
      for (let at = 0; at < MB; at++)
        transport.arrive(bytes.subarray(at % bytes.length, (at % bytes.length) + 1));
    });
    expect(received).toBeGreaterThan(9000);
    expect(grown).toBeLessThan(2 * MB);
    connection.terminate();
  });

  it("a large message in one-byte chunks holds a small multiple of itself", async () => {
    const { connection, transport } = open(role, { maxMessageBytes: 2 * MB });
    await settle();
    transport.arrive(frame(role, BINARY, "", { length: 200_000 }));
    const byte = Uint8Array.of(1);
    const grown = await growth(() => {
      for (let i = 0; i < 199_999; i++) transport.arrive(byte);
    });
    expect(grown).toBeLessThan(2 * MB);
    connection.terminate();
  });

  it("a header that announces the most takes no room for it", async () => {
    const grown = await growth(() =>
      Array.from({ length: 100 }, () => {
        const protocol = createProtocol(role, 16 * MB);
        receive(protocol, concat(frame(role, BINARY, "", { length: 16 * MB }), Uint8Array.of(1, 2, 3)));
        return protocol;
      }),
    );
    expect(grown).toBeLessThan(2 * MB);
  });

  it("a peer that sends while nobody reads is stopped", async () => {
    const { connection, transport } = open(role);
    await settle();
    const message = frame(role, BINARY, new Uint8Array(1000));
    let sent = 0;
    const grown = await growth(() => {
      // A transport stops reading its socket when push() says so; a test asks how far it gets.
      while (transport.arrive(message) && sent < 100_000) sent++;
    });
    expect(sent).toBeLessThan(200);
    expect(grown).toBeLessThan(2 * MB);
    connection.terminate();
  });

  it("a slow reader holds maxBufferedBytes and one message", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport, maxBufferedBytes: 2 * MB });
    const grown = await growth(async () => {
      for (let i = 0; i < 20_000; i++) {
        connection.send("x".repeat(1000));
        if (i % 100 === 0) await settle();
      }
    });
    expect(connection.bufferedAmount).toBeLessThan(2.1 * MB);
    expect(grown).toBeLessThan(5 * MB);
    expect(connection.state).toBe("closing");
    connection.terminate();
  });
});

describe("memory over TCP", () => {
  it("a peer that sends while nobody reads is stopped by TCP, and nothing is lost", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role: "server" });
    const message = frame("server", BINARY, new Uint8Array(64 * 1024));
    let sent = 0;
    const grown = await growth(async () => {
      while (theirs.writableLength < MB) {
        theirs.write(message);
        sent++;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    });
    expect(sent).toBeLessThan(1000);
    // Ours: 16 messages and a little. Theirs: the megabyte above.
    expect(grown).toBeLessThan(8 * MB);
    let received = 0;
    for await (const data of connection) {
      expect(data).toHaveLength(64 * 1024);
      if (++received === sent) break;
    }
    connection.terminate();
    theirs.destroy();
  });
});
