// Sockets that are read into the one buffer of the process: what a consumer does not take at once, or keeps, is its own.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connect, type ConnectOptions } from "@ws/client";
import { type Connection, type MessageStream, readBuffer } from "@ws/connection";
import { attach, certificate, echo, listen } from "./servers.ts";

const isWindows = process.platform === "win32";

function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + seed) & 0xff);
}

/** Whether what a server reads of a large message lies in the buffer. */
async function isReadThere(
  { port }: { readonly port: number },
  buffer: Uint8Array,
  options?: ConnectOptions,
): Promise<boolean> {
  const places = new Set<boolean>();
  const note = (message: unknown): void => {
    const { connection, chunk } = message as { connection: Connection; chunk: Uint8Array };
    if (chunk.length > 10_000 && connection !== client) places.add(chunk.buffer === buffer.buffer);
  };
  const url = `${options === undefined ? "ws" : "wss"}://localhost:${port}/`;
  const client: Connection = await connect(url, options);
  subscribe("ws:transport:received", note);
  onTestFinished(() => void unsubscribe("ws:transport:received", note));
  client.send(pattern(200_000, 1));
  await client.close();
  expect(places.size).toBe(1);
  return places.has(true);
}

describe.skipIf(isWindows)("shared read buffer", () => {
  it("is read into where that was asked for", async () => {
    const asked = await listen({ experimentalSharedReadBuffer: true });
    expect(await isReadThere(asked, readBuffer())).toBe(true);
    const attached = await attach({ experimentalSharedReadBuffer: true });
    expect(await isReadThere(attached, readBuffer())).toBe(true);
    expect(await isReadThere(await listen(), readBuffer())).toBe(false);
  });

  it("is not read into over TLS", async () => {
    const { key, cert } = await certificate();
    const server = await listen({ experimentalSharedReadBuffer: true, tls: { key, cert } });
    expect(await isReadThere(server, readBuffer(), { tls: { ca: cert } })).toBe(false);
  });

  it("is not read into where Node keeps elsewhere what it was told to read into", async () => {
    vi.resetModules();
    const { WebSocketServer } = await import("@ws/server");
    const { readBuffer: itsBuffer } = await import("@ws/connection");
    const server = new WebSocketServer({ port: 0, experimentalSharedReadBuffer: true });
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    await once(server, "listening");
    const names = vi.spyOn(Object, "getOwnPropertySymbols").mockReturnValue([]);
    onTestFinished(() => names.mockRestore());
    expect(await isReadThere({ port: server.address()!.port }, itsBuffer())).toBe(false);
    expect(names).toHaveBeenCalled();
    vi.resetModules();
  });

  it("waits with the socket for a consumer that comes late, and mixes nothing up", async () => {
    const { server, port } = await listen({ experimentalSharedReadBuffer: true });
    const url = `ws://localhost:${port}/`;
    const connections: Connection[] = [];
    server.on("connection", (connection) => connections.push(connection));
    const late = await connect(url);
    const sent = Array.from({ length: 60 }, (_, i) => pattern((i * 977) % 30_000, i));
    for (const message of sent) late.send(message);
    // The inbox is full, so the socket is paused; others go on using the buffer meanwhile.
    await vi.waitUntil(() => connections[0]!.getStats().isStalled);
    const busy = await connect(url);
    echo(connections[1]!);
    for (let i = 0; i < 5; i++) {
      busy.send(pattern(100_000, i));
      const [answer] = await once(busy, "message");
      expect(Buffer.compare(answer as Uint8Array, pattern(100_000, i))).toBe(0);
    }
    const received: Uint8Array[] = [];
    for await (const message of connections[0]!) {
      if (received.push(message as Uint8Array) === sent.length) break;
    }
    expect(received.every((message, i) => Buffer.compare(message, sent[i]!) === 0)).toBe(true);
  });

  it("is overwritten without a trace in messages, parts of streams and pings that are kept", async () => {
    const { server, port } = await listen({ experimentalSharedReadBuffer: true, maxMessageBytes: 4_000_000 });
    const kept: Uint8Array[] = [];
    const pings: Uint8Array[] = [];
    const accepted = once(server, "connection") as Promise<[Connection]>;
    const client = await connect(`ws://localhost:${port}/`);
    const [connection] = await accepted;
    connection.on("ping", (data) => pings.push(data));
    const streams = connection.messageStreams();
    for (let i = 0; i < 3; i++) {
      client.ping(pattern(100, i));
      client.send(pattern(300_000, i));
    }
    for (let i = 0; i < 3; i++) {
      const { value: stream } = (await streams.next()) as IteratorYieldResult<MessageStream>;
      for await (const part of stream) kept.push(part as Uint8Array);
      readBuffer().fill(0xee);
    }
    expect(
      Buffer.compare(Buffer.concat(kept), Buffer.concat([0, 1, 2].map((i) => pattern(300_000, i)))),
    ).toBe(0);
    expect(pings.map((data) => Buffer.from(data))).toEqual(
      [0, 1, 2].map((i) => Buffer.from(pattern(100, i))),
    );
  });
});
